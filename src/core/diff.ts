import { isList, type Json, type JsonObject } from '../model/object.ts';
import { isMap, ownField } from '../model/raw-json.ts';
import { jsonEqual } from './patch.ts';

/** Field names from the top of the object down to the field that differs. Lists are differences of their own, never part of a path. */
export type FieldNames = readonly string[];

/** One thing that differs between two JSON values. */
export type Difference =
  | { readonly kind: 'added'; readonly path: FieldNames; readonly after: Json }
  | { readonly kind: 'removed'; readonly path: FieldNames; readonly before: Json }
  | { readonly kind: 'changed'; readonly path: FieldNames; readonly before: Json; readonly after: Json }
  /** A list whose items are known by a name, or are their own name: what happened to each of them. */
  | {
      readonly kind: 'list';
      readonly path: FieldNames;
      readonly items: readonly ItemDifference[];
      /** The items that stay come in another order. */
      readonly reordered: boolean;
    };

/** What happened to one item of a list. `name` is the value that tells it from the others. */
export type ItemDifference =
  | { readonly kind: 'unchanged'; readonly name: Json; readonly after: Json }
  | { readonly kind: 'added'; readonly name: Json; readonly after: Json }
  | { readonly kind: 'removed'; readonly name: Json; readonly before: Json }
  | {
      readonly kind: 'changed';
      readonly name: Json;
      readonly before: Json;
      readonly after: Json;
      readonly differences: readonly Difference[];
    };

/**
 * What differs between two values, in the order of field names; nothing when they are equal. Maps are compared field by field, lists
 * item by item where their items have names (a name, type, port, address … that all have and no two share) or are plain values;
 * every other list is one value. A map that comes or goes
 * is its fields. Absent and undefined are the same, null is a value.
 */
export function diffValues(before: Json | undefined, after: Json | undefined): readonly Difference[] {
  return diffAt([], before, after);
}

function diffAt(path: FieldNames, before: Json | undefined, after: Json | undefined): readonly Difference[] {
  if (before === undefined || after === undefined) return diffPresence(path, before, after);
  if (jsonEqual(before, after)) return [];
  if (isMap(before) && isMap(after)) return diffMaps(path, before, after);
  if (isList(before) && isList(after)) return [diffLists(path, before, after)];
  return [{ kind: 'changed', path, before, after }];
}

/** A map or list that comes or goes does so field by field and item by item, so that each can be named. */
function diffPresence(path: FieldNames, before: Json | undefined, after: Json | undefined): readonly Difference[] {
  const value = before ?? after;
  if (isMap(value) && Object.values(value).some((field) => field !== undefined)) {
    return before === undefined ? diffMaps(path, {}, value) : diffMaps(path, value, {});
  }
  if (isList(value) && value.length > 0 && namesOf(value, []) !== undefined) {
    return [before === undefined ? diffLists(path, [], value) : diffLists(path, value, [])];
  }
  if (before !== undefined) return [{ kind: 'removed', path, before }];
  return after === undefined ? [] : [{ kind: 'added', path, after }];
}

function diffMaps(path: FieldNames, before: JsonObject, after: JsonObject): readonly Difference[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].sort().flatMap((name) => diffAt([...path, name], ownField(before, name), ownField(after, name)));
}

function diffLists(path: FieldNames, before: readonly Json[], after: readonly Json[]): Difference {
  const nameOf = namesOf(before, after);
  if (nameOf === undefined) return { kind: 'changed', path, before, after };

  const existing = new Map(before.map((item) => [nameOf(item), item]));
  const desired = new Map(after.map((item) => [nameOf(item), item]));
  const kept = [...desired].map(([name, item]) => diffItems(name, existing.get(name), item));
  const removed = [...existing].flatMap(([name, item]): ItemDifference[] =>
    desired.has(name) ? [] : [{ kind: 'removed', name, before: item }],
  );
  const stay = [...desired.keys()].filter((name) => existing.has(name));
  const stayed = [...existing.keys()].filter((name) => desired.has(name));
  return { kind: 'list', path, items: [...kept, ...removed], reordered: stay.some((name, at) => name !== stayed[at]) };
}

function diffItems(name: Json, before: Json | undefined, after: Json): ItemDifference {
  if (before === undefined) return { kind: 'added', name, after };
  const differences = diffAt([], before, after);
  return differences.length === 0 ? { kind: 'unchanged', name, after } : { kind: 'changed', name, before, after, differences };
}

/** Fields that name the items of Kubernetes' lists, the most telling first. */
const nameFields = ['name', 'type', 'uid', 'ip', 'port', 'key', 'hostname'];

/** How the items of both lists are told apart, undefined when they cannot be. */
function namesOf(before: readonly Json[], after: readonly Json[]): ((item: Json) => Json) | undefined {
  const ways = [(item: Json) => (isPlain(item) ? item : undefined), ...nameFields.map((field) => (item: Json) => nameIn(item, field))];
  const way = ways.find((nameOf) => [before, after].every((list) => areNames(list.map(nameOf))));
  return way === undefined ? undefined : (item) => way(item) ?? null;
}

function areNames(names: readonly (Json | undefined)[]): boolean {
  return !names.includes(undefined) && new Set(names).size === names.length;
}

function nameIn(item: Json, field: string): Json | undefined {
  const value = isMap(item) ? ownField(item, field) : undefined;
  return value !== undefined && isPlain(value) ? value : undefined;
}

function isPlain(value: Json): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
