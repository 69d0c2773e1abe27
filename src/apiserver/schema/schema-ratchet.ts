import { jsonEqual } from '../../core/patch.ts';
import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { isMap, ownField } from '../../model/raw-json.ts';
import { fieldSchema, type StructuralSchema } from './schema-structure.ts';

/**
 * Whether an update left a value as it was, so that its faults are tolerated. As in kube-apiserver, an object with fields that its
 * schema does not describe (kept unknown fields, an object's metadata) never counts as unchanged.
 */
export function isUnchanged(value: Json, old: Json, schema: StructuralSchema): boolean {
  if (isList(value) && isList(old)) {
    if (value.length !== old.length) return false;
    const { items } = schema;
    if (schema.listType !== 'map' || items === undefined) return jsonEqual([...value], [...old]);
    return value.every((item) => {
      const oldItem = listMapItem(schema, old, item);
      return oldItem !== undefined && isUnchanged(item, oldItem, items);
    });
  }
  if (isMap(value) && isMap(old)) {
    const names = Object.keys(value);
    return (
      names.length === Object.keys(old).length &&
      names.every((name) => {
        const [field, oldField, known] = [ownField(value, name), ownField(old, name), fieldSchema(schema, name)];
        return field !== undefined && oldField !== undefined && known !== undefined && isUnchanged(field, oldField, known);
      })
    );
  }
  return jsonEqual(value, old);
}

/** The item of the old list that has the keys of `item`; undefined where lists are not maps, or nothing corresponds. */
export function listMapItem(schema: StructuralSchema, old: Json | undefined, item: Json): Json | undefined {
  if (schema.listType !== 'map' || !isList(old) || !isMap(item)) return undefined;
  const keys = listMapKeys(item, schema);
  return old.find((candidate) => isMap(candidate) && jsonEqual(listMapKeys(candidate, schema), keys));
}

/** The fields that tell an item of a list that is a map from the others; those that it has. */
export function listMapKeys(item: JsonObject, schema: StructuralSchema): JsonObject {
  const found: [string, Json][] = [];
  for (const key of schema.listMapKeys) {
    const value = ownField(item, key);
    if (value !== undefined) found.push([key, value]);
  }
  return Object.fromEntries(found);
}
