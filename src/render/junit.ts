import type { DryRun } from '../core/reconcile-report.ts';
import type { ReconcileItem } from '../core/step.ts';
import { type JunitCase, type JunitResult, junitDocument } from './junit-document.ts';
import { stepLine } from './reconcile.ts';

/**
 * A run as a JUnit report: a suite for each namespace, in it a case for each VirtualMachineService. What was refused on principle is
 * a failure, what could not be done an error, what was not begun is skipped.
 * @param time RFC 3339, of the run
 */
export function renderJunit(items: readonly ReconcileItem[], { dryRun, time }: { readonly dryRun: DryRun; readonly time: string }): string {
  const suites = [...Map.groupBy(items, ({ namespace }) => namespace)].map(([name, own]) => ({
    name,
    cases: own.map((item) => caseOf(item, dryRun)),
  }));
  return junitDocument('kubectl vmsvc reconcile', suites, time);
}

function caseOf(item: ReconcileItem, dryRun: DryRun): JunitCase {
  const { namespace, name, steps, warnings } = item;
  const out = steps.map((step) => stepLine(step, { dryRun, namespaces: false }));
  return { classname: namespace, name, result: resultOf(item), out, err: warnings };
}

function resultOf({ error }: ReconcileItem): JunitResult {
  if (error === null) return { kind: 'passed' };
  const { reason, message } = error;
  if (reason === 'NotStarted' || reason === 'Interrupted') return { kind: 'skipped', message };
  return { kind: error.exitCode === 2 ? 'failure' : 'error', type: reason, message };
}
