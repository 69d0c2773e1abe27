import type { Finding } from '../core/finding.ts';
import { type Case, type Checked, casesOf } from '../core/test-cases.ts';
import { casePlace, caseTitle } from './case-name.ts';
import { findingLine } from './finding-line.ts';
import { fixText } from './fix-text.ts';
import { type JunitCase, type JunitResult, junitDocument } from './junit-document.ts';

/**
 * What was judged as a JUnit report: a suite for each file, or namespace, and in it a case for each object and family of rules. What
 * does not count as a failure stands in the output of a case that passed.
 * @param time RFC 3339, of the run
 */
export function renderFindingsJunit(checked: Checked, time: string): string {
  const suites = [...Map.groupBy(casesOf(checked), casePlace)].map(([place, cases]) => ({
    name: place === '' ? checked.command : place,
    cases: cases.map(caseOf),
  }));
  return junitDocument(`kubectl vmsvc ${checked.command}`, suites, time);
}

function caseOf(one: Case): JunitCase {
  const { remarks } = one;
  const { object, family } = caseTitle(one);
  return { classname: object, name: family, result: resultOf(one), out: remarks.map(findingText), err: [] };
}

/** A case has one result: where there are several failures, the first speaks for them, and the text has all. */
function resultOf({ failures, unknown }: Case): JunitResult {
  const [first, ...more] = failures;
  if (first !== undefined) {
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
    return { kind: 'failure', type: first.code, message: `${first.message}${others}`, text: failures.map(findingText).join('\n') };
  }
  return unknown.length === 0 ? { kind: 'passed' } : { kind: 'skipped', message: unknown.join('; ') };
}

function findingText(finding: Finding): string {
  return [findingLine(finding), ...finding.fix.map((fix) => `  ${fixText(fix)}`)].join('\n');
}
