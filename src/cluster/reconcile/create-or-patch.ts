import { createMergePatch } from '../../core/patch.ts';
import { type Step, unchangedStep } from '../../core/step.ts';
import { type JsonObject, jsonOf, type KubeObject, refOf } from '../../model/object.ts';
import { mapAt } from '../../model/raw-fields.ts';
import type { Cluster, WriteOptions } from '../cluster.ts';

/**
 * Makes `existing` equal `desired` with at most one request: a POST where nothing exists, otherwise a merge patch of the
 * difference, which names the version it was computed from, so that a change in between is a conflict and not a loss.
 * Mirrors CreateOrPatch of controller-runtime; `unchanged` sends nothing.
 *
 * @throws ApiError and ConnectionError as `Cluster` does.
 */
export async function createOrPatch<T extends KubeObject>(
  cluster: Cluster,
  existing: T | undefined,
  desired: T,
  options: WriteOptions,
): Promise<Step & { readonly after: KubeObject }> {
  if (existing === undefined) {
    const after = await cluster.create(desired, options);
    return { ref: refOf(desired), operation: 'created', after, writes: [jsonOf(desired)] };
  }
  const difference = createMergePatch(jsonOf(existing), jsonOf(desired));
  if (difference === undefined) return { ...unchangedStep(existing), after: existing };
  const after = await cluster.patch(refOf(existing), withPrecondition(difference, existing), options);
  return { ref: refOf(existing), operation: 'updated', before: existing, after, writes: [difference] };
}

/** The patch with the version it was computed from. */
export function withPrecondition(patch: JsonObject, existing: KubeObject): JsonObject {
  const { resourceVersion } = existing.metadata;
  if (resourceVersion === undefined) return patch;
  return { ...patch, metadata: { ...mapAt(patch, 'metadata'), resourceVersion } };
}
