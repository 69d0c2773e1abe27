import type { Json, JsonObject } from '../../model/object.ts';
import { isJsonArray, isJsonObject } from '../json.ts';
import { fieldSchema, type StructuralSchema } from './schema-structure.ts';

const metaFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

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
  if (isJsonArray(value)) return pruneItems(value, schema, path, unknown);
  if (isJsonObject(value)) return pruneFields(value, schema, path, unknown);
  return value;
}

function pruneFields(object: JsonObject, schema: StructuralSchema | undefined, path: string, unknown: string[]): JsonObject {
  let changed = false;
  const kept: [string, Json][] = [];
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined) continue;
    if (schema?.embeddedResource && metaFields.has(name)) {
      kept.push([name, value]);
      continue;
    }
    const known = schema === undefined ? undefined : fieldSchema(schema, name);
    const child = path === '' ? name : `${path}.${name}`;
    if (known !== undefined) {
      const pruned = prune(value, known, child, unknown);
      changed ||= pruned !== value;
      kept.push([name, pruned]);
    } else if (schema?.preserveUnknownFields) {
      kept.push([name, value]);
    } else {
      changed = true;
      unknown.push(child);
    }
  }
  return changed ? Object.fromEntries(kept) : object;
}

function pruneItems(list: readonly Json[], schema: StructuralSchema | undefined, path: string, unknown: string[]): readonly Json[] {
  if (schema?.preserveUnknownFields && schema.items === undefined) return list;
  let changed = false;
  const kept = list.map((item, index) => {
    const pruned = prune(item, schema?.items, `${path}[${index}]`, unknown);
    changed ||= pruned !== item;
    return pruned;
  });
  return changed ? kept : list;
}

/**
 * Drops null where the schema allows none and has no default for it: such a null means that the field was not sent.
 * Null inside a list stays, for validation to refuse.
 */
export function dropNulls(value: Json, schema: StructuralSchema | undefined): Json {
  if (schema === undefined) return value;
  if (isJsonArray(value)) return mapSame(value, (item) => dropNulls(item, schema.items));
  if (!isJsonObject(value)) return value;
  let changed = false;
  const kept: [string, Json][] = [];
  for (const [name, field] of Object.entries(value)) {
    if (field === undefined) continue;
    const known = fieldSchema(schema, name);
    if (field === null && known !== undefined && !known.nullable && known.default === undefined) {
      changed = true;
      continue;
    }
    const inner = dropNulls(field, known);
    changed ||= inner !== field;
    kept.push([name, inner]);
  }
  return changed ? Object.fromEntries(kept) : value;
}

/** `list.map(change)`, or the list itself when nothing changed. */
export function mapSame(list: readonly Json[], change: (item: Json) => Json): readonly Json[] {
  let changed = false;
  const result = list.map((item) => {
    const next = change(item);
    changed ||= next !== item;
    return next;
  });
  return changed ? result : list;
}
