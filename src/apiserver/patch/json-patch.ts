import { jsonEqual } from '../../core/patch.ts';
import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { isMap, ownField } from '../../model/raw-json.ts';
import type { PatchOutcome } from '../schema/schema-types.ts';

/** kube-apiserver says no more than this about a patch that cannot be applied. */
const rejected = { error: { code: 422, message: 'the server rejected our request due to an error in our request' } } as const;

/**
 * Applies a JSON patch (RFC 6902) as kube-apiserver does: a missing value is null, replacing a missing field adds it, and places in
 * lists may count from the end.
 */
export function applyJsonPatch(existing: JsonObject, patch: Json): PatchOutcome {
  if (!isList(patch)) return { error: { code: 400, message: `error decoding patch: ${notOperations(patch)}` } };
  let value: Json | undefined = existing;
  for (const operation of patch) {
    value = isMap(operation) ? applyOperation(value, operation) : undefined;
    if (value === undefined) return rejected;
  }
  return isMap(value) ? { object: value } : rejected;
}

function notOperations(patch: Json): string {
  const found = isMap(patch) ? 'object' : typeof patch === 'boolean' ? 'bool' : patch === null ? 'null' : typeof patch;
  return `json: cannot unmarshal ${found} into Go value of type []handlers.jsonPatchOp`;
}

/** Undefined: it cannot be applied. */
function applyOperation(whole: Json, operation: JsonObject): Json | undefined {
  const value = ownField(operation, 'value') ?? null;
  if (operation['path'] === '') return wholeAfter(whole, operation['op'], value);
  const path = pointerOf(operation['path']);
  if (path === undefined) return undefined;
  switch (operation['op']) {
    case 'add':
      return change(whole, path, (parent, key) => added(parent, key, value));
    case 'remove':
      return change(whole, path, removed);
    case 'replace':
      return change(whole, path, (parent, key) => replaced(parent, key, value));
    case 'test':
      return passes(whole, path, value) ? whole : undefined;
    case 'copy': {
      const copied = valueAt(whole, pointerOf(operation['from']));
      return copied === undefined ? undefined : change(whole, path, (parent, key) => added(parent, key, copied ?? null));
    }
    case 'move': {
      const from = pointerOf(operation['from']);
      const moved = valueAt(whole, from);
      const rest = moved === undefined || from === undefined ? undefined : change(whole, from, removed);
      return rest === undefined ? undefined : change(rest, path, (parent, key) => added(parent, key, moved ?? null));
    }
    default:
      return undefined;
  }
}

/** The empty path means the whole. */
function wholeAfter(whole: Json, operation: Json | undefined, value: Json): Json | undefined {
  if (operation === 'test') return jsonEqual(whole, value) ? whole : undefined;
  return operation === 'add' || operation === 'replace' ? value : undefined;
}

/** The steps of a JSON pointer; undefined when it is none. What stands before the first slash is not looked at. */
function pointerOf(pointer: Json | undefined): readonly string[] | undefined {
  if (typeof pointer !== 'string' || !pointer.includes('/')) return undefined;
  return pointer
    .slice(pointer.indexOf('/') + 1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The whole with one change in the list or object that the path leads to. */
function change(whole: Json, path: readonly string[], edit: (parent: Json, key: string) => Json | undefined): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return undefined;
  if (rest.length === 0) return edit(whole, key);
  const child = memberOf(whole, key);
  const changed = child === undefined ? undefined : change(child, rest, edit);
  return changed === undefined ? undefined : replaced(whole, key, changed);
}

function memberOf(parent: Json, key: string): Json | undefined {
  if (isMap(parent)) return ownField(parent, key);
  return isList(parent) ? parent[placeIn(key, parent.length) ?? -1] : undefined;
}

/** A list's place by its number; negative numbers count from the end. */
function placeIn(key: string, length: number): number | undefined {
  if (!/^-?\d+$/.test(key)) return undefined;
  const number = Number(key);
  const place = number < 0 ? number + length : number;
  return place >= 0 && place < length ? place : undefined;
}

function added(parent: Json, key: string, value: Json): Json | undefined {
  if (isMap(parent)) return { ...parent, [key]: value };
  if (!isList(parent)) return undefined;
  const place = key === '-' ? parent.length : placeIn(key, parent.length + 1);
  return place === undefined ? undefined : parent.toSpliced(place, 0, value);
}

function removed(parent: Json, key: string): Json | undefined {
  if (isMap(parent)) {
    if (ownField(parent, key) === undefined) return undefined;
    const { [key]: _, ...rest } = parent;
    return rest;
  }
  const place = isList(parent) ? placeIn(key, parent.length) : undefined;
  return isList(parent) && place !== undefined ? parent.toSpliced(place, 1) : undefined;
}

function replaced(parent: Json, key: string, value: Json): Json | undefined {
  if (isMap(parent)) return { ...parent, [key]: value };
  const place = isList(parent) ? placeIn(key, parent.length) : undefined;
  return isList(parent) && place !== undefined ? parent.with(place, value) : undefined;
}

/** A field that is not there counts as null, where its parent is there. */
function valueAt(whole: Json, path: readonly string[] | undefined): Json | undefined {
  if (path === undefined) return undefined;
  let parent: Json | undefined = whole;
  for (const step of path.slice(0, -1)) parent = parent === undefined ? undefined : memberOf(parent, step);
  const last = path.at(-1);
  if (parent === undefined || last === undefined) return undefined;
  return memberOf(parent, last) ?? (isMap(parent) ? null : undefined);
}

function passes(whole: Json, path: readonly string[], expected: Json): boolean {
  const found = valueAt(whole, path);
  return found !== undefined && jsonEqual(found, expected);
}
