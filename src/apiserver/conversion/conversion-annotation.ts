import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';

/** What the annotation holds for an object of the newest version. Mirrors VM Operator's MarshalData. */
export function carriedText(hub: JsonObject): string {
  const { metadata: _metadata, ...whole } = hub;
  return JSON.stringify(sorted(whole));
}

/** The object in the annotation; undefined when there is none, or somebody spoilt it. Mirrors VM Operator's UnmarshalData. */
export function carriedObject(annotation: Json | undefined): JsonObject | undefined {
  if (typeof annotation !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(annotation);
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Sorted fields, as Go writes maps. */
function sorted(value: Json): Json {
  if (isList(value)) return value.map(sorted);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((field) => [field, sorted(value[field] ?? null)]),
  );
}
