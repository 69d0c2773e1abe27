import { httpFace } from '../../src/apiserver/http/http.ts';
import type { ApiServer } from '../../src/apiserver/server.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { parseJson } from '../../src/cluster/json.ts';
import { memoryCluster } from '../../src/cluster/memory.ts';
import { readCrdFiles } from '../../src/cluster/sandbox/crd-files.ts';
import { listen } from '../../src/cluster/sandbox/sandbox-listener.ts';
import { type Profile, traitsOf } from '../../src/core/profile.ts';
import { type JsonObject, type KubeObject, refOf } from '../../src/model/object.ts';
import { endpoints, namespaces, networkSettings, services, virtualMachineServices, virtualMachines } from '../../src/model/resources.ts';
import { isNotFound } from '../../src/model/status.ts';
import { openKubeconfig } from './live-cluster.ts';
import { realKubeconfig, realRelease } from './real-cluster.ts';
import { loadGenerations, renamed, withUids } from './real-worlds.ts';
import { sandboxCluster } from './sandbox-cluster.ts';

/** What a stage stands on: a cluster with the stage's objects in it, on which nobody works. */
export interface Ground {
  readonly cluster: Cluster;
  /** More objects, as they would be found. */
  add(objects: readonly KubeObject[]): Promise<void>;
  /** The same, with the uids that this server gave in place of those that the stage's objects were written with. */
  translated(json: JsonObject): JsonObject;
  /** And the other way round. */
  asWritten(object: KubeObject): KubeObject;
  /** All VirtualMachines, VirtualMachineServices, Services and Endpoints, as `Kind/name`. */
  names(): Promise<readonly string[]>;
}

/** Where stages are played: in memory, over HTTP, or on the kube-apiserver of `npm run test:real`. */
export type Lane = 'memory' | 'http' | 'real';

let lane: Lane = 'memory';

/** Plays all later stages of this process there. */
export function playOn(chosen: Lane): void {
  lane = chosen;
}

/** How many stages were played on the real server, and how many in memory because it has another release or another network. */
export const played = { real: 0, elsewhere: 0 };

export interface GroundOptions {
  readonly profile: Profile;
  readonly serviceCidrs: readonly string[];
  /** Only a server with these ranges will do. */
  readonly needsCidrs: boolean;
  /** No API server would take the objects as they are. */
  readonly unstorable: boolean;
}

export function groundFor(server: ApiServer, objects: readonly KubeObject[], options: GroundOptions): Ground {
  switch (lane) {
    case 'memory':
      return inMemory(server, objects);
    case 'http':
      return overHttp(server, objects, options.profile);
    case 'real':
      return deferredGround(onRealServer(server, objects, options));
  }
}

function inMemory(server: ApiServer, objects: readonly KubeObject[]): Ground {
  server.load(objects);
  const cluster = memoryCluster(server);
  return { cluster, ...inServer(server) };
}

/** What is the same for all stages whose storage is at hand. */
function inServer(server: ApiServer): Omit<Ground, 'cluster'> {
  return {
    add: async (more) => void server.load(more),
    translated: (json) => json,
    asWritten: (object) => object,
    names: async () => namesIn(server),
  };
}

/** Connections of stages that are over. */
const open: { close(): Promise<unknown> }[] = [];

/** Ends what the stages of this process opened, and takes away what the last of them left on a real server. */
export async function leaveStages(): Promise<void> {
  await Promise.all(open.splice(0).map((one) => one.close()));
}

function overHttp(server: ApiServer, objects: readonly KubeObject[], profile: Profile): Ground {
  server.load(objects);
  const respond = httpFace({
    server,
    definitions: readCrdFiles(profile),
    toolVersion: '0.0.0',
    parsers: { json: parseJson, yaml: parseJson },
  });
  const opening = listen({ port: 0, now: () => new Date(), respond }).then(async (listener) => {
    const cluster = await sandboxCluster(listener);
    open.push({ close: () => cluster.close().then(() => listener.close()) });
    return cluster;
  });
  return { cluster: deferred(opening), ...inServer(server) };
}

function namesIn(server: ApiServer): readonly string[] {
  return server
    .objects()
    .filter(({ kind }) => kind !== 'Namespace')
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

let real: Promise<{ readonly cluster: Cluster; readonly release: Profile; readonly isDualStack: boolean }> | undefined;

/**
 * A stage that needs another release, or other ranges, than the server has is played in memory; so is, where another server of the
 * release will have them (VMSVC_TEST_STAGES=needing), one for which any ranges will do.
 */
async function onRealServer(server: ApiServer, objects: readonly KubeObject[], options: GroundOptions): Promise<Ground> {
  real ??= openReal();
  const { cluster, release, isDualStack } = await real;
  const isRightStack = options.needsCidrs ? options.serviceCidrs.length > 1 === isDualStack : process.env.VMSVC_TEST_STAGES !== 'needing';
  if (options.profile !== release || !isRightStack || options.unstorable) {
    played.elsewhere += 1;
    return inMemory(server, objects);
  }
  played.real += 1;
  const { hubVersion } = traitsOf(release);
  const places = [...new Set(['prod', ...objects.flatMap(({ metadata }) => metadata.namespace ?? [])])];
  for (const place of places) stagePlaces.add(place);
  await Promise.all(places.map((name) => ensureNamespace(cluster, name)));
  await emptyPlaces(cluster, hubVersion, places);
  const { uids } = await loadGenerations(cluster, objects);
  return {
    cluster,
    async add(more) {
      await loadGenerations(cluster, more, uids);
    },
    translated: (json) => withUids(json, uids),
    asWritten: (object) => renamed(object, new Map([...uids].map(([written, given]) => [given, written]))),
    names: async () => (await objectsIn(cluster, hubVersion, places)).map(({ kind, metadata }) => `${kind}/${metadata.name}`),
  };
}

/** Namespaces of stages on the real server. */
const stagePlaces = new Set<string>();

async function objectsIn(cluster: Cluster, hubVersion: string, places: readonly string[]): Promise<readonly KubeObject[]> {
  const kinds = [
    [virtualMachineServices, hubVersion],
    [virtualMachines, hubVersion],
    [services, 'v1'],
    [endpoints, 'v1'],
    [networkSettings, 'v1alpha1'],
  ] as const;
  const lists = places.flatMap((namespace) => kinds.map(([kind, version]) => cluster.list(kind, version, { namespace })));
  return (await Promise.all(lists)).flatMap(({ items }) => items);
}

async function emptyPlaces(cluster: Cluster, hubVersion: string, places: readonly string[]): Promise<void> {
  for (const object of await objectsIn(cluster, hubVersion, places)) await removeWhole(cluster, object);
}

async function openReal() {
  const cluster = await openKubeconfig(realKubeconfig());
  const release = await realRelease();
  open.push({
    async close() {
      await emptyPlaces(cluster, traitsOf(release).hubVersion, [...stagePlaces]);
      await cluster.close();
    },
  });
  return { cluster, release, isDualStack: process.env.VMSVC_TEST_STACK !== 'single' };
}

async function ensureNamespace(cluster: Cluster, name: string): Promise<void> {
  try {
    await cluster.get({ apiVersion: 'v1', kind: namespaces.kind, namespace: undefined, name });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await cluster.create({ apiVersion: 'v1', kind: namespaces.kind, metadata: { name } }, { dryRun: 'none', fieldManager: 'loader' });
  }
}

/** Deletes an object, whatever would hold it. */
async function removeWhole(cluster: Cluster, object: KubeObject): Promise<void> {
  const ref = refOf(object);
  try {
    if ((object.metadata.finalizers ?? []).length > 0) {
      await cluster.patch(ref, { metadata: { finalizers: null } }, { dryRun: 'none', fieldManager: 'loader' });
    }
    if (object.metadata.deletionTimestamp === undefined) await cluster.delete(ref, { dryRun: 'none' });
  } catch (error) {
    // The Endpoints go with the Service of their name.
    if (!isNotFound(error)) throw error;
  }
}

function deferredGround(opening: Promise<Ground>): Ground {
  let known: Pick<Ground, 'translated' | 'asWritten'> = { translated: (json) => json, asWritten: (object) => object };
  // Whoever asks for an object hears of the failure.
  opening.then(
    (ground) => {
      known = ground;
    },
    () => {},
  );
  return {
    cluster: deferred(opening.then(({ cluster }) => cluster)),
    add: async (objects) => (await opening).add(objects),
    translated: (json) => known.translated(json),
    asWritten: (object) => known.asWritten(object),
    names: async () => (await opening).names(),
  };
}

/** A cluster that can be talked to before it is there. */
function deferred(opening: Promise<Cluster>): Cluster {
  // Whoever asks it anything hears of the failure.
  opening.catch(() => {});
  return {
    get: async (...words) => (await opening).get(...words),
    list: async (...words) => (await opening).list(...words),
    async *watch(...words) {
      yield* (await opening).watch(...words);
    },
    create: async (...words) => (await opening).create(...words),
    patch: async (...words) => (await opening).patch(...words),
    delete: async (...words) => (await opening).delete(...words),
    discover: async () => (await opening).discover(),
    discoverGroup: async (...words) => (await opening).discoverGroup(...words),
    accessReview: async (...words) => (await opening).accessReview(...words),
    kubernetesVersion: async () => (await opening).kubernetesVersion(),
    podLog: async (...words) => (await opening).podLog(...words),
    serverTime: () => undefined,
    close: async () => (await opening).close(),
  };
}
