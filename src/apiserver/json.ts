import type { Json, JsonObject, KubeObject } from '../model/object.ts';
import type { StoredObject } from './store.ts';

/** A JSON object, and neither a list nor null. The values inside are trusted to be JSON: they came through a parser. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

export function isJsonArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The object under a field, or an empty one. */
export function objectAt(value: JsonObject, field: string): JsonObject {
  const inner = value[field];
  return isJsonObject(inner) ? inner : {};
}

/** The text under a field, or the empty text. */
export function textAt(value: JsonObject, field: string): string {
  const inner = value[field];
  return typeof inner === 'string' ? inner : '';
}

export function listAt(value: JsonObject, field: string): readonly Json[] {
  const inner = value[field];
  return isJsonArray(inner) ? inner : [];
}

/** Whether a JSON object is a Kubernetes object: apiVersion, kind and metadata are there, with the right types. */
function isStoredObject(value: unknown): value is StoredObject {
  return (
    isJsonObject(value) && typeof value['apiVersion'] === 'string' && typeof value['kind'] === 'string' && isJsonObject(value['metadata'])
  );
}

/** @throws Error when something inside the server built an object without apiVersion, kind or metadata. */
export function storedObject(value: JsonObject | KubeObject): StoredObject {
  if (!isStoredObject(value)) throw new Error('an object of the store has no apiVersion, kind or metadata');
  return value;
}

/** A field of the object itself: user data may carry fields named like members of Object.prototype. */
export function own(value: JsonObject, field: string): Json | undefined {
  return Object.hasOwn(value, field) ? value[field] : undefined;
}
