import { type ControllersObjects, hasAnswered, markOf, type NudgePlace, nudgeKey, objectChanges } from '../../core/nudge.ts';
import { type KubeObject, refOf } from '../../model/object.ts';
import { endpointsOf, serviceOf } from '../../model/service.ts';
import { type ApiError, isConflict, isGone } from '../../model/status.ts';
import { type VirtualMachineService, vmServiceOf } from '../../model/virtual-machine-service.ts';
import type { Clock } from '../clock.ts';
import { type Cluster, type ConnectionError, isUnanswered } from '../cluster.ts';
import { UnknownOutcomeError } from '../http/unknown-outcome.ts';
import { ifThere } from '../if-there.ts';
import { confirmWrites } from './confirmed-writes.ts';
import { childRef } from './reconcile-context.ts';

/** How a nudge is done. */
export interface NudgeOptions {
  readonly clock: Clock;
  /** How long the answer may take, in milliseconds. */
  readonly timeout: number;
  readonly mark: string;
  readonly fieldManager: string;
  /** Aborted to end: the mark is taken off, and nothing is waited for any more. */
  readonly signal: AbortSignal;
  /** Called once the mark is there. */
  readonly onMarked?: () => void;
}

/** What a server or the network said. */
type Failure = ApiError | ConnectionError;

/** How a nudge ended. `marked` is where the mark could not be taken off again, and why. */
export type NudgeResult = (
  | { readonly ended: 'Answered'; readonly after: number; readonly changes: readonly string[] }
  | { readonly ended: 'NoAnswer' | 'Stopped' }
  | { readonly ended: 'Failed'; readonly error: Failure }
) & { readonly marked?: { readonly place: NudgePlace; readonly error: Failure } };

/** Between two looks, in milliseconds: an answer usually comes within one second. */
const firstLook = 200;
const slowestLook = 2_000;
const tries = 5;

/**
 * Marks an object that VM Operator watches, looks until it has answered, and takes the mark off again, however it ends. What is
 * done here is done with the rights of a namespace: one annotation of a Service, or one label of a VM.
 *
 * Never throws for what a server says.
 */
export async function nudge(
  vmService: VirtualMachineService,
  place: NudgePlace,
  cluster: Cluster,
  options: NudgeOptions,
): Promise<NudgeResult> {
  const confirmed = confirmWrites(cluster);
  const begun = await caught(async () => ({ before: await look(vmService, confirmed) }));
  if ('error' in begun) return { ended: 'Failed', error: begun.error };
  const start = options.clock.now();
  const set = await caught(async () => ({ done: await setMark(confirmed, place, options) }));
  if ('error' in set && !(set.error instanceof UnknownOutcomeError)) return { ended: 'Failed', error: set.error };
  const result: NudgeResult =
    'error' in set ? { ended: 'Failed', error: set.error } : await answer(vmService, place, begun.before, start, confirmed, options);
  const kept = await takeMark(confirmed, place, options);
  return kept === undefined ? result : { ...result, marked: { place, error: kept } };
}

/**
 * Takes a mark off, unless another nudge has put its own there meanwhile.
 * @returns what kept it from that; undefined when nothing is left
 */
export async function takeMark(
  cluster: Cluster,
  { ref, field }: NudgePlace,
  { mark, fieldManager }: Pick<NudgeOptions, 'mark' | 'fieldManager'>,
): Promise<Failure | undefined> {
  for (let left = tries; ; left -= 1) {
    const taken = await caught(async () => {
      const object = await cluster.get(ref);
      if (markOf(object, field) === mark) await cluster.patch(ref, markPatch(object, field, null), { dryRun: 'none', fieldManager });
      return { done: true };
    });
    if (!('error' in taken) || isGone(taken.error)) return undefined;
    if (!isConflict(taken.error) || left <= 1) return taken.error;
  }
}

async function answer(
  vmService: VirtualMachineService,
  place: NudgePlace,
  before: ControllersObjects,
  start: number,
  cluster: Cluster,
  { clock, timeout, mark, signal, onMarked }: NudgeOptions,
): Promise<NudgeResult> {
  onMarked?.();
  const ends = start + timeout;
  for (let pause = firstLook; ; pause = Math.min(pause * 1.5, slowestLook)) {
    await clock.sleep(Math.max(0, Math.min(pause, ends - clock.now())), signal);
    if (signal.aborted) return { ended: 'Stopped' };
    // One look that fails proves nothing: the next one may succeed.
    const seen = await caught(async () => ({ now: await look(vmService, cluster) }));
    if (!('error' in seen) && hasAnswered(place, mark, before, seen.now)) {
      return { ended: 'Answered', after: clock.now() - start, changes: objectChanges(before, seen.now) };
    }
    if (clock.now() >= ends) return 'error' in seen ? { ended: 'Failed', error: seen.error } : { ended: 'NoAnswer' };
  }
}

/** Over the mark of another nudge: there is one mark, and whoever wrote it last takes it off. */
async function setMark(cluster: Cluster, { ref, field }: NudgePlace, { mark, fieldManager }: NudgeOptions): Promise<void> {
  for (let left = tries; ; left -= 1) {
    try {
      const object = await cluster.get(ref);
      await cluster.patch(ref, markPatch(object, field, mark), { dryRun: 'none', fieldManager });
      return;
    } catch (error) {
      if (!isConflict(error) || left <= 1) throw error;
    }
  }
}

function markPatch({ metadata }: KubeObject, field: NudgePlace['field'], mark: string | null) {
  const { resourceVersion } = metadata;
  return { metadata: { ...(resourceVersion !== undefined && { resourceVersion }), [field]: { [nudgeKey]: mark } } };
}

async function look(vmService: VirtualMachineService, cluster: Cluster): Promise<ControllersObjects> {
  const [found, service, endpoints] = await Promise.all([
    ifThere(cluster.get(refOf(vmService))),
    ifThere(cluster.get(childRef(vmService, 'Service'))),
    ifThere(cluster.get(childRef(vmService, 'Endpoints'))),
  ]);
  return { vmService: found && vmServiceOf(found), service: service && serviceOf(service), endpoints: endpoints && endpointsOf(endpoints) };
}

async function caught<T extends object>(act: () => Promise<T>): Promise<T | { readonly error: Failure }> {
  try {
    return await act();
  } catch (error) {
    if (isUnanswered(error)) return { error };
    throw error;
  }
}
