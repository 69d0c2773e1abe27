import type { Finding } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';

/** Errors that are not mended for one reason. */
export interface Unmended {
  readonly why: Why;
  readonly count: number;
  /** In their order. */
  readonly codes: readonly FindingCode[];
}

/**
 * Why an error has no single right answer: something is missing that the rest of the manifest does not tell, something would get lost
 * that somebody asked for, the stored object stands against it, it is not about the manifest, or the text is no manifest yet.
 */
export type Why = 'Missing' | 'WouldBeLost' | 'Stored' | 'Outside' | 'Unreadable' | 'SeveralWays';

const whys: ReadonlyMap<FindingCode, Why> = new Map<FindingCode, Why>([
  ['VMS101', 'Missing'],
  ['VMS121', 'Missing'],
  ['VMS102', 'WouldBeLost'],
  ['VMS105', 'Stored'],
  ['VMS402', 'Outside'],
  ['VMS403', 'Outside'],
  ['VMS606', 'Outside'],
  ['VMS917', 'Outside'],
  ['VMS116', 'Unreadable'],
]);

/** The errors that are left when everything with one right answer is mended, by why they are; those that there are most of first. */
export function unmended(findings: readonly Finding[]): readonly Unmended[] {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const groups = Map.groupBy(errors, ({ code }) => whys.get(code) ?? 'SeveralWays');
  return [...groups]
    .map(([why, group]) => ({ why, count: group.length, codes: [...new Set(group.map(({ code }) => code))].sort() }))
    .toSorted((left, right) => right.count - left.count);
}
