import { isList, type Json, type JsonObject, jsonOf, type KubeObject } from './object.ts';
import { isMap, ownField } from './raw-json.ts';

/** Readers for kinds that we have no types for. What is not there, or of another type, reads as empty: a stranger may have written it. */
export function mapAt(value: JsonObject, ...fields: readonly string[]): JsonObject {
  return fields.reduce<JsonObject>((inner, field) => {
    const found = ownField(inner, field);
    return isMap(found) ? found : {};
  }, value);
}

export function listAt(value: JsonObject, field: string): readonly Json[] {
  const found = ownField(value, field);
  return isList(found) ? found : [];
}

/** The maps of a list. */
export function mapsAt(value: JsonObject, field: string): readonly JsonObject[] {
  return listAt(value, field).filter(isMap);
}

export function textAt(value: JsonObject, field: string): string {
  const found = ownField(value, field);
  return typeof found === 'string' ? found : '';
}

/** A map of texts, as labels are. */
export function textsAt(value: JsonObject, field: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(mapAt(value, field)).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])));
}

/** The conditions of an object's status. */
export function conditionsOf(object: KubeObject): readonly JsonObject[] {
  return mapsAt(mapAt(jsonOf(object), 'status'), 'conditions');
}
