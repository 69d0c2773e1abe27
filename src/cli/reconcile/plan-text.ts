import { planTotals } from '../../core/plan-totals.ts';
import { countObjects, type ReconcilePlan } from '../../core/reconcile-plan.ts';
import type { DryRun } from '../../core/reconcile-report.ts';
import { ageOf } from '../../render/age.ts';
import { renderAddressNote, renderPlanSummary, renderPlans } from '../../render/plan.ts';
import type { Style } from '../../render/style.ts';
import type { Io, TextSink } from '../io.ts';
import type { CommandInput } from '../spec.ts';
import { styleFor } from '../terminal.ts';
import type { ReconcileRun } from './reconcile-run.ts';
import { doItCommand } from './reconcile-words.ts';

export interface PlanTextOptions {
  readonly dryRun: DryRun;
  readonly differencesOnly: boolean;
  /** The run ends with this text: say that nothing was written, and how to write it. */
  readonly last: boolean;
  /** Where the text goes. */
  readonly sink: TextSink;
}

/** A plan for people: object by object, then what it comes to, then the command that does it. */
export async function planText(
  plans: readonly ReconcilePlan[],
  run: ReconcileRun,
  input: CommandInput,
  io: Io,
  options: PlanTextOptions,
): Promise<string> {
  const now = run.source.now();
  const style = await styleFor(options.sink, input.flags, io);
  const body = renderPlans(plans, {
    dryRun: options.dryRun,
    namespaces: run.namespace === undefined,
    style,
    duration: (timestamp) => ageOf(timestamp, now),
    differencesOnly: options.differencesOnly,
    columns: options.sink.columns,
  });
  const { changed, unchanged } = countObjects(plans.map((plan) => plan.item));
  // Where everything was refused there is no plan to sum up.
  const summary = changed + unchanged === 0 ? '' : renderPlanSummary(plans, options.last);
  const note = run.options.skipStatus ? '' : renderAddressNote(plans, options.sink.columns);
  // Nothing at all is written where a namespace cannot be seen.
  const changing = plans.filter(({ item }) => countObjects([item]).changed > 0 && !run.leftAlone?.has(`${item.namespace}/${item.name}`));
  const doable = options.last && changing.length > 0 && run.world.snapshot.leftOut === undefined && !input.flags.on('quiet');
  const command = doable ? doItCommand(input, run) : undefined;
  return [body, await totalsText(plans, style), `${summary}${note}${command === undefined ? '' : `Do it:  ${command}\n`}`]
    .filter((text) => text !== '')
    .join('\n');
}

/** Over several namespaces, a small table says where the work is. */
async function totalsText(plans: readonly ReconcilePlan[], style: Style): Promise<string> {
  const totals = planTotals(plans.map((plan) => plan.item));
  if (totals.length < 2) return '';
  const { renderFramedTable } = await import('../../render/framed-table.ts');
  const head = ['namespace', 'created', 'configured', 'deleted', 'unchanged', 'refused'];
  const rows = totals.map(({ namespace, created, updated, deleted, unchanged, failed }) => [
    namespace,
    ...[created, updated, deleted, unchanged].map(String),
    failed === 0 ? '0' : { text: String(failed), paint: style.bad },
  ]);
  return renderFramedTable(head, rows, style);
}
