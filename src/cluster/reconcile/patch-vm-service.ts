import { createMergePatch } from '../../core/patch.ts';
import { asControllerSees, writableMetadata } from '../../core/reconcile.ts';
import type { ReconcileError } from '../../core/step.ts';
import { type JsonObject, jsonOf, type KubeObject, refOf } from '../../model/object.ts';
import { isForbidden } from '../../model/status.ts';
import { type VirtualMachineService, vmServiceOf } from '../../model/virtual-machine-service.ts';
import { UnknownOutcomeError } from '../http/unknown-outcome.ts';
import { withPrecondition } from './create-or-patch.ts';
import { OwnerChangedError, unchangedOwner } from './current-owner.ts';
import type { Ledger } from './ledger.ts';
import { isOvertaken, patience } from './overtaken.ts';
import type { ReconcileContext } from './reconcile-context.ts';
import { failure, isCutOff } from './reconcile-failure.ts';

/**
 * Conditions, then metadata, then the rest of the status: each its own request, each from the answer before it. Mirrors the
 * deferred patch of VM Operator's controller, except that every one names the version it was computed from. What the server
 * refuses to one of them it may grant to the next: like the real controller's, all three are sent.
 *
 * `desiredOf` says how a VirtualMachineService should be, whichever version of it was read.
 * @throws OwnerChangedError when it is another one meanwhile
 */
export async function patchVmService(
  stored: VirtualMachineService,
  desiredOf: (vmService: VirtualMachineService) => VirtualMachineService,
  { cluster, write, setup }: ReconcileContext,
  ledger: Ledger,
): Promise<ReconcileError | null> {
  const ref = refOf(stored);
  let latest = stored;
  let error: ReconcileError | null = null;

  const send = async (part: Part): Promise<void> => {
    const waiting = patience(ref);
    for (;;) {
      const patch = patchOf(part, latest, desiredOf(latest));
      if (patch === undefined) return;
      try {
        const subresource = part === 'metadata' ? {} : { subresource: 'status' as const };
        latest = vmServiceOf(await cluster.patch(ref, withPrecondition(patch, latest), { ...write, ...subresource }));
        ledger.took({ ref, operation: 'updated', before: stored, after: latest, writes: [patch] });
        return;
      } catch (caught) {
        if (!isOvertaken(caught, { existing: latest })) throw caught;
        const now = await unchangedOwner(latest, cluster);
        waiting.lost({ existing: latest, patch }, { existing: now, patch: patchOf(part, now, desiredOf(now)) });
        latest = now;
      }
    }
  };

  for (const part of parts) {
    try {
      await send(part);
    } catch (caught) {
      if (caught instanceof OwnerChangedError) throw caught;
      if (part !== 'metadata' && setup.role === 'guest' && isForbidden(caught)) {
        ledger.warn(`the status was left as it is: not permitted to patch virtualmachineservices/status in ${stored.metadata.namespace}`);
        continue;
      }
      error ??= failure(caught);
      if (caught instanceof UnknownOutcomeError) ledger.settle(ref, 'Unknown');
      if (isCutOff(error)) break;
    }
  }
  return error;
}

const parts = ['conditions', 'metadata', 'status'] as const;
type Part = (typeof parts)[number];

function patchOf(part: Part, stored: VirtualMachineService, desired: VirtualMachineService): JsonObject | undefined {
  const seen = asControllerSees(stored);
  if (part === 'metadata') return createMergePatch(writableMetadata(seen), writableMetadata(desired));
  const { conditions: before, ...statusBefore } = { ...seen.status };
  const { conditions: after, ...statusAfter } = { ...desired.status };
  return part === 'conditions'
    ? statusPatch({ ...(before && { conditions: before }) }, { ...(after && { conditions: after }) })
    : statusPatch(statusBefore, statusAfter);
}

function statusPatch(before: object, after: object): JsonObject | undefined {
  return createMergePatch(jsonOf(holding(before)), jsonOf(holding(after)));
}

/** Statuses are compared as fields of an object, so that a new one is created whole. */
function holding(status: object): KubeObject & { status?: object } {
  return { apiVersion: '', kind: '', metadata: { name: '' }, ...(Object.keys(status).length > 0 && { status }) };
}
