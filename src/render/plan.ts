import { counted } from '../core/counted.ts';
import type { PlannedStep } from '../core/planned-step.ts';
import { awaitsAddress, countObjects, type ReconcilePlan } from '../core/reconcile-plan.ts';
import { changes } from '../core/step.ts';
import type { TimeWords } from './age.ts';
import { endpointRows } from './endpoint-rows.ts';
import { hanging } from './hanging.ts';
import { renderObjectDifferences } from './object-differences.ts';
import { type StepWords, stepLine } from './reconcile.ts';
import { sanitize } from './sanitize.ts';
import type { Style } from './style.ts';

export interface PlanOptions extends StepWords {
  readonly style: Style;
  /** Turns a time into an age. */
  readonly duration: TimeWords;
  /** Of the terminal, to wrap sentences at; undefined in a pipe. */
  readonly columns?: number | undefined;
  /** Services of which nothing would change are not shown; the last line counts their objects all the same. */
  readonly differencesOnly: boolean;
}

/** What would change, object by object, with the reasons. The empty text when there is nothing to show. */
export function renderPlans(plans: readonly ReconcilePlan[], options: PlanOptions): string {
  const shown = options.differencesOnly ? plans.filter(({ item }) => item.steps.some(changes)) : plans;
  const blocks = shown.flatMap((plan) => plan.steps.map((planned) => block(planned, plan, options)));
  let text = '';
  for (const [at, lines] of blocks.entries()) {
    const apart = at > 0 && (lines.length > 1 || (blocks[at - 1]?.length ?? 0) > 1);
    text += `${apart ? '\n' : ''}${lines.join('\n')}\n`;
  }
  return text;
}

/** `2 objects would change, 1 would not.`, and what that means for clients. */
export function renderPlanSummary(plans: readonly ReconcilePlan[], nothingWritten: boolean): string {
  const { changed, unchanged } = countObjects(plans.map((plan) => plan.item));
  const verdict = `${counted(changed, 'object')} would change, ${unchanged} would not.${nothingWritten ? ' Nothing was written.' : ''}`;
  const effects = plans.flatMap((plan) => {
    const effect = effectOf(plan);
    if (effect === '') return [];
    const { namespace, name } = plan.item;
    return [plans.length > 1 ? `Effect on ${sanitize(`${namespace}/${name}`)}: ${effect}` : `Effect: ${effect}`];
  });
  return `${[verdict, ...effects].join('\n')}\n`;
}

/** What is missing in plans that write the status, because only a load balancer knows it; the empty text where nothing is. */
export function renderAddressNote(plans: readonly ReconcilePlan[], columns?: number): string {
  const waiting = plans.filter(awaitsAddress);
  const [first] = waiting;
  if (first === undefined) return '';
  const { namespace, name } = first.item;
  const one = plans.length > 1 ? `${namespace}/${name}` : `service/${name}`;
  const whose = waiting.length === 1 ? sanitize(one) : `${waiting.length} Services`;
  const note = `Not shown: the load balancer's address for ${whose}. It is copied into the status by the same run if it comes at once, else by the next.`;
  return `${hanging(note, columns, 0)}\n`;
}

/** One object's line, and below it what would change. */
function block(planned: PlannedStep, plan: ReconcilePlan, options: PlanOptions): string[] {
  const { step } = planned;
  const line = stepLine(step, options);
  if (step.operation === 'unchanged' || step.operation === 'deleted') return [line];
  const rows = step.ref.kind === 'Endpoints' && plan.endpoints ? endpointRows(plan.endpoints, plan.vmService, options) : [];
  const fields = renderObjectDifferences(planned, options.style);
  return [options.style.strong(line), ...fields.split('\n').slice(0, -1), ...rows];
}

function effectOf({ item, endpoints, portsLost }: ReconcilePlan): string {
  const parts: string[] = [];
  if (endpoints !== undefined) {
    const { countsBefore: before, countsAfter: after } = endpoints;
    if (before.ready !== after.ready || before.notReady !== after.notReady) parts.push(becomes(before, after));
  }
  const [lost] = portsLost;
  if (lost !== undefined) {
    const ports = portsLost.length === 1 ? `port ${lost} lose it` : `ports ${portsLost.join(', ')} lose them`;
    parts.push(`clients of ${ports}`);
  }
  if (item.steps.some(({ ref, operation }) => ref.kind === 'Service' && operation === 'deleted')) {
    parts.push('the Service goes, and its address with it');
  }
  return parts.length === 0 ? '' : `${parts.join('; ')}.`;
}

type Counts = NonNullable<ReconcilePlan['endpoints']>['countsAfter'];

/** `3 endpoints become 2 ready + 1 not ready`. */
function becomes(before: Counts, after: Counts): string {
  const total = before.ready + before.notReady;
  const left = before.notReady === 0 || before.ready === 0 ? counted(total, 'endpoint') : counts(before);
  return `${left} become${total === 1 ? 's' : ''} ${counts(after)}`;
}

function counts({ ready, notReady }: Counts): string {
  if (ready + notReady === 0) return 'none';
  return notReady === 0 ? `${ready} ready` : `${ready} ready + ${notReady} not ready`;
}
