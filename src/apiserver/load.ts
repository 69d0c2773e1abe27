import type { JsonObject, KubeObject } from '../model/object.ts';
import { mapAt } from '../model/raw-fields.ts';
import { namespaces, type Resource } from '../model/resources.ts';
import { UnreadableObject } from '../model/shape.ts';
import { withMetadata } from './commit.ts';
import type { ServerConfig } from './config.ts';
import { asVersion, toStorage } from './conversion/conversion.ts';
import { conversionLosses } from './conversion/conversion-losses.ts';
import { decodeBuiltIn } from './decode.ts';
import { storedObject } from './json.ts';
import { hasGeneration } from './kind-rules.ts';
import { decodeMetadata } from './metadata/metadata-decoding.ts';
import type { StoreEvent } from './request.ts';
import { findKind, type ResourceEntry } from './resources.ts';
import { applyDefaults } from './service/defaults.ts';
import { storedSlice } from './service/endpoint-slice-stored.ts';
import { serviceAsRead } from './service/service-as-read.ts';
import { clusterFamilies } from './service/service-ip-families.ts';
import { findObject, type State, type StoredObject, tableKey, tableOf } from './store.ts';

export interface LoadTools {
  readonly config: ServerConfig;
  /** RFC 3339, whole seconds. */
  readonly now: string;
  /** The creationTimestamp of objects that have none; undefined: nobody knows, and they keep none. */
  readonly created: string | undefined;
  readonly newUid: () => string;
}

export interface Loaded {
  readonly state: State;
  readonly events: readonly StoreEvent[];
  readonly losses: readonly LoadLoss[];
}

/** A field of an object in an older version that the version which is stored has no place for. */
export interface LoadLoss {
  readonly object: KubeObject;
  /** `spec.ports`; `[]` stands behind lists. */
  readonly path: string;
}

/**
 * Takes objects in as if they had always been there: uid, times, finalizers, status and owners stay as written, nothing is
 * allocated or checked against other objects, and a namespace that is named appears. An object that is there already is
 * replaced. The whole load costs one copy of what it touches.
 * @throws UnreadableObject for a field of another type than the kind has; Error with a sentence about any other object that the server cannot hold.
 */
export function loadObjects(state: State, objects: Iterable<KubeObject>, tools: LoadTools): Loaded {
  const load = new Load(state);
  const losses: LoadLoss[] = [];
  for (const object of objects) {
    const entry = entryFor(object, tools.config);
    const stored = prepare(object, entry, tools);
    load.put(entry.storage, stored);
    losses.push(...lossesOf(object, stored, entry, tools.config));
  }
  for (const name of load.namespacesUsed()) load.put(namespaces, namespaceObject(name, tools));
  return { ...load.finish(), losses };
}

/** The tables that a load writes to, copied once. */
class Load {
  readonly #before: State;
  readonly #tables: Map<string, Map<string, Map<string, StoredObject>>> = new Map();
  readonly #events: StoreEvent[] = [];
  #resourceVersion: number;

  constructor(state: State) {
    this.#before = state;
    this.#resourceVersion = state.resourceVersion;
  }

  put(resource: Resource, object: StoredObject): void {
    const { name, namespace = '' } = object.metadata;
    const objects = this.#objects(resource, namespace);
    const before = objects.get(name);
    this.#resourceVersion += 1;
    const stored = withMetadata(object, { resourceVersion: String(this.#resourceVersion) });
    objects.set(name, stored);
    this.#events.push(
      before === undefined ? { type: 'ADDED', resource, object: stored } : { type: 'MODIFIED', resource, object: stored, before },
    );
  }

  /** Namespaces with objects of this load but without a Namespace object. */
  namespacesUsed(): readonly string[] {
    const used = new Set([...this.#tables.values()].flatMap((table) => [...table.keys()]));
    const known = this.#tables.get(tableKey(namespaces))?.get('');
    return [...used]
      .filter((name) => name !== '' && !known?.has(name) && findObject(this.#before, namespaces, '', name) === undefined)
      .sort();
  }

  finish(): Omit<Loaded, 'losses'> {
    const tables = new Map(this.#before.tables);
    for (const [key, changed] of this.#tables) tables.set(key, new Map([...(tables.get(key) ?? []), ...changed]));
    return { state: { ...this.#before, resourceVersion: this.#resourceVersion, tables }, events: this.#events };
  }

  #objects(resource: Resource, namespace: string): Map<string, StoredObject> {
    const key = tableKey(resource);
    const table = this.#tables.get(key) ?? new Map<string, Map<string, StoredObject>>();
    this.#tables.set(key, table);
    const objects = table.get(namespace) ?? new Map(tableOf(this.#before, resource).get(namespace));
    table.set(namespace, objects);
    return objects;
  }
}

function entryFor(object: KubeObject, config: ServerConfig): ResourceEntry {
  const entry = findKind(config.profile, object.apiVersion, object.kind);
  if (entry !== undefined) return entry;
  throw new Error(`cannot load ${describe(object)}: this server does not know ${object.kind} of ${object.apiVersion}`);
}

function prepare(object: KubeObject, entry: ResourceEntry, tools: LoadTools): StoredObject {
  const read = readAsStored(storedObject(object), entry, tools.config);
  if ('error' in read) throw new UnreadableObject(`cannot load ${describe(object)}: ${read.error}`, []);
  const { metadata } = read.object;
  if (!metadata.name) throw new Error(`cannot load a ${object.kind} of ${object.apiVersion}: it has no metadata.name`);
  const complete = withMetadata(read.object, {
    namespace: entry.namespaced ? (metadata.namespace ?? 'default') : undefined,
    uid: metadata.uid ?? tools.newUid(),
    creationTimestamp: metadata.creationTimestamp ?? tools.created,
    generation: metadata.generation ?? (hasGeneration(entry) ? 1 : undefined),
  });
  const stored = toStorage(isOlder(entry) ? withDefaults(complete, entry, tools.config) : complete, entry, tools.config);
  return entry.group === '' && entry.kind === 'Namespace' ? activeNamespace(stored) : storedSlice(stored, entry);
}

/** Defaults are those of the version that an object was written in: v1alpha1 has other ones than its successors. */
function withDefaults(object: StoredObject, entry: ResourceEntry, config: ServerConfig): StoredObject {
  return storedObject(config.schemas.default(object, entry));
}

function lossesOf(object: KubeObject, stored: StoredObject, entry: ResourceEntry, config: ServerConfig): readonly LoadLoss[] {
  if (!isOlder(entry)) return [];
  return conversionLosses(storedObject(object), asVersion(stored, entry, config)).map((path) => ({ object, path }));
}

function isOlder(entry: ResourceEntry): boolean {
  return entry.custom && entry.version !== entry.storageVersion;
}

/** What the server would read back: built-in kinds get their defaults, custom resources stay as they are. */
function readAsStored(
  object: StoredObject,
  entry: ResourceEntry,
  { serviceCidrs }: ServerConfig,
): { readonly object: StoredObject } | { readonly error: string } {
  if (!entry.custom) {
    const decoded = decodeBuiltIn(object, entry, 'keep');
    if ('error' in decoded) return decoded;
    const complete = applyDefaults(decoded.object, entry);
    const isService = entry.group === '' && entry.kind === 'Service';
    return { object: storedObject(isService ? serviceAsRead(complete, clusterFamilies(serviceCidrs)) : complete) };
  }
  const decoded = decodeMetadata(object['metadata']);
  return 'error' in decoded ? decoded : { object: storedObject({ ...object, metadata: decoded.metadata }) };
}

function describe(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return `${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function namespaceObject(name: string, tools: LoadTools): StoredObject {
  const metadata = { name, uid: tools.newUid(), creationTimestamp: tools.now };
  return activeNamespace(storedObject({ kind: 'Namespace', apiVersion: 'v1', metadata }));
}

/** A Namespace as the server would have made it, where the written one says less. */
function activeNamespace(object: StoredObject): StoredObject {
  const labels = { ...mapAt(mapAt(object, 'metadata'), 'labels'), 'kubernetes.io/metadata.name': object.metadata.name };
  const spec = filled(mapAt(object, 'spec'), { finalizers: ['kubernetes'] });
  const status = filled(mapAt(object, 'status'), { phase: 'Active' });
  return storedObject({ ...withMetadata(object, { labels }), spec, status });
}

function filled(written: JsonObject, otherwise: JsonObject): JsonObject {
  return Object.keys(written).length === 0 ? otherwise : written;
}
