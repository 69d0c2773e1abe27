import type { KubeObject } from './object.ts';
import { objectFields } from './object-shape.ts';
import { asDeclared, type ShapeOf } from './shape.ts';

/** By the names that quotas have for what they limit: `services`, `count/endpoints`, `requests.cpu`. */
export type Quantities = Readonly<Record<string, number | string>>;

/** core/v1 ResourceQuota. */
export interface ResourceQuota extends KubeObject {
  readonly spec?: { readonly hard?: Quantities };
  readonly status?: { readonly hard?: Quantities; readonly used?: Quantities };
}

/** A ResourceQuota read from a cluster or a file. @throws UnreadableObject; Error when the object is of another kind */
export function resourceQuotaOf(object: KubeObject): ResourceQuota {
  const quota = object.kind === 'ResourceQuota' ? asDeclared(object, resourceQuotaShape) : object;
  if (!isResourceQuota(quota)) throw new Error(`expected a ResourceQuota, got ${object.apiVersion} ${object.kind}`);
  return quota;
}

function isResourceQuota(object: KubeObject): object is ResourceQuota {
  return object.kind === 'ResourceQuota';
}

export const resourceQuotaShape: ShapeOf<ResourceQuota> = {
  fields: {
    ...objectFields,
    spec: { fields: { hard: { mapOf: 'numberOrText' } } },
    status: { fields: { hard: { mapOf: 'numberOrText' }, used: { mapOf: 'numberOrText' } } },
  },
};
