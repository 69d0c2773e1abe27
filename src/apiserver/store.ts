import type { JsonObject, KubeObject } from '../model/object.ts';
import type { Resource } from '../model/resources.ts';

/** An object as it lies in the store: a Kubernetes object that is certainly plain JSON. */
export type StoredObject = KubeObject & JsonObject;

type ByName = ReadonlyMap<string, StoredObject>;
type ByNamespace = ReadonlyMap<string, ByName>;

/**
 * Everything the server knows, as one immutable value: a fork is the same value, and a write copies the objects of its
 * namespace and resource at most. Cluster-scoped objects lie under the empty namespace.
 */
export interface State {
  /** Of the newest write; the next one gets the next number. */
  readonly resourceVersion: number;
  /** By `group/plural`, namespace and name. */
  readonly tables: ReadonlyMap<string, ByNamespace>;
}

export const emptyState: State = { resourceVersion: 1, tables: new Map() };

const nothing: ByName = new Map();
const nowhere: ByNamespace = new Map();

export function tableKey(resource: Resource): string {
  return `${resource.group}/${resource.plural}`;
}

/** All objects of a resource, by namespace and name. */
export function tableOf(state: State, resource: Resource): ByNamespace {
  return state.tables.get(tableKey(resource)) ?? nowhere;
}

export function objectsIn(state: State, resource: Resource, namespace: string): ByName {
  return tableOf(state, resource).get(namespace) ?? nothing;
}

export function findObject(state: State, resource: Resource, namespace: string, name: string): StoredObject | undefined {
  return objectsIn(state, resource, namespace).get(name);
}

/** Every object of a resource, in no promised order. */
export function* everyObject(state: State, resource: Resource): Generator<StoredObject> {
  for (const objects of tableOf(state, resource).values()) yield* objects.values();
}

/** The state with the object in its place. The resourceVersion counter is the caller's to move. */
export function withObject(state: State, resource: Resource, object: StoredObject): State {
  return withChanges(state, resource, object.metadata.namespace ?? '', (objects) => objects.set(object.metadata.name, object));
}

export function withoutObject(state: State, resource: Resource, namespace: string, name: string): State {
  return withChanges(state, resource, namespace, (objects) => objects.delete(name));
}

/** The state with several changes to the objects of a namespace, which are copied once for all of them. */
export function withChanges(
  state: State,
  resource: Resource,
  namespace: string,
  change: (objects: Map<string, StoredObject>) => void,
): State {
  const objects = new Map(objectsIn(state, resource, namespace));
  change(objects);
  const table = new Map(tableOf(state, resource));
  if (objects.size === 0) table.delete(namespace);
  else table.set(namespace, objects);
  return { ...state, tables: new Map(state.tables).set(tableKey(resource), table) };
}
