import type { Cluster } from '../../src/cluster/cluster.ts';
import { type JsonObject, jsonOf, type ObjectRef, refOf } from '../../src/model/object.ts';

/** A request to a cluster, before it is sent. */
export interface SentRequest {
  /** Counted from 1. */
  readonly number: number;
  readonly verb: 'get' | 'list' | 'create' | 'patch' | 'delete';
  /** `services/web`, `virtualmachineservices/web/status`, `virtualmachines`. */
  readonly object: string;
  readonly kind: string;
  readonly writes: boolean;
  /** What is sent. */
  readonly body: JsonObject | undefined;
}

/** Takes part in every request: may send it, not send it, send it later, or make something else of the answer. */
export type Interceptor = <T>(request: SentRequest, send: () => Promise<T>) => Promise<T>;

/** The same cluster with somebody in between. */
export function intercept(cluster: Cluster, by: Interceptor): Cluster {
  let count = 0;
  const pass = <T>(verb: SentRequest['verb'], kind: string, object: string, body: JsonObject | undefined, send: () => Promise<T>) =>
    by({ number: ++count, verb, kind, object, writes: verb !== 'get' && verb !== 'list', body }, send);
  const named = ({ kind, name }: ObjectRef, subresource?: string) =>
    `${kind.toLowerCase()}/${name}${subresource === undefined ? '' : `/${subresource}`}`;
  return {
    ...cluster,
    get: (ref) => pass('get', ref.kind, named(ref), undefined, () => cluster.get(ref)),
    list: (resource, version, options) =>
      pass('list', resource.kind, resource.plural, undefined, () => cluster.list(resource, version, options)),
    create: (object, options) => pass('create', object.kind, named(refOf(object)), jsonOf(object), () => cluster.create(object, options)),
    patch: (ref, patch, options) =>
      pass('patch', ref.kind, named(ref, options.subresource), patch, () => cluster.patch(ref, patch, options)),
    delete: (ref, options) => pass('delete', ref.kind, named(ref), undefined, () => cluster.delete(ref, options)),
  };
}
