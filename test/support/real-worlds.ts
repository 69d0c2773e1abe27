import type { Cluster } from '../../src/cluster/cluster.ts';
import { isList, type Json, type JsonObject, jsonOf, type KubeObject, refOf } from '../../src/model/object.ts';
import { builtAddress } from './builders.ts';
import type { ConformanceWorld } from './conformance.ts';

const write = { dryRun: 'none', fieldManager: 'loader' } as const;

/** In the order in which they are made: Endpoints name VMs, Services are owned by VirtualMachineServices. */
const generations: readonly (readonly string[])[] = [
  ['VirtualMachine', 'VirtualMachineService', 'NetworkSettings'],
  ['Service'],
  ['Endpoints'],
];

/** What a server made of objects that were loaded into it. */
interface Loaded {
  /** As it stores them, by kind and name. */
  readonly stored: ReadonlyMap<string, KubeObject>;
  /** Its uids, by those that the objects were written with. */
  readonly uids: Map<string, string>;
}

/**
 * Makes objects on a server that takes nothing as written: through its API, as anybody would. Status goes in by its own door, and
 * what was being deleted is deleted again, which its finalizers survive.
 *
 * @param objects of the kinds of a world, all in `namespace`, which must not exist yet
 */
export async function loadObjects(cluster: Cluster, objects: readonly KubeObject[], namespace: string): Promise<Loaded> {
  await makeNamespace(cluster, namespace);
  return loadGenerations(cluster, objects.map(withDrawnAddress));
}

async function makeNamespace(cluster: Cluster, name: string): Promise<void> {
  await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, write);
}

/** A server gives an address once: the one that builders give to each Service is left to it, so that many worlds stand side by side. */
function withDrawnAddress(object: KubeObject): KubeObject {
  const { spec } = jsonOf(object);
  if (object.kind !== 'Service' || !isObject(spec) || spec['clusterIP'] !== builtAddress) return object;
  const { clusterIP: _, clusterIPs: __, ...drawn } = spec;
  return { ...object, ...{ spec: drawn } };
}

/** The same in namespaces that are there. `uids` are those of objects that were loaded before, to which those of these are added. */
export async function loadGenerations(
  cluster: Cluster,
  objects: readonly KubeObject[],
  uids: Map<string, string> = new Map(),
): Promise<Loaded> {
  const stored = new Map<string, KubeObject>();
  for (const kinds of generations) {
    const next = objects.filter(({ kind }) => kinds.includes(kind));
    await Promise.all(
      next.map(async (object) => {
        const made = await load(cluster, renamed(object, uids));
        stored.set(keyOf(object), made);
        if (object.metadata.uid !== undefined && made.metadata.uid !== undefined) uids.set(object.metadata.uid, made.metadata.uid);
      }),
    );
  }
  if (stored.size !== objects.length) throw new Error('there are objects of a kind that is not expected in a world');
  return { stored, uids };
}

/** A recorded world, loaded, as that server stores it: with its uids and times, which a reconcile there is to be held against. */
export async function loadWorld(cluster: Cluster, world: ConformanceWorld, namespace: string): Promise<ConformanceWorld> {
  const moved = movedTo(world, namespace);
  await makeNamespace(cluster, namespace);
  const { stored, uids } = await loadGenerations(cluster, moved.before);
  const asStored = (object: KubeObject) => withTimes(renamed(object, uids), stored.get(keyOf(object)));
  return { ...moved, before: moved.before.map(asStored), after: moved.after.map(asStored) };
}

async function load(cluster: Cluster, object: KubeObject): Promise<KubeObject> {
  const { uid: _uid, resourceVersion: _version, generation: _generation, creationTimestamp: _created, ...kept } = object.metadata;
  const { deletionTimestamp, deletionGracePeriodSeconds: _grace, ...metadata } = kept;
  const { status, ...whole } = jsonOf(object);
  const ref = refOf(object);
  const created = await cluster.create({ ...whole, apiVersion: ref.apiVersion, kind: ref.kind, metadata }, write);
  const written = isObject(status) && Object.keys(status).length > 0;
  const complete = written ? await cluster.patch(ref, { status }, { ...write, subresource: 'status' }) : created;
  if (deletionTimestamp === undefined) return complete;
  await cluster.delete(ref, { dryRun: 'none' });
  return cluster.get(ref);
}

/** The same world in another namespace, which its objects name in references and the controller in messages. */
function movedTo(world: ConformanceWorld, namespace: string): ConformanceWorld {
  const move = (object: KubeObject) => mapStrings(object, (text) => (text === world.id ? namespace : text));
  const results = Object.entries(world.results).map(([name, text]) => [name, text?.replaceAll(`${world.id}/`, `${namespace}/`) ?? null]);
  return { ...world, id: namespace, before: world.before.map(move), after: world.after.map(move), results: Object.fromEntries(results) };
}

/** The same with each uid that is known replaced by the one that the server gave. */
export function withUids(json: JsonObject, uids: ReadonlyMap<string, string>): JsonObject {
  return mapFields(json, (text) => uids.get(text) ?? text);
}

/** The same for an object. */
export function renamed(object: KubeObject, uids: ReadonlyMap<string, string>): KubeObject {
  return mapStrings(object, (text) => uids.get(text) ?? text);
}

/** Times of an object that was there are those at which this server made it, and deleted it. */
function withTimes(object: KubeObject, stored: KubeObject | undefined): KubeObject {
  if (stored === undefined || object.metadata.uid !== stored.metadata.uid) return object;
  const { creationTimestamp, deletionTimestamp } = stored.metadata;
  const deleted = deletionTimestamp === undefined ? {} : { deletionTimestamp };
  return { ...object, metadata: { ...object.metadata, ...(creationTimestamp !== undefined && { creationTimestamp }), ...deleted } };
}

function keyOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.namespace}/${metadata.name}`;
}

/** Every text in an object changed. */
export function mapStrings(object: KubeObject, change: (text: string) => string): KubeObject {
  const { apiVersion, kind } = object;
  const mapped = mapFields(jsonOf(object), change);
  const { metadata } = mapped;
  if (!isObject(metadata) || typeof metadata.name !== 'string') throw new Error(`${kind} without a name`);
  return { ...mapped, apiVersion, kind, metadata: { ...metadata, name: metadata.name } };
}

function mapFields(object: JsonObject, change: (text: string) => string): JsonObject {
  const value = (json: Json): Json => {
    if (typeof json === 'string') return change(json);
    if (isList(json)) return json.map(value);
    return isObject(json) ? mapFields(json, change) : json;
  };
  return Object.fromEntries(Object.entries(object).map(([field, json]) => [field, json === undefined ? json : value(json)]));
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}
