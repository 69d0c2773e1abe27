import { changes, type ObjectOutcome, type ReconcileError, type ReconcileItem, type Step } from '../../core/step.ts';
import { type ObjectRef, refKey } from '../../model/object.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';

/** What one reconcile did to each of its objects, written down as it goes, so that however it ends nothing is left unsaid. */
export interface Ledger {
  readonly steps: readonly Step[];
  /** The objects that the work is about, in the order of the writes. Until told otherwise they are not done. */
  begin(refs: readonly ObjectRef[]): void;
  /** A step was taken; one object has one step, whatever it took. */
  took(step: Step): void;
  settle(ref: ObjectRef, outcome: ObjectOutcome['outcome']): void;
  /** A step was taken back. */
  undo(step: Step): void;
  warn(sentence: string): void;
  item(error: ReconcileError | null): ReconcileItem;
}

export function ledgerOf({ metadata }: VirtualMachineService): Ledger {
  const steps = new Map<string, Step>();
  const outcomes = new Map<string, ObjectOutcome>();
  const warnings = new Set<string>();
  return {
    get steps() {
      return [...steps.values()];
    },
    begin(refs) {
      const known = new Map(outcomes);
      outcomes.clear();
      for (const ref of refs) {
        const outcome = known.get(refKey(ref))?.outcome === 'Unknown' ? 'Unknown' : 'NotDone';
        outcomes.set(refKey(ref), { ref, outcome });
      }
    },
    took(step) {
      const key = refKey(step.ref);
      steps.set(key, joined(steps.get(key), step));
    },
    settle(ref, outcome) {
      outcomes.set(refKey(ref), { ref, outcome });
    },
    undo({ ref }) {
      steps.delete(refKey(ref));
      outcomes.set(refKey(ref), { ref, outcome: 'NotDone' });
    },
    warn: (sentence) => void warnings.add(sentence),
    item: (error) => ({
      namespace: metadata.namespace ?? '',
      name: metadata.name,
      error,
      steps: [...steps.values()],
      outcomes: [...outcomes.values()],
      warnings: [...warnings],
    }),
  };
}

/** What was changed in the first of two steps stays a change. */
function joined(earlier: Step | undefined, step: Step): Step {
  if (earlier === undefined || !changes(earlier)) return step;
  if (step.operation === 'deleted') return earlier.operation === 'created' ? { ...step, writes: [] } : { ...step, ...beforeOf(earlier) };
  return { ...earlier, ...(step.after && { after: step.after }), writes: [...earlier.writes, ...step.writes] };
}

function beforeOf({ before }: Step): Pick<Step, 'before'> {
  return before === undefined ? {} : { before };
}
