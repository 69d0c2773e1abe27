import { counted } from '../core/counted.ts';
import { type Finding, reasonOf } from '../core/finding.ts';
import type { ReportedFinding, ValidationReport } from '../core/validation/validation-report.ts';
import { cutTo, displayWidth } from './display-width.ts';
import { fixText } from './fix-text.ts';
import { sanitize } from './sanitize.ts';
import { paintSeverity } from './severity.ts';
import type { Style } from './style.ts';

export interface ValidationTextOptions {
  /** How wide the terminal is on which the line that a finding points at is shown, with a caret; undefined in a pipe, where it is not. */
  readonly columns: number | undefined;
  /** What was not looked at, a sentence each. */
  readonly notes: readonly string[];
}

/** `file:line:column: severity code word: message` for each finding, then how much was checked. */
export function renderValidation(report: ValidationReport, { columns, notes }: ValidationTextOptions, style: Style): string {
  const blocks = shownFindings(report).map((reported) => findingText(reported, columns, style));
  const total = [totalText(report), ...notes].map((sentence) => `${sanitize(sentence)}\n`).join('');
  if (blocks.length === 0) return total;
  return `${blocks.join(columns === undefined ? '\n' : '\n\n')}\n\n${total}`;
}

/** One finding: where, how grave, what, and what to do; on a terminal with its line and a caret. */
export function findingText({ finding, source }: ReportedFinding, columns: number | undefined, style: Style): string {
  const { severity, code, message, why, fix } = finding;
  const paint = paintSeverity(severity, style);
  const head = `${style.strong(sanitize(placeText(finding)))}: ${paint(severity)} ${code} ${reasonOf(finding)}: ${sanitize(message)}`;
  if (columns === undefined || source === undefined || finding.location === undefined) {
    const reason = why === undefined ? [] : [`    why: ${sanitize(why)}`];
    return [head, ...reason, ...fix.map((one) => `    fix: ${fixText(one)}`)].join('\n');
  }
  const gutter = String(finding.location.line).padStart(4);
  const empty = ' '.repeat(gutter.length);
  const room = Math.max(columns - gutter.length - ' | '.length, leastRoom);
  const { before, marked, after } = fitted(shownLine(source), room);
  const indent = ' '.repeat(displayWidth(before));
  const caret = '^'.repeat(Math.max(1, displayWidth(marked)));
  const [first, ...others] = fix.map(fixText);
  const below = [...(why === undefined ? [] : [sanitize(why)]), ...others];
  return [
    head,
    `${style.dim(`${gutter} |`)} ${before}${marked}${after}`,
    `${style.dim(`${empty} |`)} ${indent}${paint(caret)}${first === undefined ? '' : ` ${first}`}`,
    ...below.map((line) => `${style.dim(`${empty} |`)} ${indent}${line}`),
  ].join('\n');
}

/** Columns that an excerpt has on the narrowest of terminals. */
const leastRoom = 20;

type Parts = Record<'before' | 'marked' | 'after', string>;

/** As much as there is room for on one line, so that the caret stays below what it marks. */
function fitted({ before, marked, after }: Parts, room: number): Parts {
  const left = cutStart(before, Math.max(Math.floor(room / 3), room - displayWidth(marked + after)));
  const middle = cutEnd(marked, room - displayWidth(left));
  return { before: left, marked: middle, after: cutEnd(after, room - displayWidth(left + middle)) };
}

function cutEnd(text: string, room: number): string {
  if (displayWidth(text) <= room) return text;
  return room > 0 ? `${cutTo(text, room - 1)}…` : '';
}

function cutStart(text: string, room: number): string {
  if (displayWidth(text) <= room) return text;
  let cut = '';
  for (const character of [...text].reverse()) {
    if (displayWidth(character + cut) >= room) break;
    cut = character + cut;
  }
  return `…${cut}`;
}

/** `deploy/web.yaml:5:1`, or the object where there is no file. */
function placeText({ location, object }: Finding): string {
  if (location !== undefined) return `${location.file}:${location.line}:${location.column}`;
  return object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
}

/** Safe for a terminal, and each part as wide as it is shown. A tab is shown as a blank. */
function shownLine({ text, column, length }: NonNullable<ReportedFinding['source']>): Parts {
  const safe = (part: string): string => sanitize(part.replaceAll('\t', ' '));
  const start = column - 1;
  const end = start + length;
  return { before: safe(text.slice(0, start)), marked: safe(text.slice(start, end)), after: safe(text.slice(end)) };
}

/** `4 files, 6 objects (2 VirtualMachineServices): 4 errors. Checked as release 9.1 (v1alpha5).` */
function totalText(report: ValidationReport): string {
  const { files, objects, services, release, version, suppressed } = report;
  const anyObjects = objects === services.length && files === 0 ? [] : [counted(objects, 'object')];
  const what = [...(files === 0 ? [] : [counted(files, 'file')]), ...anyObjects].join(', ');
  const own = counted(services.length, 'VirtualMachineService');
  const left = suppressed.length === 0 ? '' : `, ${suppressed.length} left out`;
  return `${what === '' ? own : `${what} (${own})`}: ${verdictText(report)}${left}. Checked as release ${release} (${version}).`;
}

/** What could not be looked at stands on stderr, in the server's words: here it would be said twice. */
export function shownFindings({ findings }: ValidationReport): readonly ReportedFinding[] {
  return findings.filter(({ finding }) => !isUnseen(finding));
}

function isUnseen({ code }: Finding): boolean {
  return code === 'VMS910';
}

/** The highest severity only: warnings are no errors, and are not counted among them. */
export function verdictText(report: ValidationReport): string {
  const shown = shownFindings(report);
  const count = (severity: Finding['severity']): number => shown.filter(({ finding }) => finding.severity === severity).length;
  const [errors, warnings, infos] = [count('error'), count('warning'), count('info')];
  const asFarAsSeen = shown.length < report.findings.length ? ' in what could be looked at' : '';
  if (errors > 0) return `${counted(errors, 'error')}${asFarAsSeen}`;
  if (warnings > 0) return `no error, ${counted(warnings, 'warning')}${asFarAsSeen}`;
  return `${infos > 0 ? `no error, ${infos} info` : 'no error'}${asFarAsSeen}`;
}
