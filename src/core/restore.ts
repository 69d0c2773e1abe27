import { type JsonObject, jsonOf, type KubeObject } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import { createMergePatch } from './patch.ts';

/** One request that takes fields of an object back; `status` is its own, because the object's does not take it. */
export interface RestoringPatch {
  readonly patch: JsonObject;
  readonly subresource?: 'status';
}

/**
 * The merge patches that make an object again what it was, in the opposite order of the writes they take back: status, then
 * metadata and the rest. The status of a Service is nobody's but its load balancer's.
 */
export function restoringPatches(existing: KubeObject, before: KubeObject): readonly RestoringPatch[] {
  const [now, then] = [partsOf(existing), partsOf(before)];
  const status = existing.kind === 'VirtualMachineService' ? createMergePatch(now.status, then.status) : undefined;
  const body = createMergePatch(now.body, then.body);
  return [
    ...(status === undefined ? [] : [{ patch: status, subresource: 'status' as const }]),
    ...(body === undefined ? [] : [{ patch: body }]),
  ];
}

/** The two halves of an object, without what the server alone writes. */
function partsOf(object: KubeObject): { readonly body: JsonObject; readonly status: JsonObject } {
  const { status, metadata, ...rest } = jsonOf(object);
  const fields = isMap(metadata) ? Object.entries(metadata).filter(([field]) => writable.has(field)) : [];
  return { body: { ...rest, metadata: Object.fromEntries(fields) }, status: status === undefined ? {} : { status } };
}

const writable = new Set(['labels', 'annotations', 'ownerReferences', 'finalizers']);
