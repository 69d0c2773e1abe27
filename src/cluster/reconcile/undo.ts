import { type RestoringPatch, restoringPatches } from '../../core/restore.ts';
import { type Step, unchangedStep } from '../../core/step.ts';
import { type JsonObject, type KubeObject, nameOf, type ObjectRef, refOf } from '../../model/object.ts';
import { ApiError, isGone } from '../../model/status.ts';
import { type Cluster, ConnectionError, type WriteOptions } from '../cluster.ts';
import type { SavedObject } from '../files/saved-state.ts';
import { UnknownOutcomeError } from '../http/unknown-outcome.ts';
import { withPrecondition } from './create-or-patch.ts';

/** What would put one object back, or why nothing does. */
export interface UndoPlan {
  readonly ref: ObjectRef;
  /** Undefined where there is nothing to do, or nothing can be done. */
  readonly action: UndoAction | undefined;
  /** The object as it is now; undefined when it is not there. */
  readonly existing: KubeObject | undefined;
  readonly error: UndoError | undefined;
}

export type UndoAction =
  | { readonly type: 'delete'; readonly uid: string }
  /** Each is its own request: of the object, or of its status. */
  | { readonly type: 'patch'; readonly patches: readonly RestoringPatch[] };

/** `reason` is the API's, or `Unknown` where the run that saved the file did not live to see what it left. */
export interface UndoError {
  readonly reason: string;
  readonly message: string;
  /** 2 where it is refused on principle; 3 without. */
  readonly exitCode?: 2 | 3;
}

/**
 * Looks at one object, and finds what would put it back: what the run changed gets its old value, what it made is deleted. Nothing
 * is forced: an object that is not any more what the run left stays as it is.
 * @throws ApiError and ConnectionError where it cannot be looked at
 */
export async function planUndo(saved: SavedObject, cluster: Cluster): Promise<UndoPlan> {
  const { ref } = saved;
  let existing: KubeObject | undefined;
  try {
    existing = await cluster.get(ref);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  const found = saved.before === undefined ? undoCreation(saved, existing) : undoChange(saved, saved.before, existing);
  return 'reason' in found ? { ref, action: undefined, existing, error: found } : { ref, action: found.action, existing, error: undefined };
}

type Found = { readonly action: UndoAction | undefined } | UndoError;

const nothing = { action: undefined } as const;

function undoCreation({ ref, left }: SavedObject, existing: KubeObject | undefined): Found {
  if (existing === undefined || left === 'nothing') return nothing;
  if (left === 'unknown') return unknown(ref, 'made');
  const { uid } = left;
  return existing.metadata.uid === uid ? { action: { type: 'delete', uid } } : anotherOne(ref);
}

function undoChange({ ref, left }: SavedObject, before: KubeObject, existing: KubeObject | undefined): Found {
  if (existing === undefined) {
    const by = left === 'nothing' ? 'by that run' : 'meanwhile';
    return { reason: 'NotFound', message: `${nameOf(ref)} was deleted ${by}: it is not made anew` };
  }
  if (existing.metadata.uid !== before.metadata.uid) return anotherOne(ref);
  const patches = restoringPatches(existing, before);
  if (patches.length === 0) return nothing;
  if (left === 'unknown' || left === 'nothing') return unknown(ref, 'changed');
  const { resourceVersion } = existing.metadata;
  if (resourceVersion === left.resourceVersion) return { action: { type: 'patch', patches } };
  const versions = `resourceVersion ${resourceVersion ?? '<none>'}, and the run left ${left.resourceVersion}`;
  return { reason: 'Conflict', message: `${nameOf(ref)} was changed meanwhile (${versions})` };
}

function anotherOne(ref: ObjectRef): UndoError {
  return { reason: 'Conflict', message: `another object is called ${nameOf(ref)} now` };
}

function unknown(ref: ObjectRef, verb: 'made' | 'changed'): UndoError {
  return { reason: 'Unknown', message: `${nameOf(ref)} may have been ${verb} by that run, which ended before it knew` };
}

/**
 * Does what was planned, with the version that was looked at as a precondition, or the uid of what is deleted.
 * @throws ApiError and ConnectionError as `Cluster` does
 */
export async function carryOutUndo(
  { ref, action, existing }: UndoPlan,
  cluster: Cluster,
  options: WriteOptions,
): Promise<Step | undefined> {
  if (existing === undefined) return undefined;
  if (action === undefined) return unchangedStep(existing);
  if (action.type === 'delete') {
    await cluster.delete(ref, { dryRun: options.dryRun, uid: action.uid });
    return { ref, operation: 'deleted', before: existing, writes: [] };
  }
  let latest = existing;
  const writes: JsonObject[] = [];
  for (const { patch, subresource } of action.patches) {
    const answer = await cluster.patch(ref, withPrecondition(patch, latest), { ...options, ...(subresource && { subresource }) });
    // A dry run stores nothing: the next patch meets the version that is there.
    if (options.dryRun === 'none') latest = answer;
    writes.push(patch);
  }
  return { ref: refOf(existing), operation: 'updated', before: existing, after: latest, writes };
}

/** What a server or the network said. @throws anything else, which is a bug of ours */
export function saidBy(error: unknown): UndoError {
  if (error instanceof ApiError) return { reason: error.reason, message: error.message };
  if (error instanceof UnknownOutcomeError) return { reason: 'UnknownOutcome', message: error.message };
  if (error instanceof ConnectionError) return { reason: 'ConnectionError', message: error.message };
  throw error;
}
