import { holesOf, type Snapshot, type Unavailable } from '../snapshot.ts';
import type { SkippedRule } from './rule.ts';

/**
 * Everything that was asked for and could not be read, whether a rule came to need it or not. What nobody asked for is none of it.
 * @param around what of the surroundings could not be read
 */
export function unreadIn(snapshot: Snapshot, around: readonly Unavailable[]): readonly Unavailable[] {
  return [...holesOf(snapshot), ...around.filter(({ because }) => because !== 'NotAsked')];
}

/** Those that no rule which could not run has told of. A kind that the server does not have is nothing that was missed. */
export function untoldOf(unread: readonly Unavailable[], told: readonly SkippedRule[]): readonly Unavailable[] {
  const known = new Set(told.flatMap(({ missing }) => missing.map(keyOf)));
  return unread.filter((hole) => hole.because !== 'NotServed' && !known.has(keyOf(hole)));
}

function keyOf({ verb, group, resource, namespace }: Unavailable): string {
  return [verb, group, resource, namespace ?? ''].join(' ');
}
