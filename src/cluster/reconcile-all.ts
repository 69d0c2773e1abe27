import { changes, type ReconcileItem, type Step } from '../core/step.ts';
import { type ObjectRef, refOf } from '../model/object.ts';
import { ApiError } from '../model/status.ts';
import { type VirtualMachineService, vmServiceOf } from '../model/virtual-machine-service.ts';
import { ConnectionError } from './cluster.ts';
import { confirmWrites } from './confirmed-writes.ts';
import { limits } from './limits.ts';
import { liveChildren, type ReconcileContext, reconcileOnce } from './reconcile-once.ts';
import { type FailedWrite, watchWrites } from './watched-writes.ts';

/** What became of one VirtualMachineService in a run over many. */
export interface ReconcileOutcome {
  readonly vmService: VirtualMachineService;
  readonly item: ReconcileItem;
  /** The write that ended it, if one did. */
  readonly failedWrite: FailedWrite | undefined;
  /** `stopped`: the run was told to stop before, or while, it was this one's turn. */
  readonly ended: 'finished' | 'stopped';
}

export interface RunOptions {
  /** Aborted to stop: writes under way are finished, no other is begun. */
  readonly signal: AbortSignal;
  /** Called once for each service, in the order of the services, as soon as it and all before it have ended. */
  readonly onOutcome?: (outcome: ReconcileOutcome) => void;
}

/**
 * Reconciles each service by itself, several at a time: what fails for one does not stop the others. The outcomes come in the
 * order of `vmServices`, whatever finished first.
 */
export async function reconcileAll(
  vmServices: readonly VirtualMachineService[],
  context: ReconcileContext,
  { signal, onOutcome }: RunOptions,
): Promise<readonly ReconcileOutcome[]> {
  const outcomes: ReconcileOutcome[] = [];
  const ended = new Map<number, ReconcileOutcome>();
  const settle = (index: number, outcome: ReconcileOutcome): void => {
    ended.set(index, outcome);
    for (let next = ended.get(outcomes.length); next !== undefined; next = ended.get(outcomes.length)) {
      outcomes.push(next);
      onOutcome?.(next);
    }
  };
  const confirmed = { ...context, cluster: confirmWrites(context.cluster) };
  const queue = vmServices.entries();
  const worker = async (): Promise<void> => {
    for (const [index, vmService] of queue) settle(index, await reconcileOne(vmService, confirmed, signal));
  };
  await Promise.all(Array.from({ length: Math.min(limits.sockets, vmServices.length) }, worker));
  return outcomes;
}

async function reconcileOne(vmService: VirtualMachineService, context: ReconcileContext, signal: AbortSignal): Promise<ReconcileOutcome> {
  if (signal.aborted) return { vmService, item: stopped(emptyItem(vmService)), failedWrite: undefined, ended: 'stopped' };
  const first = watchWrites(context.cluster, signal);
  const item = honest(await reconcileOnce(vmService, { ...context, cluster: first.cluster }));
  if (first.stopped()) return { vmService, item: stopped(item), failedWrite: first.failed(), ended: 'stopped' };
  if (!isStale(item) || context.write.dryRun !== 'none') return { vmService, item, failedWrite: first.failed(), ended: 'finished' };
  return (await reconcileAgain(vmService, item, context, signal)) ?? { vmService, item, failedWrite: first.failed(), ended: 'finished' };
}

/** Where the sequence broke off, nobody computed what the status should be: the VirtualMachineService is not known to be unchanged. */
function honest(item: ReconcileItem): ReconcileItem {
  if (item.error === null) return item;
  return { ...item, steps: item.steps.filter((step) => changes(step) || step.ref.kind !== 'VirtualMachineService') };
}

/** Somebody wrote between our look and our write. */
function isStale({ error }: ReconcileItem): boolean {
  return error?.reason === 'Conflict' || error?.reason === 'AlreadyExists';
}

/**
 * Looks again, once, and computes from what is there now: often the other writer was VM Operator itself, and nothing is left to
 * do. Undefined when the service cannot be read any more; the first answer then stands.
 */
async function reconcileAgain(
  vmService: VirtualMachineService,
  before: ReconcileItem,
  context: ReconcileContext,
  signal: AbortSignal,
): Promise<ReconcileOutcome | undefined> {
  const watched = watchWrites(context.cluster, signal);
  try {
    const latest = vmServiceOf(await context.cluster.get(refOf(vmService)));
    const item = honest(await reconcileOnce(latest, { ...context, cluster: watched.cluster, children: liveChildren(context.cluster) }));
    const whole = { ...item, steps: joinSteps(before.steps, item.steps), warnings: [...new Set([...before.warnings, ...item.warnings])] };
    const ended = watched.stopped() ? 'stopped' : 'finished';
    return { vmService: latest, item: watched.stopped() ? stopped(whole) : whole, failedWrite: watched.failed(), ended };
  } catch (error) {
    if (error instanceof ApiError || error instanceof ConnectionError) return undefined;
    throw error;
  }
}

/** One step an object over both attempts: what was changed in the first stays a change. */
function joinSteps(first: readonly Step[], second: readonly Step[]): readonly Step[] {
  const earlier = new Map(first.filter(changes).map((step) => [keyOf(step.ref), step]));
  const joined = second.map((step): Step => {
    const before = earlier.get(keyOf(step.ref));
    earlier.delete(keyOf(step.ref));
    if (before === undefined) return step;
    return { ...step, ...before, ...(step.after && { after: step.after }), writes: [...before.writes, ...step.writes] };
  });
  return [...earlier.values(), ...joined];
}

function keyOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind}\0${namespace ?? ''}\0${name}`;
}

function emptyItem({ metadata }: VirtualMachineService): ReconcileItem {
  return { namespace: metadata.namespace ?? '', name: metadata.name, error: null, steps: [], warnings: [] };
}

function stopped(item: ReconcileItem): ReconcileItem {
  return { ...item, error: { reason: 'Interrupted', message: 'interrupted before everything was written', exitCode: 3 } };
}
