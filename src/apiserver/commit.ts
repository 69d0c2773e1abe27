import type { JsonObject } from '../model/object.ts';
import { mapAt } from '../model/raw-fields.ts';
import { endpoints, type Resource } from '../model/resources.ts';
import { storedObject } from './json.ts';
import type { StoreEvent } from './request.ts';
import { findObject, type State, type StoredObject, withObject, withoutObject } from './store.ts';

/** A state with one more write, and what the write did. */
export interface Commit {
  readonly state: State;
  readonly stored: StoredObject;
  readonly events: readonly StoreEvent[];
}

/** Puts an object into the store under the next resourceVersion. */
export function commitObject(state: State, resource: Resource, object: StoredObject, before?: StoredObject): Commit {
  const { next, stored } = stamped(state, object);
  const event: StoreEvent =
    before === undefined ? { type: 'ADDED', resource, object: stored } : { type: 'MODIFIED', resource, object: stored, before };
  return { state: withObject(next, resource, stored), stored, events: [event] };
}

/**
 * Takes an object out of the store. With a Service go the Endpoints of its name, as if somebody had deleted them: finalizers
 * of their own keep them, marked as being deleted.
 */
export function commitRemoval(state: State, resource: Resource, object: StoredObject, now: string): Commit {
  const { next, stored } = stamped(state, object);
  const namespace = object.metadata.namespace ?? '';
  const before = findObject(state, resource, namespace, object.metadata.name) ?? object;
  const removed = withoutObject(next, resource, namespace, object.metadata.name);
  const event: StoreEvent = { type: 'DELETED', resource, object: stored, before };
  const removal = { state: removed, stored, events: [event] };
  if (resource.group !== '' || resource.kind !== 'Service') return removal;
  const orphan = findObject(removed, endpoints, namespace, object.metadata.name);
  if (orphan === undefined) return removal;
  const also = commitDeletion(removed, endpoints, orphan, now);
  return { state: also.state, stored, events: [event, ...also.events] };
}

/** Deletes an object as a DELETE without options does: at once, or with its last finalizer. */
function commitDeletion(state: State, resource: Resource, existing: StoredObject, now: string): Commit {
  if (!existing.metadata.finalizers?.length) return commitRemoval(state, resource, existing, now);
  const marked = markedAsDeleting(existing, now);
  return marked === existing ? { state, stored: existing, events: [] } : commitObject(state, resource, marked, existing);
}

/** The object with its deletion on record; a second deletion changes nothing. */
export function markedAsDeleting(existing: StoredObject, now: string): StoredObject {
  const { deletionTimestamp, deletionGracePeriodSeconds, generation } = existing.metadata;
  if (deletionTimestamp !== undefined && deletionTimestamp <= now && deletionGracePeriodSeconds === 0) return existing;
  return withMetadata(existing, {
    deletionTimestamp: deletionTimestamp !== undefined && deletionTimestamp <= now ? deletionTimestamp : now,
    deletionGracePeriodSeconds: 0,
    generation: deletionTimestamp === undefined && generation !== undefined ? generation + 1 : generation,
  });
}

const metadataOrder = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
];

/** The object with some metadata changed; undefined takes a field away. Fields stand in kube-apiserver's order. */
export function withMetadata(object: StoredObject, changes: JsonObject): StoredObject {
  const merged: JsonObject = { ...mapAt(object, 'metadata'), ...changes };
  const ordered = metadataOrder.flatMap((field) => (merged[field] === undefined ? [] : [[field, merged[field]] as const]));
  return storedObject({ ...object, metadata: Object.fromEntries(ordered) });
}

function stamped(state: State, object: StoredObject): { readonly next: State; readonly stored: StoredObject } {
  const resourceVersion = state.resourceVersion + 1;
  return { next: { ...state, resourceVersion }, stored: withMetadata(object, { resourceVersion: String(resourceVersion) }) };
}
