import type { Json, JsonObject, KubeObject } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import type { StoredObject } from './store.ts';

/** Whether a JSON object is a Kubernetes object: apiVersion, kind and metadata are there, with the right types. */
function isStoredObject(value: unknown): value is StoredObject {
  return isMap(value) && typeof value['apiVersion'] === 'string' && typeof value['kind'] === 'string' && isMap(value['metadata']);
}

/** @throws Error when something inside the server built an object without apiVersion, kind or metadata. */
export function storedObject(value: JsonObject | KubeObject): StoredObject {
  if (!isStoredObject(value)) throw new Error('an object of the store has no apiVersion, kind or metadata');
  return value;
}

/** The value of a text that may be no JSON; undefined then. */
export function parsedJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
