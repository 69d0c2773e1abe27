import { isList, type Json } from '../../model/object.ts';
import { isMap, ownField } from '../../model/raw-json.ts';
import { mapFields, mapSame } from './schema-prune.ts';
import { fieldSchema, type StructuralSchema } from './schema-structure.ts';

/**
 * Fills in a structural schema's defaults, also where null was sent for a field that may not be null. Defaults apply only inside
 * objects that are there: a missing parent is not created. Mirrors apiextensions-apiserver's defaulting.
 */
export function applyDefaults(value: Json, schema: StructuralSchema | undefined): Json {
  if (schema === undefined || !schema.hasDefaults) return value;
  if (isList(value)) return mapSame(value, (item) => applyDefaults(orDefault(item, schema.items), schema.items));
  if (!isMap(value)) return value;
  const filled = mapFields(value, (sent, name) => {
    const known = fieldSchema(schema, name);
    return applyDefaults(orDefault(sent, known), known);
  });
  const added = [...schema.properties].flatMap(([name, known]): [string, Json][] =>
    known.default === undefined || ownField(value, name) !== undefined ? [] : [[name, applyDefaults(known.default, known)]],
  );
  return added.length === 0 ? filled : { ...filled, ...Object.fromEntries(added) };
}

function orDefault(value: Json, schema: StructuralSchema | undefined): Json {
  return value === null && schema?.nullable === false ? (schema.default ?? null) : value;
}
