import type { ReconcileOutcome } from '../../cluster/reconcile/reconcile-outcome.ts';
import { type DryRun, reconcileReport } from '../../core/reconcile-report.ts';
import type { OutputFormat } from '../../render/output-format.ts';
import { sanitize } from '../../render/sanitize.ts';
import { worst } from '../exit-code.ts';
import type { ExitCode, Io } from '../io.ts';
import { isDocumentFormat, printDocument } from '../print-document.ts';
import { reportHead } from '../report-head.ts';
import type { Flags } from '../spec.ts';
import { allItems, type ReconcileRun } from './reconcile-run.ts';
import { failureText, interruptionText, notStartedText } from './reconcile-words.ts';

/** The report as a document on stdout, for `-o json` and `-o yaml`; nothing for other formats. */
export async function printReport(
  outcomes: readonly ReconcileOutcome[],
  run: ReconcileRun,
  dryRun: DryRun,
  format: OutputFormat,
  flags: Flags,
  io: Io,
): Promise<void> {
  if (!isDocumentFormat(format)) return;
  const head = await reportHead('ReconcileReport', run, run.source.now());
  const document = { ...head, ...forceDocument(run.forced), ...reconcileReport(allItems(outcomes, run), dryRun) };
  await printDocument({ document, order: 'given', rows: [] }, format, flags, io);
}

/** Why it was done although VM Operator was at work, as reports have it. */
export function forceDocument(forced: string | undefined): { readonly force?: { readonly reason: string } } {
  return forced === undefined ? {} : { force: { reason: forced } };
}

/** Says on stderr what failed and what somebody should know; the exit code is that of the worst. */
export async function reportFailures(outcomes: readonly ReconcileOutcome[], run: ReconcileRun, dryRun: DryRun, io: Io): Promise<ExitCode> {
  for (const warning of new Set(outcomes.flatMap(({ item }) => item.warnings))) io.stderr.write(`Warning: ${sanitize(warning)}\n`);
  const finished = outcomes.filter(({ ended }) => ended === 'finished');
  const refused = run.refused.filter(({ ended }) => ended === 'finished');
  for (const [first, ...alike] of Map.groupBy(refused, ({ item }) => item.error?.message).values()) {
    if (first !== undefined) io.stderr.write(failureText(first, run, dryRun, alike));
  }
  for (const outcome of finished) io.stderr.write(failureText(outcome, run, dryRun));
  if (outcomes.some(({ ended }) => ended === 'stopped')) io.stderr.write(interruptionText(outcomes, run, dryRun));
  io.stderr.write(notStartedText([...run.refused, ...outcomes], run));
  return worst([...run.refused, ...outcomes].map(({ item }) => item.error?.exitCode ?? 0));
}
