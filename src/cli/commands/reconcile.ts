import { type ReconcileOutcome, withoutObjects } from '../../cluster/reconcile/reconcile-outcome.ts';
import { countObjects } from '../../core/reconcile-plan.ts';
import type { DryRun } from '../../core/reconcile-report.ts';
import type { OutputFormat } from '../../render/output-format.ts';
import { stepLine, stepNames } from '../../render/reconcile.ts';
import { worst } from '../exit-code.ts';
import { keepHeapSmall } from '../heap.ts';
import { type Interruption, interruptible, signalExitCode } from '../interruption.ts';
import type { ExitCode, Io } from '../io.ts';
import { withWorld } from '../load-world.ts';
import { isDocumentFormat, outputFormat } from '../print-document.ts';
import { writeJunit } from '../reconcile/junit-file.ts';
import { printReport, reportFailures } from '../reconcile/outcome-report.ts';
import { planText } from '../reconcile/plan-text.ts';
import { printObjects } from '../reconcile/print-objects.ts';
import { checkConsent, otherTask, type RunLimits, reconcileOptions, runLimits } from '../reconcile/reconcile-options.ts';
import {
  allItems,
  carryOut,
  isUsable,
  plansOf,
  type ReconcileRun,
  reconcileLegs,
  reconcileRun,
  simulate,
} from '../reconcile/reconcile-run.ts';
import { headerText, questionText } from '../reconcile/reconcile-words.ts';
import { forceReason, withRefusals } from '../reconcile/refusals.ts';
import { withinRoom, withoutRefusedWrites } from '../reconcile/rehearsal.ts';
import { beginSaving, type Saving } from '../reconcile/save-before.ts';
import { checkWriteRights } from '../reconcile/write-rights.ts';
import { reportHoles, reportNotFound, reportNothing } from '../report-gaps.ts';
import type { CommandInput } from '../spec.ts';
import { type WaitOptions, waitForAll, waitOptions } from '../wait/wait-for-written.ts';

/** One run of the command, for its parts below. */
interface Reconcile {
  readonly run: ReconcileRun;
  readonly limits: RunLimits;
  readonly wait: WaitOptions | undefined;
  readonly format: OutputFormat;
  readonly input: CommandInput;
  readonly io: Io;
  readonly interruption: Interruption;
}

/** Does the work of VM Operator's controller once; or shows what that would be, where it is a dry run. */
export async function reconcile(input: CommandInput, io: Io): Promise<ExitCode> {
  const other = otherTask(input.flags);
  if (other === 'undo') return (await import('../reconcile/undo.ts')).undo(input, io);
  if (other === 'orphans') return (await import('../reconcile/orphans.ts')).orphans(input, io);
  const dryRun = checkConsent(input, 'reconcile');
  const options = reconcileOptions(input, 'reconcile');
  const forced = forceReason(input, 'reconcile');
  const format = outputFormat(input.flags, ['json', 'yaml', 'name'], 'reconcile');
  const limits = runLimits(input.flags);
  const wait = waitOptions(input.flags, options, dryRun);
  if (input.args.length === 0) await keepHeapSmall();
  return interruptible(io, async (interruption) => {
    return withWorld(
      input,
      interruption.io,
      { command: 'reconcile', legs: reconcileLegs, writers: true, wholePlaces: true },
      async (loaded) => {
        const holes = await reportHoles(loaded, io);
        // What is written is written with all of it in view; what is only shown may lack the namespaces that cannot be seen.
        if (holes > 0 && !((dryRun !== 'none' || other === 'print') && isUsable(loaded))) {
          io.stderr.write('nothing was changed\n');
          return holes;
        }
        const whole = await reconcileRun(loaded, options, true);
        io.stderr.write(headerText(whole));
        if (other === 'print') return worst([await print(whole, format, io, interruption), reportNotFound(whole.notFound, io), holes]);
        const ours = await withRefusals(whole, forced, dryRun, io);
        const missing = reportNotFound(ours.notFound, io);
        if (ours.vmServices.length + ours.refused.length + missing + holes === 0) await reportNothing(ours, io);
        if (dryRun !== 'client') await checkWriteRights(ours, input, interruption.signal, io);
        const run = dryRun === 'none' ? await withoutRefusedWrites(ours, limits, input.flags, interruption.signal, io) : ours;
        const command: Reconcile = { run, limits, wait, format, input, io, interruption };
        const code = dryRun === 'none' ? await write(command) : await rehearse(command, dryRun);
        return worst([code, missing, holes]);
      },
    );
  });
}

/** What is there now is saved first, where that was asked for. */
async function write(command: Reconcile): Promise<ExitCode> {
  // Where everything was refused, a file would only be in the way of the next run.
  const saving = command.run.vmServices.length === 0 ? undefined : await beginSaving(command.run, command.input.flags, command.io);
  try {
    return await consentAndWrite(command, saving);
  } catch (error) {
    await saving?.end(command.io);
    throw error;
  }
}

/** Writes, on a terminal after showing the plan and asking. */
async function consentAndWrite(command: Reconcile, saving: Saving | undefined): Promise<ExitCode> {
  const { run, limits, input, io, interruption } = command;
  if (io.stdin.isTTY && io.stdout.isTTY && !input.flags.on('yes') && run.vmServices.length > 0) {
    const planned = await simulate(run, interruption.signal);
    const { changed } = countObjects(planned.map(({ item }) => item));
    // What the plan says is then what there is.
    if (changed === 0) return finish(command, planned, saving, true);
    const answer = await ask(command, planned, changed);
    if (answer !== 'yes') {
      await saving?.discard();
      io.stderr.write('nothing was changed\n');
      return interruption.exitCode() ?? (answer === 'no' ? 1 : 130);
    }
  }
  interruption.writing();
  const outcomes = await tellingOfBugs(
    io,
    carryOut(run, 'none', {
      signal: interruption.signal,
      onOutcome: (outcome) => printSteps(command, outcome, 'none'),
      // What was stored is needed for a document alone.
      ...(!isDocumentFormat(command.format) && { keep: withoutObjects }),
      concurrency: limits.concurrency,
      givesUp: ({ item }) => (limits.failFast && item.error !== null) || saving?.failed() === true,
      ...(saving !== undefined && { through: saving.through }),
    }),
  );
  return finish(command, outcomes, saving, false);
}

/** What servers say is in the outcomes. Where they are lost to a bug, nobody should believe that nothing was written. */
async function tellingOfBugs<T>(io: Io, writes: Promise<T>): Promise<T> {
  try {
    return await writes;
  } catch (error) {
    io.stderr.write('outcome unknown: writes were begun when this tool failed; run again, it is safe\n');
    throw error;
  }
}

/** The end of a run that wrote, or had nothing to write: what it saved, what it says, what it waits for. */
async function finish(
  command: Reconcile,
  outcomes: readonly ReconcileOutcome[],
  saving: Saving | undefined,
  withSteps: boolean,
): Promise<ExitCode> {
  const { run, wait, input, io, interruption } = command;
  const code = await report(command, outcomes, 'none', withSteps);
  const saved = (await saving?.end(io)) ?? 0;
  const interrupted = interruption.exitCode();
  if (wait === undefined || interrupted !== undefined) return worst([code, saved]);
  const waited = await waitForAll(outcomes, run, wait, input.flags, io);
  return waited === 0 ? worst([code, saved]) : (interruption.exitCode() ?? worst([code, saved, waited]));
}

/** Only shows what should be there: nothing is asked of the server but what is there. */
async function print(run: ReconcileRun, format: OutputFormat, io: Io, { signal }: Interruption): Promise<ExitCode> {
  const outcomes = await simulate(run, signal);
  await printObjects(outcomes, format, io);
  const code = await reportFailures(outcomes, run, 'client', io);
  return signalExitCode(signal) ?? code;
}

/** A dry run: the plan is the answer. */
async function rehearse(command: Reconcile, dryRun: 'client' | 'server'): Promise<ExitCode> {
  const { run, limits, format, input, io, interruption } = command;
  if (dryRun === 'server') interruption.writing();
  const { signal } = interruption;
  const outcomes =
    dryRun === 'client'
      ? await simulate(run, signal)
      : await withinRoom(await carryOut(run, 'server', { signal, concurrency: limits.concurrency }), run);
  if (format.kind === 'table') {
    io.stdout.write(
      await planText(plansOf(outcomes, run), run, input, io, { dryRun, differencesOnly: false, last: true, sink: io.stdout }),
    );
  }
  return report(command, outcomes, dryRun, format.kind !== 'table');
}

/** Shows the plan and asks. A document on stdout must stay whole: the plan then goes to stderr. */
async function ask(
  { run, format, input, io }: Reconcile,
  planned: readonly ReconcileOutcome[],
  changed: number,
): Promise<'yes' | 'no' | 'interrupted'> {
  const sink = format.kind === 'table' ? io.stdout : io.stderr;
  const text = await planText(plansOf(planned, run), run, input, io, { dryRun: 'client', differencesOnly: true, last: false, sink });
  sink.write(`\n${text}\n`);
  await reportFailures(planned, run, 'client', io);
  const { askYesNo } = await import('../prompt.ts');
  return askYesNo(questionText(run, changed), io, sink);
}

/** The end of every run: lines that were not printed yet, the document, what failed. */
async function report(command: Reconcile, outcomes: readonly ReconcileOutcome[], dryRun: DryRun, withSteps: boolean): Promise<ExitCode> {
  const { run, format, input, io, interruption } = command;
  if (withSteps) for (const outcome of outcomes) printSteps(command, outcome, dryRun);
  await printReport(outcomes, run, dryRun, format, input.flags, io);
  const failed = await reportFailures(outcomes, run, dryRun, io);
  const code = worst([failed, await writeJunit(allItems(outcomes, run), dryRun, run.source.now(), input.flags, io)]);
  // A signal that came after the last write changed nothing.
  return outcomes.some(({ ended }) => ended === 'stopped') ? (interruption.exitCode() ?? code) : code;
}

function printSteps({ run, format, io }: Reconcile, { item }: ReconcileOutcome, dryRun: DryRun): void {
  if (format.kind === 'name') io.stdout.write(stepNames(item.steps));
  if (format.kind !== 'table') return;
  const words = { dryRun, namespaces: run.namespace === undefined };
  io.stdout.write(item.steps.map((step) => `${stepLine(step, words)}\n`).join(''));
}
