import { jsonEqual } from '../../core/patch.ts';
import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { isMap, ownField } from '../../model/raw-json.ts';
import { type FieldSet, fieldSetOf } from './field-set.ts';
import { type FieldType, type ListType, type MapType, typeOfField } from './field-type.ts';
import { fieldElement, keyElement, type PathElement, valueElement } from './path-element.ts';

export type Path = readonly PathElement[];

/** Which of its possible forms a type takes for a value. Null takes any: an object's before a scalar's before a list's. */
export function formOf(type: FieldType, value: Json | undefined): 'map' | 'list' | 'scalar' {
  if (isList(value)) {
    if (type.list !== undefined) return 'list';
  } else if (isMap(value)) {
    if (type.map !== undefined) return 'map';
  } else if (value !== undefined && value !== null && type.scalar !== undefined) {
    return 'scalar';
  }
  if (type.map !== undefined) return 'map';
  return type.scalar !== undefined || type.list === undefined ? 'scalar' : 'list';
}

/** How an item of a list that is a map or a set is addressed; a text says why it cannot be. */
export function itemElement(list: ListType, item: Json): { readonly element: PathElement } | { readonly problem: string } {
  if (list.relation === 'set') return setElement(item);
  if (!isMap(item)) return { problem: `associative list with keys may not have ${item === null ? 'a null element' : 'non-map elements'}` };
  const keys: [string, Json][] = [];
  for (const key of list.keys) {
    const value = ownField(item, key) ?? list.element.map?.defaults.get(key);
    if (value === undefined) {
      return {
        problem: `associative list with keys has an element that omits key field ${JSON.stringify(key)} (and doesn't have default value)`,
      };
    }
    keys.push([key, value]);
  }
  return { element: keyElement(Object.fromEntries(keys)) };
}

function setElement(item: Json): { readonly element: PathElement } | { readonly problem: string } {
  if (isMap(item)) return { problem: "associative list without keys has an element that's a map type" };
  if (isList(item)) return { problem: 'not supported: associative list with lists as elements' };
  if (item === null) return { problem: "associative list without keys has an element that's an explicit null" };
  return { element: valueElement(item) };
}

/** The items of a list by their elements, in order. Items that cannot be addressed are left out; items may share an element. */
export function itemsByElement(list: ListType, items: readonly Json[]): ReadonlyMap<PathElement, readonly Json[]> {
  const found = new Map<PathElement, Json[]>();
  for (const item of items) {
    const address = itemElement(list, item);
    if ('problem' in address) continue;
    const same = found.get(address.element);
    if (same === undefined) found.set(address.element, [item]);
    else same.push(item);
  }
  return found;
}

/** The fields of an object that are there. */
export function fieldsOf(object: JsonObject): readonly (readonly [string, Json])[] {
  return Object.entries(object).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

/** The paths that a value holds: what a client that applies it will own. */
export function fieldSetOfValue(value: Json, type: FieldType): FieldSet {
  const paths: Path[] = [];
  collect(value, type, [], paths);
  return fieldSetOf(paths);
}

function collect(value: Json, type: FieldType, path: Path, paths: Path[]): void {
  const form = formOf(type, value);
  if (form === 'scalar') {
    paths.push(path);
  } else if (form === 'list' && type.list !== undefined) {
    collectItems(value, type.list, path, paths);
  } else if (form === 'map' && type.map !== undefined) {
    collectFields(value, type.map, path, paths);
  }
}

function collectItems(value: Json, list: ListType, path: Path, paths: Path[]): void {
  if (list.relation === 'atomic') {
    paths.push(path);
  } else if (isList(value)) {
    for (const [element, items] of itemsByElement(list, value)) {
      const [item, ...others] = items;
      // Items that share an element are owned together, not field by field.
      if (item !== undefined && others.length === 0) collect(item, list.element, [...path, element], paths);
      paths.push([...path, element]);
    }
  }
}

function collectFields(value: Json, map: MapType, path: Path, paths: Path[]): void {
  if (map.atomic) {
    paths.push(path);
  } else if (isMap(value)) {
    for (const [name, field] of fieldsOf(value)) {
      const type = typeOfField(map, name);
      if (type === undefined) continue;
      const child = [...path, fieldElement(name)];
      collect(field, type, child, paths);
      const isEmpty = field === null || (isMap(field) && Object.keys(field).length === 0);
      if (isEmpty || !map.fields.has(name)) paths.push(child);
    }
  }
}

/** In what two values differ. No path is in more than one of the sets. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** What changed from one value to the other, as far down as ownership goes. Mirrors structured-merge-diff's comparison. */
export function compareValues(before: Json, after: Json, type: FieldType): Comparison {
  const found: Differences = { added: [], modified: [], removed: [] };
  compare(before, after, type, [], found);
  return { added: fieldSetOf(found.added), modified: fieldSetOf(found.modified), removed: fieldSetOf(found.removed) };
}

interface Differences {
  readonly added: Path[];
  readonly modified: Path[];
  readonly removed: Path[];
}

function compare(before: Json | undefined, after: Json | undefined, type: FieldType, path: Path, found: Differences): void {
  let isLeaf = false;
  for (const form of formsOf(type, before, after)) isLeaf = compareAs(form, before, after, type, path, found);
  if (isLeaf) return;
  if (before === undefined) found.added.push(path);
  else if (after === undefined) found.removed.push(path);
}

/** A value that changed its form is looked at in both, the new one last. */
export function formsOf(type: FieldType, before: Json | undefined, after: Json | undefined): ReadonlySet<'map' | 'list' | 'scalar'> {
  if (before === undefined || after === undefined) return new Set([formOf(type, after ?? before)]);
  const last = formOf(type, after);
  return new Set([...[formOf(type, before)].filter((form) => form !== last), last]);
}

/** @returns whether the value was compared as a whole. */
function compareAs(
  form: 'map' | 'list' | 'scalar',
  before: Json | undefined,
  after: Json | undefined,
  type: FieldType,
  path: Path,
  found: Differences,
): boolean {
  const { list, map } = type;
  if (form === 'list' && list !== undefined && !isWholeList(list, before, after)) {
    compareItems(before, after, list, path, found);
    return false;
  }
  if (form === 'map' && map !== undefined && !isWholeMap(map, before, after)) {
    const one = isMap(before) ? before : {};
    const other = isMap(after) ? after : {};
    for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
      const [old, value] = [ownField(one, name), ownField(other, name)];
      const field = typeOfField(map, name);
      if (field === undefined || (old === undefined && value === undefined)) continue;
      compare(old, value, field, [...path, fieldElement(name)], found);
    }
    return false;
  }
  if (before === undefined) found.added.push(path);
  else if (after === undefined) found.removed.push(path);
  else if (!jsonEqual(before, after)) found.modified.push(path);
  return true;
}

/** Atomic lists are one value, and so are lists of which both are empty: that keeps empty and absent apart. */
export function isWholeList(list: ListType, one: Json | undefined, other: Json | undefined): boolean {
  const isEmpty = (value: Json | undefined) => !isList(value) || value.length === 0;
  return list.relation === 'atomic' || (isEmpty(one) && isEmpty(other));
}

export function isWholeMap(map: MapType, one: Json | undefined, other: Json | undefined): boolean {
  const isEmpty = (value: Json | undefined) => !isMap(value) || Object.keys(value).length === 0;
  return map.atomic || (isEmpty(one) && isEmpty(other));
}

function compareItems(before: Json | undefined, after: Json | undefined, list: ListType, path: Path, found: Differences): void {
  const old = itemsByElement(list, isList(before) ? before : []);
  const now = itemsByElement(list, isList(after) ? after : []);
  for (const element of new Set([...old.keys(), ...now.keys()])) {
    const child = [...path, element];
    const [one, ...moreOld] = old.get(element) ?? [];
    const [other, ...moreNow] = now.get(element) ?? [];
    if (moreOld.length === 0 && moreNow.length === 0) {
      compare(one, other, list.element, child, found);
    } else if (moreOld.length > 0 && moreNow.length > 0) {
      if (!jsonEqual([...(old.get(element) ?? [])], [...(now.get(element) ?? [])])) found.modified.push(child);
    } else if (moreOld.length > 0) {
      if (other !== undefined) compare(undefined, other, list.element, child, found);
      found.removed.push(child);
    } else {
      if (one !== undefined) compare(one, undefined, list.element, child, found);
      found.added.push(child);
    }
  }
}
