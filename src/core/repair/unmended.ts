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
type Why = 'Missing' | 'WouldBeLost' | 'Stored' | 'Outside' | 'Unreadable' | 'SeveralWays';

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

/** `3 errors are left that have no single right answer: …`, where there are any. */
export function unmendedText(groups: readonly Unmended[]): string | undefined {
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return undefined;
  const reasons = groups.map(({ why, count, codes }) => `${count} ${words[why][count === 1 ? 0 : 1]} (${codes.join(', ')})`);
  const what = total === 1 ? '1 error is left that has' : `${total} errors are left that have`;
  return `${what} no single right answer: ${reasons.join('; ')}. What to write stands with each.`;
}

/** For one, and for several. */
const words: Readonly<Record<Why, readonly [string, string]>> = {
  Missing: ['lacks what the rest of the manifest does not tell', 'lack what the rest of the manifest does not tell'],
  WouldBeLost: ['asks for something that would get lost', 'ask for something that would get lost'],
  Stored: ['stands against the stored object', 'stand against the stored object'],
  Outside: ['is not about the manifest alone', 'are not about the manifest alone'],
  Unreadable: ['keeps a document from being read', 'keep a document from being read'],
  SeveralWays: ['can be mended in more than one way', 'can be mended in more than one way'],
};
