import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { fieldSchema, type StructuralSchema } from './schema-structure.ts';

/** The fields that every whole object has. */
export const metaFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * Drops what a structural schema does not know, and adds each dropped path to `unknown`. The object's own apiVersion, kind
 * and metadata are always known. Values that lose nothing come back as they are, not as copies.
 * Mirrors apiextensions-apiserver's pruning.
 */
export function pruneObject(object: JsonObject, schema: StructuralSchema, unknown: string[]): JsonObject {
  return pruneFields(object, { ...schema, embeddedResource: true }, '', unknown);
}

/** @param path of the value, empty for the whole object. */
function prune(value: Json, schema: StructuralSchema | undefined, path: string, unknown: string[]): Json {
  if (isList(value)) return pruneItems(value, schema, path, unknown);
  if (isMap(value)) return pruneFields(value, schema, path, unknown);
  return value;
}

function pruneFields(object: JsonObject, schema: StructuralSchema | undefined, path: string, unknown: string[]): JsonObject {
  return mapFields(object, (value, name) => {
    if (schema?.embeddedResource && metaFields.has(name)) return value;
    const known = schema === undefined ? undefined : fieldSchema(schema, name);
    const child = path === '' ? name : `${path}.${name}`;
    if (known !== undefined) return prune(value, known, child, unknown);
    if (schema?.preserveUnknownFields) return value;
    unknown.push(child);
    return undefined;
  });
}

function pruneItems(list: readonly Json[], schema: StructuralSchema | undefined, path: string, unknown: string[]): readonly Json[] {
  if (schema?.preserveUnknownFields && schema.items === undefined) return list;
  return mapSame(list, (item, index) => prune(item, schema?.items, `${path}[${index}]`, unknown));
}

/**
 * Drops null where the schema allows none and has no default for it: such a null means that the field was not sent.
 * Null inside a list stays, for validation to refuse.
 */
export function dropNulls(value: Json, schema: StructuralSchema | undefined): Json {
  if (schema === undefined) return value;
  if (isList(value)) return mapSame(value, (item) => dropNulls(item, schema.items));
  if (!isMap(value)) return value;
  return mapFields(value, (field, name) => {
    const known = fieldSchema(schema, name);
    if (field === null && known !== undefined && !known.nullable && known.default === undefined) return undefined;
    return dropNulls(field, known);
  });
}

/** `list.map(change)`, or the list itself when nothing changed. */
export function mapSame(list: readonly Json[], change: (item: Json, index: number) => Json): readonly Json[] {
  let changed: Json[] | undefined;
  for (const [index, item] of list.entries()) {
    const next = change(item, index);
    if (changed === undefined && next !== item) changed = list.slice(0, index);
    changed?.push(next);
  }
  return changed ?? list;
}

/** The object with each field changed, or left out where `change` gives undefined; the object itself when nothing changed. */
export function mapFields(object: JsonObject, change: (value: Json, name: string) => Json | undefined): JsonObject {
  let changed: [string, Json][] | undefined;
  const names = Object.keys(object);
  for (const [index, name] of names.entries()) {
    const value = object[name];
    if (value === undefined) continue;
    const next = change(value, name);
    if (changed === undefined && next !== value) changed = fieldsOf(object, names.slice(0, index));
    if (next !== undefined) changed?.push([name, next]);
  }
  return changed === undefined ? object : Object.fromEntries(changed);
}

function fieldsOf(object: JsonObject, names: readonly string[]): [string, Json][] {
  return names.flatMap((name) => {
    const value = object[name];
    return value === undefined ? [] : [[name, value] as [string, Json]];
  });
}
