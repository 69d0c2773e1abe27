import type { ReconcileItem } from '../../core/step.ts';
import { nameOf } from '../../model/object.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import type { Cluster } from '../cluster.ts';
import { limits } from '../limits.ts';
import { confirmWrites } from './confirmed-writes.ts';
import type { ReconcileContext } from './reconcile-context.ts';
import { reconcileOnce } from './reconcile-once.ts';
import { notStarted, type ReconcileOutcome, untouchedItem } from './reconcile-outcome.ts';
import { stoppableWrites } from './stoppable-writes.ts';

export interface RunOptions {
  /** Aborted to stop: writes under way are finished, no other is begun. */
  readonly signal: AbortSignal;
  /** Called once for each service, in the order of the services, as soon as it and all before it have ended. */
  readonly onOutcome?: (outcome: ReconcileOutcome) => void;
  /** What of an outcome is needed after that; by default all of it, which of thousands of services is much. */
  readonly keep?: (outcome: ReconcileOutcome) => ReconcileOutcome;
  /** Services at the same time. */
  readonly concurrency?: number;
  /** Whether, after this outcome, no other service is begun; those under way are finished. */
  readonly givesUp?: (outcome: ReconcileOutcome) => boolean;
  /** Stands between each reconcile and the cluster, where lost answers have been looked up already. */
  readonly through?: (cluster: Cluster) => Cluster;
}

/**
 * Reconciles each service by itself, several at a time: what fails for one does not stop the others. The outcomes come in the
 * order of `vmServices`, whatever finished first.
 */
export async function reconcileAll(
  vmServices: readonly VirtualMachineService[],
  context: ReconcileContext,
  options: RunOptions,
): Promise<readonly ReconcileOutcome[]> {
  const outcomes: ReconcileOutcome[] = [];
  const ended = new Map<number, ReconcileOutcome>();
  const settle = (index: number, outcome: ReconcileOutcome): void => {
    ended.set(index, outcome);
    for (let next = ended.get(outcomes.length); next !== undefined; next = ended.get(outcomes.length)) {
      ended.delete(outcomes.length);
      outcomes.push(options.keep?.(next) ?? next);
      options.onOutcome?.(next);
    }
  };
  const queue = vmServices.entries();
  let gaveUp = false;
  const worker = async (): Promise<void> => {
    for (const [index, vmService] of queue) {
      const outcome = gaveUp ? notStarted(vmService) : await reconcileOne(vmService, context, options);
      gaveUp ||= options.givesUp?.(outcome) === true;
      settle(index, outcome);
    }
  };
  const most = options.concurrency ?? limits.sockets;
  const workers = Array.from({ length: Math.min(most, vmServices.length) }, () =>
    worker().catch((error: unknown) => {
      gaveUp = true;
      throw error;
    }),
  );
  // A bug in one, or in who prints its outcome, does not cut off what the others are writing.
  await Promise.allSettled(workers);
  await Promise.all(workers);
  return outcomes;
}

async function reconcileOne(
  vmService: VirtualMachineService,
  context: ReconcileContext,
  { signal, through = (cluster) => cluster }: RunOptions,
): Promise<ReconcileOutcome> {
  if (signal.aborted) return { vmService, item: stopped(untouchedItem(vmService, null)), ended: 'stopped' };
  const confirmed = new Set<string>();
  const cluster = confirmWrites(context.cluster, (ref) => confirmed.add(nameOf(ref)));
  const writes = stoppableWrites(through(cluster), signal);
  const item = await reconcileOnce(vmService, { ...context, cluster: writes.cluster });
  const lost = [...confirmed].map((object) => `the answer to a write of ${object} was lost: reading it back confirmed it`);
  const whole = { ...item, warnings: [...item.warnings, ...lost] };
  return writes.stopped() ? { vmService, item: stopped(whole), ended: 'stopped' } : { vmService, item: whole, ended: 'finished' };
}

function stopped(item: ReconcileItem): ReconcileItem {
  return { ...item, error: { reason: 'Interrupted', message: 'interrupted before everything was written', exitCode: 3 } };
}
