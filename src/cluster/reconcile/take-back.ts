import type { ReconcileError, Step } from '../../core/step.ts';
import { nameOf } from '../../model/object.ts';
import { isConflict, isGone } from '../../model/status.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { isUnanswered } from '../cluster.ts';
import type { Ledger } from './ledger.ts';
import type { ReconcileContext } from './reconcile-context.ts';

/**
 * The VirtualMachineService went away while it was reconciled: what this run made for it goes too, each by the uid that it got.
 * The garbage collector would do the same; what was there before is left to it.
 */
export async function takeBack(
  { metadata }: VirtualMachineService,
  latest: VirtualMachineService | undefined,
  { cluster, write }: ReconcileContext,
  ledger: Ledger,
): Promise<ReconcileError> {
  const gone: string[] = [];
  const left: string[] = [];
  for (const step of write.dryRun === 'none' ? madeBy(ledger).toReversed() : []) {
    const { uid } = step.after?.metadata ?? {};
    if (uid === undefined) continue;
    try {
      await cluster.delete(step.ref, { dryRun: 'none', uid });
      gone.push(nameOf(step.ref));
      ledger.undo(step);
    } catch (error) {
      if (isGone(error) || isConflict(error)) ledger.undo(step);
      else if (isUnanswered(error)) left.push(nameOf(step.ref));
      else throw error;
    }
  }
  const sentences = [
    `VirtualMachineService ${metadata.namespace}/${metadata.name} ${latest === undefined ? 'was deleted' : 'is being deleted'} meanwhile`,
    ...(gone.length > 0 ? [`${gone.join(' and ')}, made for it by this run, ${gone.length > 1 ? 'are' : 'is'} deleted again`] : []),
    ...(left.length > 0 ? [`${left.join(' and ')} could not be deleted again, which is left to the garbage collector`] : []),
  ];
  return { reason: 'OwnerGone', message: sentences.join('; '), exitCode: 3 };
}

function madeBy(ledger: Ledger): readonly Step[] {
  return ledger.steps.filter(({ operation }) => operation === 'created');
}
