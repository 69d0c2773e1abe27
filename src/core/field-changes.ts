import type { Json, JsonObject } from '../model/object.ts';
import { isJsonObject, jsonEqual } from './patch.ts';

/** One field that differs between two states of an object. Lists are one value. */
export interface FieldChange {
  /** Key by key: `['metadata', 'labels', 'app']`. */
  readonly path: readonly string[];
  /** Undefined: the field was added. */
  readonly before: Json | undefined;
  /** Undefined: the field is gone. */
  readonly after: Json | undefined;
}

/** What a server keeps for itself, or what names the object: never a difference that somebody wanted. */
const bookkeeping = new Set([
  'apiVersion',
  'kind',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'metadata.resourceVersion',
  'metadata.generation',
  'metadata.creationTimestamp',
  'metadata.managedFields',
]);

/**
 * The fields that differ, down to the last key, in the order in which they stand. An object that is not there differs in
 * all its fields; empty objects count as absent.
 */
export function fieldChanges(before: JsonObject | undefined, after: JsonObject | undefined): readonly FieldChange[] {
  return changesBelow([], before ?? {}, after ?? {}).filter(({ path }) => !bookkeeping.has(path.join('.')));
}

function changesBelow(path: readonly string[], before: JsonObject, after: JsonObject): FieldChange[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => changesAt([...path, key], own(before, key), own(after, key)));
}

function changesAt(path: readonly string[], before: Json | undefined, after: Json | undefined): FieldChange[] {
  if ((isJsonObject(before) || before === undefined) && (isJsonObject(after) || after === undefined)) {
    return changesBelow(path, before ?? {}, after ?? {});
  }
  return jsonEqual(before, after) ? [] : [{ path, before, after }];
}

/** A field of an object from outside: `toString` and the like are not fields. */
function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
