import type { ListOptions } from '../cluster.ts';
import { withShallowManagedFields } from './shallow-managed-fields.ts';
import { withoutManagedFields } from './without-managed-fields.ts';

/** JSON text with as much of managedFields as the caller looks at: what is cut out here is never parsed. */
export function withWantedManagedFields(json: Buffer, wanted: Pick<ListOptions, 'withoutManagedFields' | 'shallowManagedFields'>): Buffer {
  if (wanted.withoutManagedFields === true) return withoutManagedFields(json);
  return wanted.shallowManagedFields === true ? withShallowManagedFields(json) : json;
}
