import { type JsonObject, kindAndName } from '../model/object.ts';
import { plannedStep, writtenStep } from './planned-step.ts';
import { changes, type ReconcileItem, type Step, stepObject } from './step.ts';

/** How far a run went: `none` wrote, `client` planned in memory, `server` had every write checked and stored none. */
export type DryRun = 'none' | 'client' | 'server';

/** The fields of a ReconcileReport that come after its head, in their order. */
export function reconcileReport(items: readonly ReconcileItem[], dryRun: DryRun): JsonObject {
  return { dryRun, items: items.map((item) => itemDocument(item, dryRun)) };
}

function itemDocument({ namespace, name, error, steps, outcomes, warnings }: ReconcileItem, dryRun: DryRun): JsonObject {
  return {
    namespace,
    name,
    error: error === null ? null : { reason: error.reason, message: error.message },
    steps: steps.map((step) => stepDocument(step, dryRun)),
    ...(dryRun === 'none' && { outcomes: outcomes.map(({ ref, outcome }) => ({ object: kindAndName(ref), outcome })) }),
    ...(warnings.length > 0 && { warnings }),
  };
}

/** Objects stand in a report where they changed only; `patches` is what was sent, or would be. */
function stepDocument(step: Step, dryRun: DryRun): JsonObject {
  const head = { object: stepObject(step), operation: step.operation };
  if (!changes(step)) return head;
  const { before, after } = dryRun === 'none' ? writtenStep(step) : plannedStep(step);
  return { ...head, before: before ?? null, after: after ?? null, patches: step.operation === 'updated' ? step.writes : [] };
}
