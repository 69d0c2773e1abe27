import type { LegName } from '../../core/snapshot.ts';
import type { Scope } from '../scope.ts';
import type { Wanted } from './wait-until.ts';

/** A scope in which objects are known by their names from now on, whatever becomes of their labels. `legs` are read in place of its own. */
export function byName(scope: Scope, wanted: readonly Wanted[], legs?: readonly LegName[]): Scope {
  const names = scope.namespace === undefined ? [] : wanted.map(({ name }) => name);
  return {
    ...scope,
    names,
    request: (of) => {
      const { labelSelector: _, ...request } = scope.request(of);
      return { ...request, ...(legs !== undefined && { legs }) };
    },
  };
}
