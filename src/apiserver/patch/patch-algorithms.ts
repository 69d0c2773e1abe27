import type { SchemaLookup } from '../schema/schema.ts';
import type { PatchAlgorithms } from '../schema/schema-types.ts';
import { type ConvertVersion, fieldManagement } from './apply.ts';
import { builtInType } from './built-in-types.ts';
import { applyJsonPatch } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import { applyStrategicMerge } from './strategic-merge.ts';

/**
 * Every way to patch an object, for built-in kinds and for the custom resources that `lookup` knows. `convert` shows an object in
 * another version, for managers that wrote in that version; without it, versions are taken to have the same fields.
 */
export function patchAlgorithms(lookup: SchemaLookup, convert?: ConvertVersion): PatchAlgorithms {
  const management = fieldManagement(lookup, convert);
  return {
    applyMergePatch,
    applyJsonPatch,
    applyStrategicMerge: (existing, patch, resource) => applyStrategicMerge(existing, patch, builtInType(resource)),
    serverSideApply: management.apply,
    recordUpdate: management.recordUpdate,
  };
}
