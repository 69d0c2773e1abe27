import type { Finding } from '../core/finding.ts';
import { reasonOf } from '../core/finding.ts';
import type { ReportedFinding, ValidationReport } from '../core/validation/validation-report.ts';
import { displayWidth } from './display-width.ts';
import { fixText } from './fix-text.ts';
import { sanitize } from './sanitize.ts';
import type { Style } from './style.ts';

export interface ValidationTextOptions {
  /** Print the line that a finding points at, with a caret: for people, not for pipes. */
  readonly frames: boolean;
  /** What was not looked at, a sentence each. */
  readonly notes: readonly string[];
}

/** `file:line:column: severity code word: message` for each finding, then how much was checked. */
export function renderValidation(report: ValidationReport, { frames, notes }: ValidationTextOptions, style: Style): string {
  const blocks = report.findings.map((reported) => findingText(reported, frames, style));
  const total = [totalText(report), ...notes].map((sentence) => `${sanitize(sentence)}\n`).join('');
  if (blocks.length === 0) return total;
  return `${blocks.join(frames ? '\n\n' : '\n')}\n\n${total}`;
}

/** One finding: where, how grave, what, and what to do; on a terminal with its line and a caret. */
export function findingText({ finding, source }: ReportedFinding, frames: boolean, style: Style): string {
  const { severity, code, message, why, fix } = finding;
  const paint = severity === 'error' ? style.bad : severity === 'warning' ? style.warn : style.dim;
  const head = `${style.strong(sanitize(placeText(finding)))}: ${paint(severity)} ${code} ${reasonOf(finding)}: ${sanitize(message)}`;
  const [first, ...others] = fix.map(fixText);
  if (!frames || source === undefined || finding.location === undefined) {
    const reason = why === undefined ? [] : [`    why: ${sanitize(why)}`];
    return [head, ...reason, ...fix.map((one) => `    fix: ${fixText(one)}`)].join('\n');
  }
  const gutter = String(finding.location.line).padStart(4);
  const empty = ' '.repeat(gutter.length);
  const { before, marked, after } = shownLine(source);
  const caret = `${' '.repeat(displayWidth(before))}${'^'.repeat(Math.max(1, displayWidth(marked)))}`;
  return [
    head,
    `${style.dim(`${gutter} |`)} ${before}${marked}${after}`,
    `${style.dim(`${empty} |`)} ${paint(caret)}${first === undefined ? '' : ` ${first}`}`,
    ...(why === undefined ? [] : [`${style.dim(`${empty} |`)} ${' '.repeat(displayWidth(before))}${sanitize(why)}`]),
    ...others.map((other) => `${style.dim(`${empty} |`)} ${' '.repeat(displayWidth(before))}${other}`),
  ].join('\n');
}

/** `deploy/web.yaml:5:1`, or the object where there is no file. */
function placeText({ location, object }: Finding): string {
  if (location !== undefined) return `${location.file}:${location.line}:${location.column}`;
  return object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
}

/** Safe for a terminal, and each part as wide as it is shown. A tab is shown as a blank. */
function shownLine({ text, column, length }: NonNullable<ReportedFinding['source']>): Record<'before' | 'marked' | 'after', string> {
  const safe = (part: string): string => sanitize(part.replaceAll('\t', ' '));
  const start = column - 1;
  const end = start + length;
  return { before: safe(text.slice(0, start)), marked: safe(text.slice(start, end)), after: safe(text.slice(end)) };
}

/** `4 files, 6 objects (2 VirtualMachineServices): 4 errors. Checked as release 9.1 (v1alpha5).` */
function totalText(report: ValidationReport): string {
  const { files, objects, services, release, version, suppressed } = report;
  const counted = objects === services.length && files === 0 ? [] : [counts(objects, 'object')];
  const what = [...(files === 0 ? [] : [counts(files, 'file')]), ...counted].join(', ');
  const own = counts(services.length, 'VirtualMachineService');
  const left = suppressed.length === 0 ? '' : `, ${suppressed.length} left out`;
  return `${what === '' ? own : `${what} (${own})`}: ${verdictText(report)}${left}. Checked as release ${release} (${version}).`;
}

/** The highest severity only: warnings are no errors, and are not counted among them. */
export function verdictText({ findings }: ValidationReport): string {
  const count = (severity: Finding['severity']): number => findings.filter(({ finding }) => finding.severity === severity).length;
  const [errors, warnings, infos] = [count('error'), count('warning'), count('info')];
  if (errors > 0) return counts(errors, 'error');
  if (warnings > 0) return `no error, ${counts(warnings, 'warning')}`;
  return infos > 0 ? `no error, ${infos} info` : 'no error';
}

function counts(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
