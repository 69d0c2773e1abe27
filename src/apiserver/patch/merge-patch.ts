import { applyMergePatch as merge } from '../../core/patch.ts';
import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import type { PatchOutcome } from '../schema/schema-types.ts';

/** Applies a JSON merge patch (RFC 7386) to an object. A patch that is no object is refused as kube-apiserver refuses it. */
export function applyMergePatch(existing: JsonObject, patch: Json): PatchOutcome {
  if (patch === null) return { error: { code: 400, message: 'Invalid JSON Patch' } };
  if (!isMap(patch)) {
    const found = isList(patch) ? 'array' : typeof patch === 'boolean' ? 'bool' : typeof patch;
    return {
      error: { code: 400, message: `error decoding patch: json: cannot unmarshal ${found} into Go value of type map[string]interface {}` },
    };
  }
  const merged = merge(existing, patch);
  return { object: isMap(merged) ? merged : {} };
}
