import { kubernetesVersion } from '../apiserver/http/non-resource.ts';
import type { ApiRequest, ApiResponse, Verb } from '../apiserver/request.ts';
import { findKind, findResource, type ResourceEntry, servedGroups, servedResources } from '../apiserver/resources.ts';
import type { ApiServer } from '../apiserver/server.ts';
import { type JsonObject, jsonOf, type KubeObject, type ObjectRef } from '../model/object.ts';
import { apiVersionOf, type Resource } from '../model/resources.ts';
import { ApiError, type Status, type StatusCause } from '../model/status.ts';
import { systemClock } from './clock.ts';
import type { Cluster, Discovery, KubeList, ListOptions, WriteOptions } from './cluster.ts';
import { kubeObjectOf } from './kube-object.ts';
import { memoryFrames } from './memory-watch.ts';
import { watchChanges } from './watch-changes.ts';

/** A cluster that is a value in memory. A fork costs nothing, and nothing that happens there is seen here. */
export interface MemoryCluster extends Cluster {
  readonly server: ApiServer;
  /** A cluster of its own with the same objects and no controllers: what a client dry run works on. */
  fork(): MemoryCluster;
}

/**
 * The in-memory API server as a cluster, with the refusals of a live one.
 * @param warn is told the texts of Warning headers.
 */
export function memoryCluster(server: ApiServer, warn: (text: string) => void = () => undefined): MemoryCluster {
  let time: Date | undefined;

  /** @throws ApiError when the server says no. */
  const ask = (request: Omit<ApiRequest, 'now' | 'newUid'>): ApiResponse => {
    const response = server.handle(request);
    time = new Date(server.now);
    for (const text of response.warnings) warn(text);
    if (response.code >= 400) throw new ApiError(statusOf(response));
    return response;
  };

  const entryFor = (ref: { readonly apiVersion: string; readonly kind: string }): ResourceEntry => {
    const entry = findKind(server.config.profile, ref.apiVersion, ref.kind);
    if (entry === undefined) throw new ApiError(notServed);
    return entry;
  };

  const servedEntry = ({ group, plural }: Resource, version: string): ResourceEntry => {
    const entry = findResource(server.config.profile, group, version, plural);
    if (entry === undefined) throw new ApiError(notServed);
    return entry;
  };

  const write = (verb: Verb, ref: ObjectRef, options: WriteOptions): Omit<ApiRequest, 'now' | 'newUid'> => ({
    verb,
    resource: entryFor(ref),
    ...placeOf(ref),
    options: { fieldManager: options.fieldManager, dryRun: options.dryRun === 'server' },
  });

  return {
    server,
    fork: () => memoryCluster(server.fork([]), warn),
    async get(ref) {
      const resource = entryFor(ref);
      return answered(ask({ verb: 'get', resource, ...placeOf(ref), name: ref.name, options: {} }));
    },
    async list(resource, version, options) {
      return listAll(servedEntry(resource, version), options, ask);
    },
    watch: (resource, version, options) =>
      watchChanges({
        ...options,
        onTrouble: () => undefined,
        clock: systemClock,
        random: () => 0,
        list: async () => listAll(servedEntry(resource, version), options, ask),
        frames: (resourceVersion) => memoryFrames(server, servedEntry(resource, version), options, resourceVersion),
      }),
    async create(object, options) {
      const ref = { apiVersion: object.apiVersion, kind: object.kind, namespace: object.metadata.namespace, name: '' };
      return answered(ask({ ...write('create', ref, options), body: jsonOf(object) }));
    },
    async patch(ref, mergePatch, options) {
      const subresource = options.subresource === undefined ? {} : { subresource: options.subresource };
      return answered(ask({ ...write('patch', ref, options), name: ref.name, patchType: 'merge', body: mergePatch, ...subresource }));
    },
    async delete(ref, { dryRun, uid, propagation }) {
      const options = {
        dryRun: dryRun === 'server',
        ...(uid === undefined ? {} : { preconditions: { uid } }),
        ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
      };
      ask({ verb: 'delete', resource: entryFor(ref), ...placeOf(ref), name: ref.name, options });
    },
    async discover() {
      return discoveryOf(server);
    },
    async discoverGroup(group) {
      return servedGroups(server.config.profile).find(({ name }) => name === group);
    },
    // Whoever has an API server in memory is its administrator.
    accessReview: async () => ({ allowed: true, reason: '' }),
    kubernetesVersion: async () => `${kubernetesVersion.major}.${kubernetesVersion.minor}`,
    // No container ever runs here.
    podLog: async () => {
      throw new ApiError(notServed);
    },
    serverTime: () => time,
    async close() {},
  };
}

const notServed: Status = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'the server could not find the requested resource',
  reason: 'NotFound',
  details: {},
  code: 404,
};

function placeOf(ref: Pick<ObjectRef, 'namespace'>): { readonly namespace?: string } {
  return ref.namespace === undefined ? {} : { namespace: ref.namespace };
}

const defaultChunk = 500;

/** Page after page, all of one resourceVersion. */
function listAll(
  resource: ResourceEntry,
  options: ListOptions,
  ask: (request: Omit<ApiRequest, 'now' | 'newUid'>) => ApiResponse,
): KubeList {
  const { namespace, labelSelector, fieldSelector, chunkSize = defaultChunk } = options;
  const selectors = {
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    ...(chunkSize > 0 ? { limit: chunkSize } : {}),
  };
  const items: KubeObject[] = [];
  const identity = { apiVersion: apiVersionOf(resource, resource.version), kind: resource.kind };
  let token = '';
  const keep = options.keep ?? ((object) => object);
  for (;;) {
    const { body } = ask({
      verb: 'list',
      resource,
      ...placeOf({ namespace }),
      options: { ...selectors, ...(token === '' ? {} : { continue: token }) },
    });
    const metadata = fieldsOf(body['metadata']);
    for (const item of listOf(body['items'])) items.push(keep(kubeObject(item, identity)));
    token = textOf(metadata['continue']);
    if (token === '') return { items, resourceVersion: textOf(metadata['resourceVersion']) };
  }
}

function discoveryOf(server: ApiServer): Discovery {
  const { profile } = server.config;
  const resources = servedResources(profile).map(({ group, version, kind, plural, singular, shortNames, namespaced, verbs }) => ({
    group,
    version,
    kind,
    plural,
    singular,
    shortNames,
    namespaced,
    verbs,
  }));
  return { groups: servedGroups(profile), resources, unavailable: [] };
}

function answered({ body }: ApiResponse): KubeObject {
  return kubeObject(body, { apiVersion: '', kind: '' });
}

function kubeObject(value: unknown, type: { readonly apiVersion: string; readonly kind: string }): KubeObject {
  const object = kubeObjectOf(value, type);
  if (object === undefined) throw new Error('the in-memory server answered with something that is not an object');
  return object;
}

function isFields(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsOf(value: unknown): JsonObject {
  return isFields(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function statusOf({ code, body }: ApiResponse): Status {
  const details = fieldsOf(body['details']);
  const causes = listOf(details['causes']).map((cause): StatusCause => {
    const { reason, message, field } = fieldsOf(cause);
    return {
      ...(typeof reason === 'string' ? { reason } : {}),
      ...(typeof message === 'string' ? { message } : {}),
      ...(typeof field === 'string' ? { field } : {}),
    };
  });
  const words = (names: readonly ('name' | 'group' | 'kind' | 'uid')[]): Record<string, string> =>
    Object.fromEntries(names.flatMap((name) => (typeof details[name] === 'string' ? [[name, details[name]]] : [])));
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: textOf(body['message']),
    ...(textOf(body['reason']) === '' ? {} : { reason: textOf(body['reason']) }),
    ...(body['details'] === undefined
      ? {}
      : { details: { ...words(['name', 'group', 'kind', 'uid']), ...(causes.length > 0 ? { causes } : {}) } }),
    code,
  };
}
