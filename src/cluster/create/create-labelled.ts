import { matchesSelector } from '../../core/selector.ts';
import { type KubeObject, type ObjectRef, refOf } from '../../model/object.ts';
import { isNotFound } from '../../model/status.ts';
import { type VirtualMachine, vmOf } from '../../model/virtual-machine.ts';
import type { Cluster, WriteOptions } from '../cluster.ts';
import { UnknownOutcomeError } from '../http/unknown-outcome.ts';
import { confirmWrites } from '../reconcile/confirmed-writes.ts';
import { withPrecondition } from '../reconcile/create-or-patch.ts';
import { isOvertaken, patience } from '../reconcile/overtaken.ts';
import { stoppableWrites } from '../reconcile/stoppable-writes.ts';

type Labels = Readonly<Record<string, string>>;

/** A VM that gets labels before the service is created, and those that it has not yet. */
export interface LabelStep {
  readonly vm: VirtualMachine;
  readonly labels: Labels;
}

export interface CreateContext {
  readonly cluster: Cluster;
  readonly write: WriteOptions;
  /** Nothing new is begun after it. */
  readonly signal: AbortSignal;
  readonly onLabels: (vm: ObjectRef, change: 'labeled' | 'unlabeled') => void;
}

/** What became of it. `left`: labels that could not be, or had better not be, taken off again. */
export type CreateResult =
  | { readonly ended: 'created'; readonly object: KubeObject }
  | { readonly ended: 'failed'; readonly error: unknown; readonly left: readonly LabelStep[] };

/** The VM has the label meanwhile, with another value, or is another VM. */
export class LabelTakenError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LabelTakenError';
  }
}

/**
 * Labels VMs, then creates an object. Where that fails, or a signal ends it, the labels that were put on are taken off again;
 * where nobody knows whether the object is there, they stay, for it would select nothing without them. A write whose answer is
 * lost is read back; after a kill the command can be run again.
 */
export async function createLabelled(object: KubeObject, steps: readonly LabelStep[], context: CreateContext): Promise<CreateResult> {
  const { write, signal, onLabels } = context;
  const confirmed = confirmWrites(context.cluster);
  const { cluster } = stoppableWrites(confirmed, signal);
  const done: LabelStep[] = [];
  for (const step of steps) {
    try {
      const added = await addLabels(step, cluster, write);
      if (added === undefined) continue;
      done.push(added);
      onLabels(refOf(added.vm), 'labeled');
    } catch (error) {
      // Whether this one was labeled may be what nobody knows.
      const open = error instanceof UnknownOutcomeError ? [...done, step] : done;
      return { ended: 'failed', error, left: await takeBack(open, confirmed, context) };
    }
  }
  try {
    return { ended: 'created', object: await cluster.create(object, write) };
  } catch (error) {
    const isUnknown = error instanceof UnknownOutcomeError;
    return { ended: 'failed', error, left: isUnknown ? done : await takeBack(done, confirmed, context) };
  }
}

/** The last first. @returns those that could not be taken off */
async function takeBack(steps: readonly LabelStep[], cluster: Cluster, { write, onLabels }: CreateContext): Promise<readonly LabelStep[]> {
  // In a dry run nothing was put on.
  if (write.dryRun === 'server') return [];
  const left: LabelStep[] = [];
  for (const step of steps.toReversed()) {
    const taken = await takeLabels(step, cluster, write);
    if (taken === 'left') left.push(step);
    else if (taken === 'taken') onLabels(refOf(step.vm), 'unlabeled');
  }
  return left;
}

/**
 * Puts the labels on that are not there yet.
 * @returns those that it put on, and the VM as it is then; undefined where nothing was missing
 * @throws LabelTakenError, and what the server and the network say
 */
async function addLabels({ vm, labels }: LabelStep, cluster: Cluster, write: WriteOptions): Promise<LabelStep | undefined> {
  const ref = refOf(vm);
  const waiting = patience(ref);
  let latest = vm;
  for (;;) {
    const lacking = labelsLacking(latest, labels);
    if (Object.keys(lacking).length === 0) return undefined;
    const patch = { metadata: { labels: lacking } };
    try {
      return { vm: vmOf(await cluster.patch(ref, withPrecondition(patch, latest), write)), labels: lacking };
    } catch (error) {
      if (!isOvertaken(error, { existing: latest })) throw error;
      const now = vmOf(await cluster.get(ref));
      if (now.metadata.uid !== latest.metadata.uid) throw new LabelTakenError(`${ref.name} is another VM meanwhile`);
      waiting.lost({ existing: latest, patch }, { existing: now, patch: { metadata: { labels: labelsLacking(now, labels) } } });
      latest = now;
    }
  }
}

/** @throws LabelTakenError where one of the keys has another value: labels are added, and never overwritten */
export function labelsLacking({ metadata }: VirtualMachine, labels: Labels): Labels {
  const own = metadata.labels ?? {};
  for (const [key, value] of Object.entries(labels)) {
    if (Object.hasOwn(own, key) && own[key] !== value)
      throw new LabelTakenError(`VM ${metadata.name} has the label ${key}=${own[key]}, which is not overwritten with ${key}=${value}`);
  }
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !Object.hasOwn(own, key)));
}

/** Takes off what is still there as it was put on. */
async function takeLabels({ vm, labels }: LabelStep, cluster: Cluster, write: WriteOptions): Promise<'taken' | 'gone' | 'left'> {
  const ref = refOf(vm);
  const waiting = patience(ref);
  try {
    let latest = vmOf(await cluster.get(ref));
    for (;;) {
      const ours = Object.entries(labels).filter(([key, value]) => matchesSelector({ [key]: value }, latest.metadata.labels));
      if (ours.length === 0 || latest.metadata.uid !== vm.metadata.uid) return 'gone';
      const patch = { metadata: { labels: Object.fromEntries(ours.map(([key]) => [key, null])) } };
      try {
        await cluster.patch(ref, withPrecondition(patch, latest), write);
        return 'taken';
      } catch (error) {
        if (!isOvertaken(error, { existing: latest })) throw error;
        const now = vmOf(await cluster.get(ref));
        waiting.lost({ existing: latest, patch }, { existing: now, patch });
        latest = now;
      }
    }
  } catch (error) {
    if (isNotFound(error)) return 'gone';
    if (error instanceof Error) return 'left';
    throw error;
  }
}
