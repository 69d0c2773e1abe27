import { countObjects, type ReconcilePlan } from '../../core/reconcile-plan.ts';
import { changes } from '../../core/step.ts';
import { stepNames } from '../../render/reconcile.ts';
import { renderUnifiedPlan } from '../../render/unified-plan.ts';
import { worst } from '../exit-code.ts';
import { signalExitCode } from '../interruption.ts';
import type { ExitCode, Io } from '../io.ts';
import { withWorld } from '../load-world.ts';
import { outputFormat } from '../print-document.ts';
import { printReport, reportFailures } from '../reconcile/outcome-report.ts';
import { planText } from '../reconcile/plan-text.ts';
import { reconcileOptions } from '../reconcile/reconcile-options.ts';
import { isUsable, plansOf, reconcileLegs, reconcileRun, simulate } from '../reconcile/reconcile-run.ts';
import { headerText } from '../reconcile/reconcile-words.ts';
import { withNotes } from '../reconcile/refusals.ts';
import { reportHoles, reportNotFound, reportNothing } from '../report-gaps.ts';
import type { CommandInput } from '../spec.ts';

/** Shows what VM Operator's controller would change. Nothing is sent: the plan is made on a copy in memory. */
export async function diff(input: CommandInput, io: Io): Promise<ExitCode> {
  const { flags } = input;
  const options = reconcileOptions(input, 'diff');
  const format = outputFormat(flags, ['json', 'yaml', 'name', 'unified'], 'diff');
  const exitZero = flags.on('exit-zero');
  return withWorld(input, io, { command: 'diff', legs: reconcileLegs, writers: true, wholePlaces: true }, async (loaded) => {
    const holes = await reportHoles(loaded, io);
    if (holes > 0 && !isUsable(loaded)) return holes;
    const whole = await reconcileRun(loaded, options, false);
    if (!flags.on('quiet')) io.stderr.write(headerText(whole));
    const run = flags.on('quiet') ? whole : await withNotes(whole, io);
    const missing = reportNotFound(run.notFound, io);
    if (run.vmServices.length + missing + holes === 0) await reportNothing(run, io);
    const outcomes = await simulate(run, io.signal);
    const plans = plansOf(outcomes, run);
    let differs = countObjects(plans.map((plan) => plan.item)).changed > 0;
    switch (format.kind) {
      case 'table':
        io.stdout.write(await planText(plans, run, input, io, { dryRun: 'client', differencesOnly: true, last: true, sink: io.stdout }));
        break;
      case 'name':
        io.stdout.write(stepNames(plans.flatMap(({ item }) => item.steps.filter(changes))));
        break;
      case 'unified':
        differs = await unified(plans, io);
        break;
      default:
        await printReport(outcomes, run, 'client', format, flags, io);
    }
    const failed = worst([await reportFailures(outcomes, run, 'client', io), missing, holes]);
    return signalExitCode(io.signal) ?? (failed > 0 ? failed : differs && !exitZero ? 1 : 0);
  });
}

/**
 * By our own hand, or by the program that people have for kubectl diff; blanks name none. Whether there is a difference, which the
 * program decides.
 */
async function unified(plans: readonly ReconcilePlan[], io: Io): Promise<boolean> {
  const { renderYaml } = await import('../../render/yaml-writer.ts');
  const program = io.env['KUBECTL_EXTERNAL_DIFF']?.trim() ?? '';
  if (program !== '') return (await import('../reconcile/external-diff.ts')).externalDiff(program, plans, renderYaml, io);
  const text = renderUnifiedPlan(plans, renderYaml);
  io.stdout.write(text);
  return text !== '';
}
