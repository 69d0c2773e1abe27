import { etcdCapacity, etcdSize } from '../../core/etcd-size.ts';
import { inMebibytes } from '../../core/mebibytes.ts';
import { type QuotaUse, useOf } from '../../core/quota.ts';
import type { ReconcileError, ReconcileItem } from '../../core/step.ts';
import { endpoints } from '../../model/resources.ts';
import { endpointsOf } from '../../model/service.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { atOnce } from './at-once.ts';
import type { ReconcileContext } from './reconcile-context.ts';
import { reconcileOnce } from './reconcile-once.ts';

/** What the server says to the writes of one VirtualMachineService before any of them is done. */
export interface Rehearsal {
  readonly vmService: VirtualMachineService;
  /** Why it would end half-way; undefined where nothing speaks against it. */
  readonly error: ReconcileError | undefined;
  /** What the server could not be asked, and why, as it said it. */
  readonly unchecked: string | undefined;
  /** What its writes take of quotas. */
  readonly use: QuotaUse;
}

export interface RehearsalOptions {
  /** Aborted to stop: then the rest is not asked any more. */
  readonly signal: AbortSignal;
  /** Services at the same time. */
  readonly concurrency: number;
}

/**
 * Has the server check every write of a run with `dryRun=All`: quotas, webhooks, addresses and fields that may not change are told
 * before the first write, and not by the second. The status is left out: nothing but the right to write it decides about it.
 *
 * @throws DOMException when it was stopped; what servers say is in the results
 */
export function rehearse(
  vmServices: readonly VirtualMachineService[],
  context: ReconcileContext,
  { signal, concurrency }: RehearsalOptions,
): Promise<readonly Rehearsal[]> {
  const rehearsing: ReconcileContext = { ...context, skipStatus: true, write: { ...context.write, dryRun: 'server' } };
  return atOnce(vmServices, concurrency, async (vmService) => {
    signal.throwIfAborted();
    const item = await reconcileOnce(vmService, rehearsing);
    const verdict = verdictOn(item);
    return { vmService, ...verdict, error: verdict.error ?? tooLarge(item), use: useOf(item.steps) };
  });
}

function verdictOn({ error, outcomes }: ReconcileItem): Pick<Rehearsal, 'error' | 'unchecked'> {
  const fine = { error: undefined, unchecked: undefined };
  // Who was overtaken looks again when it is time to write.
  if (error === null || error.reason === 'Conflict') return fine;
  if (isUncheckable(error)) return { error: undefined, unchecked: error.message };
  const childrenAreFine = outcomes.every(({ ref, outcome }) => ref.kind === 'VirtualMachineService' || outcome === 'Done');
  return childrenAreFine && isDenied(error) ? fine : { ...fine, error };
}

/** What is only tried never gets as far as etcd, which refuses what is too large for it when the Service is written already. */
function tooLarge({ steps }: ReconcileItem): ReconcileError | undefined {
  const written = steps.find(({ ref, operation }) => ref.kind === endpoints.kind && (operation === 'created' || operation === 'updated'));
  if (written?.after === undefined) return undefined;
  const size = etcdSize(endpointsOf(written.after));
  if (size <= etcdCapacity) return undefined;
  const message = `endpoints/${written.ref.name} would take ${inMebibytes(size)} in etcd, which stores ${inMebibytes(etcdCapacity)} of one object at most: split the service into several`;
  return { reason: 'RequestEntityTooLarge', message, exitCode: 3 };
}

/** A webhook that has side effects keeps the server from trying. */
function isUncheckable({ status, message }: ReconcileError): boolean {
  return status?.code === 400 && /does not support dry.?run/i.test(message);
}

/**
 * A VirtualMachineService that was stored as it would not be accepted any more takes no labels either. That keeps nobody from its
 * Service and Endpoints, which the controller writes all the same.
 */
function isDenied({ status, message }: ReconcileError): boolean {
  return status?.code === 422 || (status?.code !== undefined && status.code < 500 && /^admission webhook .* denied/.test(message));
}
