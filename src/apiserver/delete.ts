import { notSupported } from '../core/field-errors.ts';
import { mapAt } from '../model/raw-fields.ts';
import { deleted, forbiddenRequest, invalidObject, notFound, preconditionFailed, Refusal } from './answers.ts';
import { commitObject, commitRemoval, markedAsDeleting, withMetadata } from './commit.ts';
import type { ServerConfig } from './config.ts';
import { asVersion } from './conversion/conversion.ts';
import type { Outcome } from './create.ts';
import { storedObject } from './json.ts';
import { answersDeletionWithObject } from './kind-rules.ts';
import { listBody, listMetadata, selectStored } from './read.ts';
import type { ApiRequest, RequestOptions, StoreEvent } from './request.ts';
import type { ResourceEntry } from './resources.ts';
import { findObject, type State, type StoredObject } from './store.ts';

/** DELETE of one object. @throws Refusal */
export function deleteObject(state: State, request: ApiRequest, entry: ResourceEntry, config: ServerConfig): Outcome {
  const name = request.name ?? '';
  checkPolicy(request.options);
  const existing = findObject(state, entry.storage, request.namespace ?? '', name);
  if (existing === undefined) throw new Refusal(notFound(entry, name));
  const deletion = carryOut(state, existing, request, entry);
  const { object, isRemoved, events } = deletion;
  const body = asVersion(object, entry, config);
  if (isRemoved && !answersDeletionWithObject(entry)) {
    return { state: deletion.state, response: { ...deleted(entry, name, existing.metadata.uid ?? ''), events } };
  }
  return { state: deletion.state, response: { code: 200, body, warnings: [], events } };
}

/** DELETE of a collection: every selected object as if it were deleted alone. @throws Refusal */
export function deleteCollection(state: State, request: ApiRequest, entry: ResourceEntry, config: ServerConfig): Outcome {
  checkPolicy(request.options);
  const selected = selectStored(state, request, entry, config);
  const events: StoreEvent[] = [];
  let current = state;
  for (const { metadata } of selected) {
    const existing = findObject(current, entry.storage, metadata.namespace ?? '', metadata.name);
    // A Service takes its Endpoints along, so an object may be gone already.
    if (existing === undefined) continue;
    const deletion = carryOut(current, existing, request, entry);
    current = deletion.state;
    events.push(...deletion.events);
  }
  const items = selected.map((object) => asVersion(object, entry, config));
  const body = listBody(entry, listMetadata(entry, current), items);
  return { state: current, response: { code: 200, body, warnings: [], events } };
}

interface Deletion {
  readonly state: State;
  readonly object: StoredObject;
  readonly isRemoved: boolean;
  readonly events: readonly StoreEvent[];
}

function carryOut(state: State, existing: StoredObject, request: ApiRequest, entry: ResourceEntry): Deletion {
  checkPreconditions(existing, request.options, entry);
  const dryRun = request.options.dryRun === true;
  const unchanged: Deletion = { state, object: existing, isRemoved: false, events: [] };
  if (entry.group === '' && entry.kind === 'Namespace') return terminate(state, existing, request, entry);
  const finalizers = deletionFinalizers(existing, request.options.propagationPolicy);
  const withFinalizers = sameFinalizers(finalizers, existing) ? existing : withMetadata(existing, { finalizers: orAbsent(finalizers) });
  if (finalizers.length === 0) {
    if (dryRun) return { ...unchanged, isRemoved: true };
    const commit = commitRemoval(state, entry.storage, existing, request.now);
    return { state: commit.state, object: commit.stored, isRemoved: true, events: commit.events };
  }
  const marked = markedAsDeleting(withFinalizers, request.now);
  if (marked === existing) return unchanged;
  if (dryRun) return { ...unchanged, object: marked };
  const commit = commitObject(state, entry.storage, marked, existing);
  return { state: commit.state, object: commit.stored, isRemoved: false, events: commit.events };
}

/** A namespace waits for its contents: whoever removes them takes the finalizer in its spec away. */
function terminate(state: State, existing: StoredObject, request: ApiRequest, entry: ResourceEntry): Deletion {
  const { name } = existing.metadata;
  if (immortal.has(name)) throw new Refusal(forbiddenRequest(entry, name, 'this namespace may not be deleted'));
  if (existing.metadata.deletionTimestamp !== undefined) return { state, object: existing, isRemoved: false, events: [] };
  const status = { ...mapAt(existing, 'status'), phase: 'Terminating' };
  const object = storedObject({ ...withMetadata(existing, { deletionTimestamp: request.now }), status });
  if (request.options.dryRun === true) return { state, object, isRemoved: false, events: [] };
  const commit = commitObject(state, entry.storage, object, existing);
  return { state: commit.state, object: commit.stored, isRemoved: false, events: commit.events };
}

const immortal = new Set(['default', 'kube-public', 'kube-system']);

function checkPolicy({ propagationPolicy }: RequestOptions): void {
  const policy: string | undefined = propagationPolicy;
  if (policy === undefined || policies.includes(policy)) return;
  const error = notSupported('propagationPolicy', policy, [...policies, 'nil']);
  const options = { group: 'meta.k8s.io', kind: 'DeleteOptions', plural: 'deleteoptions', singular: '', shortNames: [], namespaced: false };
  throw new Refusal(invalidObject(options, '', [error]));
}

const policies = ['Foreground', 'Background', 'Orphan'];

function checkPreconditions({ metadata }: StoredObject, { preconditions }: RequestOptions, entry: ResourceEntry): void {
  const { name, uid = '', resourceVersion = '' } = metadata;
  if (preconditions?.uid !== undefined && preconditions.uid !== uid) {
    const why = `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}).`;
    throw new Refusal(preconditionFailed(entry, name, `${why} The object might have been deleted and then recreated`));
  }
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
    const sent = preconditions.resourceVersion;
    const why = `the ResourceVersion in the precondition (${sent}) does not match the ResourceVersion in record (${resourceVersion}).`;
    throw new Refusal(preconditionFailed(entry, name, `${why} The object might have been modified`));
  }
}

/** The policy lives on as a finalizer, which the garbage collector removes when it has done its part. */
function deletionFinalizers({ metadata }: StoredObject, policy: RequestOptions['propagationPolicy']): readonly string[] {
  const before = metadata.finalizers ?? [];
  if (policy === undefined) return before;
  const others = before.filter((name) => name !== 'orphan' && name !== 'foregroundDeletion');
  if (policy === 'Orphan') return [...others, 'orphan'];
  return policy === 'Foreground' ? [...others, 'foregroundDeletion'] : others;
}

function sameFinalizers(finalizers: readonly string[], { metadata }: StoredObject): boolean {
  const before = new Set(metadata.finalizers ?? []);
  return finalizers.length === before.size && finalizers.every((name) => before.has(name));
}

function orAbsent(finalizers: readonly string[]): readonly string[] | undefined {
  return finalizers.length === 0 ? undefined : finalizers;
}
