import type { KubeObject, ObjectRef } from '../model/object.ts';
import { capabilities, endpointSlices, networkSettings, pathOf, pods, resourceOf, vmOperatorGroup } from '../model/resources.ts';
import { systemClock } from './clock.ts';
import type { Cluster, WriteOptions } from './cluster.ts';
import { askJson, refusal, undecodable, unexpected } from './http/api-answer.ts';
import type { ApiCall } from './http/api-call.ts';
import { discover, discoverGroup } from './http/discovery.ts';
import { listAll } from './http/live-list.ts';
import { createTransport, type TransportOptions } from './http/transport.ts';
import { printJson } from './json.ts';
import { kubeObjectOf } from './kube-object.ts';
import { type CredentialSurroundings, credentialsOf } from './kubeconfig/credentials.ts';
import type { ClusterAccess } from './kubeconfig/kubeconfig.ts';
import { limits } from './limits.ts';

export interface LiveOptions extends Omit<TransportOptions, 'credentials' | 'onNote'>, Omit<CredentialSurroundings, 'clock' | 'env'> {}

/** The cluster behind a kubeconfig. Nothing is sent, and no credential is looked up, before the first question. */
export function liveCluster(access: ClusterAccess, options: LiveOptions): Cluster {
  const transport = createTransport(access, { ...options, credentials: credentialsOf(access, options) });
  const at = { host: access.server.host, secure: access.server.secure };

  /** Sends and expects an object of that kind. */
  const object = async (ref: Pick<ObjectRef, 'apiVersion' | 'kind'>, call: ApiCall): Promise<KubeObject> => {
    const answer = await askJson(transport, call, at);
    const found = kubeObjectOf(answer, ref);
    if (found === undefined || found.kind !== ref.kind) throw unexpected({ ...at, call }, `it is no ${ref.kind}`);
    return found;
  };

  return {
    get: (ref, { held } = {}) => object(ref, { method: 'GET', path: pathOfObject(ref), held }),
    list: (resource, version, listOptions) => listAll(transport, at, resource, version, listOptions),
    async *watch(resource, version, watchOptions) {
      const { watchLive } = await import('./http/live-watch.ts');
      const { clock = systemClock, random = Math.random } = options;
      yield* watchLive({ transport, at, resource, version, options: watchOptions }, { clock, random });
    },
    create: (created, writeOptions) =>
      object(created, {
        method: 'POST',
        path: `${pathOf(resourceOf(created), created.apiVersion, { namespace: created.metadata.namespace })}${query(writeOptions)}`,
        body: printJson(created),
        repeatable: writeOptions.dryRun === 'server',
      }),
    patch: (ref, mergePatch, { subresource, ...writeOptions }) =>
      object(ref, {
        method: 'PATCH',
        path: `${pathOfObject(ref, subresource)}${query(writeOptions)}`,
        body: printJson(mergePatch),
        contentType: 'application/merge-patch+json',
        repeatable: writeOptions.dryRun === 'server',
      }),
    async delete(ref, { dryRun, uid, propagation }) {
      const deleteOptions = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        ...(uid === undefined ? {} : { preconditions: { uid } }),
        ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
        ...(dryRun === 'server' ? { dryRun: ['All'] } : {}),
      };
      const call = {
        method: 'DELETE',
        path: pathOfObject(ref),
        body: printJson(deleteOptions),
        repeatable: dryRun === 'server',
      } as const;
      // A Status, or what is held by finalizers as it is now.
      const { kind } = await askJson(transport, call, at);
      if (kind !== 'Status' && kind !== ref.kind) throw unexpected({ ...at, call }, `it is neither a Status nor the ${ref.kind}`);
    },
    discover: () => discover(transport, at, neededGroups),
    discoverGroup: (group) => discoverGroup(transport, at, group),
    async accessReview(attributes) {
      const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: attributes } };
      const call = {
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        body: printJson(review),
        repeatable: true,
      } as const;
      const status = fieldOf(await askJson(transport, call, at), 'status');
      const allowed = fieldOf(status, 'allowed');
      const reason = fieldOf(status, 'reason');
      if (typeof allowed !== 'boolean') throw undecodable({ ...at, call }, 'it does not say whether we are allowed');
      return { allowed, reason: typeof reason === 'string' ? reason : '' };
    },
    async kubernetesVersion() {
      const version = await askJson(transport, { method: 'GET', path: '/version' }, at);
      return versionText(fieldOf(version, 'major'), fieldOf(version, 'minor'));
    },
    async podLog({ namespace, name }) {
      const path = `${pathOf(pods, 'v1', { namespace, name, subresource: 'log' })}?limitBytes=${limits.podLogBytes}`;
      const call = { method: 'GET', path, accept: 'text/plain, application/json' } as const;
      const answer = await transport.send(call);
      if (answer.code >= 400) throw refusal(answer, { ...at, call });
      return answer.body.toString('utf8');
    },
    serverTime: () => transport.serverTime(),
    async close() {
      transport.close();
    },
  };
}

/** The groups of the kinds that we know, for servers that must be asked group by group. */
const neededGroups = [...new Set([vmOperatorGroup, ...[endpointSlices, networkSettings, capabilities].map(({ group }) => group)])];

function pathOfObject(ref: ObjectRef, subresource?: 'status'): string {
  const place = { namespace: ref.namespace, name: ref.name, ...(subresource === undefined ? {} : { subresource }) };
  return pathOf(resourceOf(ref), ref.apiVersion, place);
}

function query({ dryRun, fieldManager, fieldValidation }: WriteOptions): string {
  const parameters = new URLSearchParams({ fieldManager, ...(fieldValidation && { fieldValidation }) });
  if (dryRun === 'server') parameters.set('dryRun', 'All');
  return `?${parameters}`;
}

/** Providers add a plus to the minor version. */
function versionText(major: unknown, minor: unknown): string | undefined {
  if (typeof major !== 'string' || typeof minor !== 'string') return undefined;
  const number = /^\d+/.exec(minor)?.[0];
  return number === undefined ? undefined : `${major}.${number}`;
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, field)
    ? Object.entries(value).find(([name]) => name === field)?.[1]
    : undefined;
}
