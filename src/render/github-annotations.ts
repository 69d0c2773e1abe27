import { type Finding, type FindingLocation, objectText, reasonOf, type Severity } from '../core/finding.ts';
import { fixText } from './fix-text.ts';
import { sanitize } from './sanitize.ts';

/** Commands of a GitHub workflow, a line each, that put every finding beside its line of the pull request. */
export function renderGithubAnnotations(findings: readonly Finding[]): string {
  return findings.map(annotation).join('');
}

const commands = { error: 'error', warning: 'warning', info: 'notice' } as const satisfies Record<Severity, string>;

function annotation(finding: Finding): string {
  const { code, severity, location, message, fix } = finding;
  const place = location === undefined ? [] : placeOf(location);
  const properties = [...place, ['title', `${code} ${reasonOf(finding)}`]].map(([name, value = '']) => `${name}=${property(value)}`);
  const lines = [location === undefined ? `${objectText(finding)}: ${message}` : message, ...fix.map(fixText)];
  return `::${commands[severity]} ${properties.join(',')}::${data(lines)}\n`;
}

function placeOf({ file, line, column, endColumn }: FindingLocation): readonly (readonly [string, string])[] {
  return [
    ['file', file],
    ['line', String(line)],
    ['col', String(column)],
    ...(endColumn === undefined ? [] : [['endColumn', String(endColumn)] as const]),
  ];
}

function data(lines: readonly string[]): string {
  return lines.map((line) => sanitize(line).replaceAll('%', '%25')).join('%0A');
}

function property(text: string): string {
  return sanitize(text).replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll(',', '%2C');
}
