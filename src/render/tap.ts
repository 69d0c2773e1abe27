import { type Finding, objectText, reasonOf } from '../core/finding.ts';
import { type Case, type Checked, casesOf } from '../core/test-cases.ts';
import { casePlace, caseTitle } from './case-name.ts';
import { compactJson } from './documents.ts';
import { sanitize } from './sanitize.ts';

/** TAP version 14: a test point for each object and family, with what was found in its diagnostics. */
export function renderTap(checked: Checked): string {
  const cases = casesOf(checked);
  return `TAP version 14\n1..${cases.length}\n${cases.map(testPoint).join('')}`;
}

function testPoint(one: Case, index: number): string {
  const { failures, remarks, unknown } = one;
  const ok = failures.length === 0 ? 'ok' : 'not ok';
  const skip = failures.length === 0 && unknown.length > 0 ? ` # SKIP ${description(unknown.join('; '))}` : '';
  const { object, family } = caseTitle(one);
  const title = [casePlace(one), `${object}: ${family}`].filter((part) => part !== '').join(' ');
  const head = `${ok} ${index + 1} - ${description(title)}${skip}\n`;
  return head + diagnostics([...failures, ...remarks]);
}

/** `#` would begin a directive. */
function description(text: string): string {
  return sanitize(text).replace(/[\\#]/g, (sign) => `\\${sign}`);
}

/** YAML, each finding on one line: JSON is YAML, and needs no rules for quoting. */
function diagnostics(findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  return ['---', 'findings:', ...findings.map((finding) => `  - ${compactJson(diagnostic(finding))}`), '...']
    .map((line) => `  ${line}\n`)
    .join('');
}

function diagnostic(finding: Finding) {
  const { code, severity, confidence, field, message, location } = finding;
  return {
    code,
    reason: reasonOf(finding),
    severity,
    confidence,
    object: sanitize(objectText(finding)),
    ...(field !== undefined && { field: sanitize(field) }),
    message: sanitize(message),
    ...(location !== undefined && { location: { file: sanitize(location.file), line: location.line, column: location.column } }),
  };
}
