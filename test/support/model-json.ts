import type { Json, JsonObject, KubeObject } from '../../src/model/object.ts';

/** An object that is being put together. */
export type Mutable = { [field: string]: Json | undefined };

/** The merge patch from one object to another, in which empty and absent are the same, as Go's encoder leaves both out. */
export function difference(before: JsonObject, after: JsonObject): JsonObject | undefined {
  return mergePatch(map(pruned(before)), map(pruned(after)));
}

function mergePatch(old: JsonObject, desired: JsonObject): JsonObject | undefined {
  const patch: Mutable = {};
  for (const field of new Set([...Object.keys(old), ...Object.keys(desired)])) {
    const [left, right] = [at(old, field), at(desired, field)];
    if (right === undefined) patch[field] = null;
    else if (isMap(left) && isMap(right)) {
      const nested = mergePatch(left, right);
      if (nested !== undefined) patch[field] = nested;
    } else if (canonical(left) !== canonical(right)) patch[field] = right;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** Without empty texts, numbers that are zero, empty lists and maps; maps of texts and messages keep their empty values. */
export function pruned(value: Json | undefined, isText = false): Json | undefined {
  if (Array.isArray(value)) return value.map((entry) => pruned(entry) ?? null);
  if (!isMap(value)) return !isText && (value === '' || value === 0 || value === null) ? undefined : value;
  const entries = Object.entries(value).flatMap(([field, entry]) => {
    const kept = pruned(entry, isText || keepsEmptyTexts.includes(field));
    const isEmpty = kept === undefined || (Array.isArray(kept) && kept.length === 0);
    const isEmptyMap = isMap(kept) && Object.keys(kept).length === 0 && field !== 'loadBalancer';
    return isEmpty || isEmptyMap ? [] : [[field, kept]];
  });
  return Object.fromEntries(entries);
}

const keepsEmptyTexts = ['labels', 'annotations', 'message'];

function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isMap(value)) return JSON.stringify(value) ?? '';
  const fields = Object.keys(value)
    .filter((field) => value[field] !== undefined)
    .sort();
  return `{${fields.map((field) => `${JSON.stringify(field)}:${canonical(value[field])}`).join()}}`;
}

/** An object from a cluster as plain JSON. */
export function json(object: KubeObject): JsonObject {
  if (!isMap({ ...object })) throw new Error('an object is not an object: this cannot happen');
  return Object.fromEntries(Object.entries(object));
}

/** The value at a path; undefined where there is none. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((found, field) => (isMap(found) && Object.hasOwn(found, field) ? found[field] : undefined), value);
}

/** The value if it is a map, otherwise an empty one. */
export function map(value: Json | undefined): JsonObject {
  return isMap(value) ? value : {};
}

/** The value if it is a list, otherwise an empty one. */
export function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function isMap(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
