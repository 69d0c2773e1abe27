import type { OwnerReference } from '../../model/object.ts';
import type { StoreEvent } from '../request.ts';
import { findKind, type ReleaseProfile, type ResourceEntry } from '../resources.ts';
import { findObject, type State, type StoredObject } from '../store.ts';
import type { ControllerRequest, ControllerTools } from './controller.ts';

/**
 * Deletes objects whose owners are all gone, forgets single owners that are gone, and does what `orphan` and
 * `foregroundDeletion` ask for before it takes those finalizers away. Mirrors Kubernetes' garbage collector.
 */
export function garbageCollector(state: State, events: readonly StoreEvent[], { config }: ControllerTools): readonly ControllerRequest[] {
  const { profile } = config;
  const concerned = new Map<string, StoredObject>();
  const look = (object: StoredObject | undefined): void => {
    if (object !== undefined) concerned.set(identity(object), object);
  };
  for (const event of events) {
    const { object, before } = event;
    look(current(state, object, profile));
    for (const dependent of dependentsOf(state, object)) look(dependent);
    const owners = [...(object.metadata.ownerReferences ?? []), ...(before?.metadata.ownerReferences ?? [])];
    for (const owner of owners) look(ownerOf(state, owner, object.metadata.namespace, profile)?.object);
  }
  return [...concerned.values()].flatMap((object) => collect(state, object, profile));
}

function identity(object: StoredObject): string {
  return object.metadata.uid ?? `${object.apiVersion}/${object.kind}/${object.metadata.namespace}/${object.metadata.name}`;
}

function current(state: State, { apiVersion, kind, metadata }: StoreEvent['object'], profile: ReleaseProfile): StoredObject | undefined {
  const entry = findKind(profile, apiVersion, kind);
  const found = entry === undefined ? undefined : findObject(state, entry.storage, metadata.namespace ?? '', metadata.name);
  return found?.metadata.uid === metadata.uid ? found : undefined;
}

function collect(state: State, object: StoredObject, profile: ReleaseProfile): readonly ControllerRequest[] {
  const entry = findKind(profile, object.apiVersion, object.kind);
  if (entry === undefined) return [];
  const finalizers = object.metadata.finalizers ?? [];
  const isDeleting = object.metadata.deletionTimestamp !== undefined;
  if (isDeleting && finalizers.includes('orphan')) return orphan(state, object, entry, profile);
  if (isDeleting && finalizers.includes('foregroundDeletion')) return deleteDependents(state, object, entry, profile);
  return isDeleting ? [] : judge(state, object, entry, profile);
}

/** Whether an object may live: what kind of owners does it have? */
function judge(state: State, object: StoredObject, entry: ResourceEntry, profile: ReleaseProfile): readonly ControllerRequest[] {
  const owners = object.metadata.ownerReferences ?? [];
  if (owners.length === 0) return [];
  const found = owners.map((owner) => ownerOf(state, owner, object.metadata.namespace, profile));
  // An owner of a kind that this server does not serve: nobody can say whether it is there.
  if (found.some((owner) => owner === undefined)) return [];
  const isWaiting = (owner: StoredObject | undefined): boolean =>
    owner?.metadata.deletionTimestamp !== undefined && owner.metadata.finalizers?.includes('foregroundDeletion') === true;
  const solid = owners.filter((_, index) => found[index]?.object !== undefined && !isWaiting(found[index]?.object));
  if (solid.length === owners.length) return [];
  if (solid.length > 0) return [ownersPatch(object, entry, solid)];
  const waits = found.some((owner) => isWaiting(owner?.object)) && dependentsOf(state, object).length > 0;
  const policy = waits ? 'Foreground' : policyOf(object);
  return [deletion(object, entry, policy)];
}

/** How an object that carries no request of its own is deleted: as its finalizers say, otherwise in the background. */
function policyOf({ metadata }: StoredObject): 'Orphan' | 'Foreground' | 'Background' {
  if (metadata.finalizers?.includes('orphan')) return 'Orphan';
  return metadata.finalizers?.includes('foregroundDeletion') ? 'Foreground' : 'Background';
}

function orphan(state: State, owner: StoredObject, entry: ResourceEntry, profile: ReleaseProfile): readonly ControllerRequest[] {
  const freed = dependentsOf(state, owner).flatMap((dependent) => {
    const dependentEntry = findKind(profile, dependent.apiVersion, dependent.kind);
    const kept = (dependent.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid);
    return dependentEntry === undefined ? [] : [ownersPatch(dependent, dependentEntry, kept)];
  });
  return [...freed, finalizersPatch(owner, entry, 'orphan')];
}

/** The owner waits for the dependents that block its deletion; all of them are deleted. */
function deleteDependents(state: State, owner: StoredObject, entry: ResourceEntry, profile: ReleaseProfile): readonly ControllerRequest[] {
  const dependents = dependentsOf(state, owner);
  const blocking = dependents.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ uid, blockOwnerDeletion }) => uid === owner.metadata.uid && blockOwnerDeletion === true),
  );
  const deletions = dependents.flatMap((dependent) => {
    const dependentEntry = findKind(profile, dependent.apiVersion, dependent.kind);
    return dependentEntry === undefined || dependent.metadata.deletionTimestamp !== undefined
      ? []
      : judge(state, dependent, dependentEntry, profile);
  });
  return blocking.length === 0 ? [...deletions, finalizersPatch(owner, entry, 'foregroundDeletion')] : deletions;
}

function deletion(
  { metadata }: StoredObject,
  resource: ResourceEntry,
  propagationPolicy: 'Orphan' | 'Foreground' | 'Background',
): ControllerRequest {
  const preconditions = metadata.uid === undefined ? {} : { preconditions: { uid: metadata.uid } };
  return { verb: 'delete', resource, ...placeOf(metadata), options: { propagationPolicy, ...preconditions } };
}

function ownersPatch({ metadata }: StoredObject, resource: ResourceEntry, owners: readonly OwnerReference[]): ControllerRequest {
  const ownerReferences = owners.length === 0 ? null : owners.map((owner) => ({ ...owner }));
  return patch(metadata, resource, { ownerReferences });
}

function finalizersPatch({ metadata }: StoredObject, resource: ResourceEntry, done: string): ControllerRequest {
  const finalizers = (metadata.finalizers ?? []).filter((name) => name !== done);
  return patch(metadata, resource, { finalizers: finalizers.length === 0 ? null : finalizers });
}

function patch(meta: StoredObject['metadata'], resource: ResourceEntry, metadata: NonNullable<StoredObject[string]>): ControllerRequest {
  const options = { fieldManager: 'kube-controller-manager' };
  return { verb: 'patch', resource, ...placeOf(meta), patchType: 'merge', body: { metadata }, options };
}

function placeOf({ namespace, name }: StoredObject['metadata']): { readonly namespace?: string; readonly name: string } {
  return namespace === undefined ? { name } : { namespace, name };
}

/** The owner that a reference names, if it is the same object; undefined where the server does not know the kind. */
function ownerOf(
  state: State,
  { apiVersion, kind, name, uid }: OwnerReference,
  namespace: string | undefined,
  profile: ReleaseProfile,
): { readonly object: StoredObject | undefined } | undefined {
  const entry = findKind(profile, apiVersion, kind);
  if (entry === undefined) return undefined;
  const object = findObject(state, entry.storage, entry.namespaced ? (namespace ?? '') : '', name);
  return { object: object?.metadata.uid === uid ? object : undefined };
}

const nothing: ReadonlyMap<string, StoredObject> = new Map();
const indexed = new WeakMap<ReadonlyMap<string, StoredObject>, ReadonlyMap<string, readonly StoredObject[]>>();

/** Objects that name this one as an owner. Each unchanged part of the store is searched once. */
function dependentsOf(state: State, owner: StoreEvent['object']): readonly StoredObject[] {
  const { uid, namespace } = owner.metadata;
  if (uid === undefined) return [];
  const found: StoredObject[] = [];
  for (const table of state.tables.values()) {
    // A namespaced owner has dependents in its own namespace only.
    const parts = namespace === undefined ? [...table.values()] : [table.get(namespace) ?? nothing];
    for (const objects of parts) found.push(...(byOwner(objects).get(uid) ?? []));
  }
  return found;
}

function byOwner(objects: ReadonlyMap<string, StoredObject>): ReadonlyMap<string, readonly StoredObject[]> {
  const known = indexed.get(objects);
  if (known !== undefined) return known;
  const index = new Map<string, StoredObject[]>();
  for (const object of objects.values()) {
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      const dependents = index.get(uid);
      if (dependents === undefined) index.set(uid, [object]);
      else dependents.push(object);
    }
  }
  indexed.set(objects, index);
  return index;
}
