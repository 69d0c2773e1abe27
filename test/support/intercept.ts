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
  /** What is sent; of a deletion its preconditions. */
  readonly body: JsonObject | undefined;
  /** Undefined for reads and deletions. */
  readonly fieldManager: string | undefined;
}

/** Takes part in every request: may send it, not send it, send it later, or make something else of the answer. */
export type Interceptor = <T>(request: SentRequest, send: () => Promise<T>) => Promise<T>;

/** The same cluster with somebody in between. */
export function intercept(cluster: Cluster, by: Interceptor): Cluster {
  let count = 0;
  const pass = <T>(about: Pick<SentRequest, 'verb' | 'kind' | 'object'> & Partial<SentRequest>, send: () => Promise<T>) => {
    const writes = about.verb !== 'get' && about.verb !== 'list';
    return by({ body: undefined, fieldManager: undefined, ...about, number: ++count, writes }, send);
  };
  const named = ({ kind, name }: ObjectRef, subresource?: string) =>
    `${kind.toLowerCase()}/${name}${subresource === undefined ? '' : `/${subresource}`}`;
  return {
    ...cluster,
    get: (ref) => pass({ verb: 'get', kind: ref.kind, object: named(ref) }, () => cluster.get(ref)),
    list: (resource, version, options) =>
      pass({ verb: 'list', kind: resource.kind, object: resource.plural }, () => cluster.list(resource, version, options)),
    create: (object, options) => {
      const { fieldManager } = options;
      const about = { verb: 'create', kind: object.kind, object: named(refOf(object)), body: jsonOf(object), fieldManager } as const;
      return pass(about, () => cluster.create(object, options));
    },
    patch: (ref, patch, options) => {
      const { fieldManager, subresource } = options;
      const about = { verb: 'patch', kind: ref.kind, object: named(ref, subresource), body: patch, fieldManager } as const;
      return pass(about, () => cluster.patch(ref, patch, options));
    },
    delete: (ref, options) => {
      const { uid } = options;
      return pass({ verb: 'delete', kind: ref.kind, object: named(ref), body: { uid } }, () => cluster.delete(ref, options));
    },
  };
}
