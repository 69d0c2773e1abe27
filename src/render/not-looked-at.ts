import { fewNames } from '../core/few-names.ts';
import type { Unavailable } from '../core/snapshot.ts';
import { sanitize } from './sanitize.ts';

/**
 * `Not looked at: events, resourcequotas (forbidden); leases (etcdserver: request timed out).` One line, whatever is missing; undefined
 * where nothing is.
 * @param all name every one
 */
export function notLookedAt(holes: readonly Unavailable[], { all }: { readonly all: boolean }): string | undefined {
  const denied = holes.filter(({ because }) => because === 'Forbidden');
  const failed = holes.filter(({ because }) => because !== 'Forbidden');
  const most = all ? Number.POSITIVE_INFINITY : named;
  const namesOf = (some: readonly Unavailable[]) => fewNames([...new Set(some.map(({ resource }) => resource))], most);
  const parts = [
    ...(denied.length === 0 ? [] : [`${namesOf(denied)} (forbidden)`]),
    ...(failed.length === 0 ? [] : [`${namesOf(failed)} (${failureOf(failed)})`]),
  ];
  return parts.length === 0 ? undefined : `Not looked at: ${parts.join('; ')}.`;
}

/** So many of one reason are named. */
const named = 6;
/** As much of a server's words as leaves the line short. */
const longest = 80;

/** What the server said, where it said the same of all. */
function failureOf(failed: readonly Unavailable[]): string {
  // Go's client puts the request behind the words: `(get events)`.
  const words = new Set(failed.map(({ message }) => sanitize(message.replace(/ \(get [^()]*\)$/, ''))));
  const [first = '', ...others] = words;
  if (others.length > 0 || first === '') return 'failed';
  return first.length > longest ? `${first.slice(0, longest).toWellFormed()}…` : first;
}
