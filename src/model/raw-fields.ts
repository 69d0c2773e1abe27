import { type Condition, isList, type Json, type JsonObject, jsonOf, type KubeObject } from './object.ts';
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

/** A condition of any kind of object. A reason or message that is not there is empty. */
export interface AnyCondition extends Required<Pick<Condition, 'type' | 'status' | 'reason' | 'message'>> {
  readonly lastTransitionTime: string | undefined;
  /** Which generation of the object it is about. */
  readonly observedGeneration: number | undefined;
}

/** The conditions of an object's status that have a type and a status. */
export function conditionsOf(object: KubeObject): readonly AnyCondition[] {
  return mapsAt(mapAt(jsonOf(object), 'status'), 'conditions')
    .map((condition) => ({
      type: textAt(condition, 'type'),
      status: textAt(condition, 'status'),
      reason: textAt(condition, 'reason'),
      message: textAt(condition, 'message'),
      lastTransitionTime: textAt(condition, 'lastTransitionTime') || undefined,
      observedGeneration: typeof condition.observedGeneration === 'number' ? condition.observedGeneration : undefined,
    }))
    .filter(({ type, status }) => type !== '' && status !== '');
}
