import { createMergePatch } from '../../core/patch.ts';
import { planDeletion, writableMetadata } from '../../core/reconcile.ts';
import { type ReconcileError, type Step, unchangedStep } from '../../core/step.ts';
import { refOf } from '../../model/object.ts';
import { isConflict, isGone } from '../../model/status.ts';
import { type VirtualMachineService, vmServiceOf } from '../../model/virtual-machine-service.ts';
import { UnknownOutcomeError } from '../http/unknown-outcome.ts';
import { withPrecondition } from './create-or-patch.ts';
import { currentOwner, OwnerChangedError } from './current-owner.ts';
import type { Ledger } from './ledger.ts';
import { isOvertaken, patience } from './overtaken.ts';
import { type Children, childRef, liveChildren, type ReconcileContext } from './reconcile-context.ts';
import { failure, refused } from './reconcile-failure.ts';

/**
 * The controller's deletion path: Endpoints, Service, finalizers. The children go by their name, whoever owns them, as the
 * controller does it; but only the very objects that were looked at.
 *
 * @throws OwnerChangedError when the VirtualMachineService is another one meanwhile
 */
export async function reconcileDeletion(
  stored: VirtualMachineService,
  context: ReconcileContext,
  ledger: Ledger,
): Promise<ReconcileError | null> {
  const ref = refOf(stored);
  if (context.setup.role === 'guest') {
    ledger.begin([ref]);
    return beingDeleted(stored);
  }
  if (!planDeletion(stored, context.setup.traits).run) {
    ledger.begin([ref]);
    ledger.took(unchangedStep(stored));
    ledger.settle(ref, 'Done');
    return null;
  }
  ledger.begin([childRef(stored, 'Endpoints'), childRef(stored, 'Service'), ref]);
  for (const kind of ['Endpoints', 'Service'] as const) {
    const child = childRef(stored, kind);
    try {
      const step = await deleteChild(stored, kind, context);
      if (step !== undefined) ledger.took(step);
      ledger.settle(child, 'Done');
    } catch (caught) {
      if (caught instanceof UnknownOutcomeError) ledger.settle(child, 'Unknown');
      return failure(caught, (message) => `failed to delete ${kind}: ${message}`);
    }
  }
  try {
    const step = await dropFinalizers(stored, context);
    if (step !== undefined) ledger.took(step);
    ledger.settle(ref, 'Done');
    return null;
  } catch (caught) {
    if (caught instanceof UnknownOutcomeError) ledger.settle(ref, 'Unknown');
    return failure(caught);
  }
}

/** What anybody but the controller says to a VirtualMachineService that is being deleted. */
function beingDeleted({ metadata }: VirtualMachineService): ReconcileError {
  const { namespace, name, finalizers = [] } = metadata;
  return refused({
    reason: 'BeingDeleted',
    message: `VirtualMachineService ${namespace}/${name} is being deleted, held by ${finalizers.join(', ') || 'nothing'}: --as-controller runs the deletion path`,
  });
}

/** Undefined where there is nothing to delete. */
async function deleteChild(
  stored: VirtualMachineService,
  kind: 'Endpoints' | 'Service',
  { cluster, children, write }: ReconcileContext,
): Promise<Step | undefined> {
  const ref = childRef(stored, kind);
  const waiting = patience(ref);
  const look = (from: Children) => (kind === 'Service' ? from.service(ref) : from.endpoints(ref));
  for (let before = await look(children); before !== undefined; ) {
    const { uid } = before.metadata;
    try {
      await cluster.delete(ref, { dryRun: write.dryRun, ...(uid !== undefined && { uid }) });
      return { ref, operation: 'deleted', before, writes: [] };
    } catch (error) {
      if (isGone(error)) return undefined;
      if (!isConflict(error)) throw error;
      await currentOwner(stored, cluster);
      const now = await look(liveChildren(cluster));
      waiting.lost({ existing: before, patch: undefined }, { existing: now, patch: undefined });
      before = now;
    }
  }
  return undefined;
}

/** Undefined where somebody else did it, or there was nothing to drop. */
async function dropFinalizers(stored: VirtualMachineService, { cluster, write, setup }: ReconcileContext): Promise<Step | undefined> {
  const ref = refOf(stored);
  const waiting = patience(ref);
  const planFor = (vmService: VirtualMachineService) => {
    const plan = planDeletion(vmService, setup.traits);
    const finalizers = plan.run ? plan.remaining : (vmService.metadata.finalizers ?? []);
    const desired = { ...vmService, metadata: { ...vmService.metadata, finalizers } };
    return { finalizers, patch: plan.run ? createMergePatch(writableMetadata(vmService), writableMetadata(desired)) : undefined };
  };
  for (let latest = stored; ; ) {
    const { finalizers, patch } = planFor(latest);
    if (patch === undefined) return undefined;
    try {
      const after = vmServiceOf(await cluster.patch(ref, withPrecondition(patch, latest), write));
      return { ref, operation: finalizers.length === 0 ? 'deleted' : 'updated', before: stored, after, writes: [patch] };
    } catch (error) {
      if (!isOvertaken(error, { existing: latest })) throw error;
      const now = await unlessGone(stored, () => currentOwner(stored, cluster));
      if (now === undefined) return undefined;
      waiting.lost({ existing: latest, patch }, { existing: now, patch: planFor(now).patch });
      latest = now;
    }
  }
}

/** Gone is what a deletion is for: this one, and any later one of that name is none of ours. */
async function unlessGone(
  stored: VirtualMachineService,
  look: () => Promise<VirtualMachineService>,
): Promise<VirtualMachineService | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof OwnerChangedError && error.latest?.metadata.uid !== stored.metadata.uid) return undefined;
    throw error;
  }
}
