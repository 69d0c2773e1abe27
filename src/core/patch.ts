import type { Json, JsonObject } from '../model/object.ts';
import { isMap, ownField, rawNumber } from '../model/raw-json.ts';

/**
 * The JSON merge patch (RFC 7386) that turns `before` into `after`; undefined when they are equal, so that
 * "nothing to write" cannot be mistaken for an empty write. Lists are replaced whole, a missing field becomes null.
 * An absent field and a field that is undefined are the same.
 */
export function createMergePatch(before: JsonObject, after: JsonObject): JsonObject | undefined {
  const entries: [string, Json][] = [];
  for (const key of Object.keys(before)) {
    if (before[key] !== undefined && ownField(after, key) === undefined) entries.push([key, null]);
  }
  for (const [key, value] of Object.entries(after)) {
    if (value === undefined) continue;
    const old = ownField(before, key);
    if (isMap(old) && isMap(value)) {
      const nested = createMergePatch(old, value);
      if (nested !== undefined) entries.push([key, nested]);
    } else if (old === undefined || !jsonEqual(old, value)) {
      entries.push([key, value]);
    }
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The fields that a merge patch changes, `spec.ports`, `metadata.labels`: two levels name what a person would look for. */
export function patchedFields(patch: JsonObject): readonly string[] {
  return Object.entries(patch).flatMap(([field, value]) =>
    isMap(value) ? Object.keys(value).map((inner) => `${field}.${inner}`) : [field],
  );
}

/** What a JSON merge patch makes of `target`: objects merge, null removes, everything else replaces. */
export function applyMergePatch(target: Json | undefined, patch: Json): Json {
  if (!isMap(patch)) return patch;
  const base = isMap(target) ? target : {};
  const merged = new Map<string, Json>();
  for (const [key, value] of Object.entries(base)) if (value !== undefined) merged.set(key, value);
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) merged.delete(key);
    else merged.set(key, applyMergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

/** Equality of JSON values: order of fields does not matter, order of lists does, undefined fields are absent. */
export function jsonEqual(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => jsonEqual(item, right[index]));
  }
  if (!isMap(left) || !isMap(right)) return rawNumber(left) !== undefined && rawNumber(left) === rawNumber(right);
  const keys = Object.keys(left).filter((key) => left[key] !== undefined);
  const count = Object.keys(right).filter((key) => right[key] !== undefined).length;
  return keys.length === count && keys.every((key) => ownField(right, key) !== undefined && jsonEqual(left[key], ownField(right, key)));
}
