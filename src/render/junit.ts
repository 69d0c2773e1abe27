import type { DryRun } from '../core/reconcile-report.ts';
import type { ReconcileItem } from '../core/step.ts';
import { stepLine } from './reconcile.ts';
import { sanitize } from './sanitize.ts';

/**
 * A run as a JUnit report: a suite for each namespace, in it a case for each VirtualMachineService. What was refused on principle is
 * a failure, what could not be done an error, what was not begun is skipped.
 * @param time RFC 3339, of the run
 */
export function renderJunit(items: readonly ReconcileItem[], options: { readonly dryRun: DryRun; readonly time: string }): string {
  const suites = [...Map.groupBy(items, ({ namespace }) => namespace)];
  const body = suites.map(([namespace, own]) => suite(namespace, own, options)).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="kubectl vmsvc reconcile"${counts(items)}>\n${body}</testsuites>\n`;
}

function suite(namespace: string, items: readonly ReconcileItem[], { dryRun, time }: Parameters<typeof renderJunit>[1]): string {
  const cases = items.map((item) => testcase(item, dryRun)).join('');
  return `  <testsuite name=${quoted(namespace)}${counts(items)} timestamp=${quoted(time)}>\n${cases}  </testsuite>\n`;
}

function testcase(item: ReconcileItem, dryRun: DryRun): string {
  const { namespace, name, error, steps, warnings } = item;
  const result = resultOf(item);
  const about = error === null ? '' : ` ${result === 'skipped' ? '' : `type=${quoted(error.reason)} `}message=${quoted(error.message)}`;
  const lines = steps.map((step) => stepLine(step, { dryRun, namespaces: false }));
  return [
    `    <testcase classname=${quoted(namespace)} name=${quoted(name)}>\n`,
    ...(result === 'passed' ? [] : [`      <${result}${about}/>\n`]),
    ...(lines.length === 0 ? [] : [`      <system-out>${escaped(lines.join('\n'))}</system-out>\n`]),
    ...(warnings.length === 0 ? [] : [`      <system-err>${warnings.map((text) => escaped(sanitize(text))).join('\n')}</system-err>\n`]),
    '    </testcase>\n',
  ].join('');
}

type Result = 'passed' | 'failure' | 'error' | 'skipped';

function resultOf({ error }: ReconcileItem): Result {
  if (error === null) return 'passed';
  if (error.reason === 'NotStarted' || error.reason === 'Interrupted') return 'skipped';
  return error.exitCode === 2 ? 'failure' : 'error';
}

function counts(items: readonly ReconcileItem[]): string {
  const number = (result: Result) => items.filter((item) => resultOf(item) === result).length;
  return ` tests="${items.length}" failures="${number('failure')}" errors="${number('error')}" skipped="${number('skipped')}"`;
}

function quoted(text: string): string {
  return `"${escaped(sanitize(text))}"`;
}

/** XML has no way to write a control character: those are visible escapes already. */
function escaped(text: string): string {
  return text.toWellFormed().replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
