import type { Json } from '../../model/object.ts';
import { isJsonArray, isJsonObject, own } from '../json.ts';
import { mapSame } from './schema-prune.ts';
import { fieldSchema, type StructuralSchema } from './schema-structure.ts';

/**
 * Fills in a structural schema's defaults, also where null was sent for a field that may not be null. Defaults apply only inside
 * objects that are there: a missing parent is not created. Mirrors apiextensions-apiserver's defaulting.
 */
export function applyDefaults(value: Json, schema: StructuralSchema | undefined): Json {
  if (schema === undefined) return value;
  if (isJsonArray(value)) return mapSame(value, (item) => applyDefaults(orDefault(item, schema.items), schema.items));
  if (!isJsonObject(value)) return value;
  let changed = false;
  const fields: [string, Json][] = [];
  for (const [name, sent] of Object.entries(value)) {
    if (sent === undefined) continue;
    const known = fieldSchema(schema, name);
    const filled = applyDefaults(orDefault(sent, known), known);
    changed ||= filled !== sent;
    fields.push([name, filled]);
  }
  for (const [name, known] of schema.properties) {
    if (known.default === undefined || own(value, name) !== undefined) continue;
    changed = true;
    fields.push([name, applyDefaults(known.default, known)]);
  }
  return changed ? Object.fromEntries(fields) : value;
}

function orDefault(value: Json, schema: StructuralSchema | undefined): Json {
  return value === null && schema?.nullable === false ? (schema.default ?? null) : value;
}
