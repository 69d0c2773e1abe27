import { isList, type Json } from '../../model/object.ts';
import { isMap, ownField } from '../../model/raw-json.ts';
import type { FieldSet } from './field-set.ts';
import { deduced, type FieldType, type ListType, typeOfField, untyped } from './field-type.ts';
import { fieldElement, type PathElement } from './path-element.ts';
import { fieldsOf, formOf, formsOf, isWholeList, isWholeMap, itemElement, itemsByElement } from './typed-value.ts';

/** The live value with an applied configuration laid over it: fields merge, atomic values are replaced. Nothing is removed. */
export function mergeValues(live: Json | undefined, applied: Json | undefined, type: FieldType): Json | undefined {
  if (applied === undefined) return live;
  let merged: Json | undefined;
  for (const form of formsOf(type, live, applied)) merged = mergeAs(form, live, applied, type);
  return merged;
}

function mergeAs(form: 'map' | 'list' | 'scalar', live: Json | undefined, applied: Json | undefined, type: FieldType): Json | undefined {
  const { list, map } = type;
  if (form === 'list' && list !== undefined && !isWholeList(list, live, applied)) {
    const items = mergeItems(isList(live) ? live : [], isList(applied) ? applied : [], list);
    return items.length === 0 ? undefined : items;
  }
  if (form === 'map' && map !== undefined && !isWholeMap(map, live, applied)) {
    const one = isMap(live) ? live : {};
    const other = isMap(applied) ? applied : {};
    const fields: [string, Json][] = [];
    for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
      const [old, value] = [ownField(one, name), ownField(other, name)];
      if (old === undefined && value === undefined) continue;
      const merged = mergeValues(old, value, typeOfField(map, name) ?? deduced);
      if (merged !== undefined) fields.push([name, merged]);
    }
    return fields.length === 0 ? undefined : Object.fromEntries(fields);
  }
  return applied;
}

/**
 * The applied items in their order; each live item that was not applied keeps its place after the live item before it.
 * Live items that share an element are replaced by the applied one, or kept when none is applied.
 */
function mergeItems(live: readonly Json[], applied: readonly Json[], list: ListType): readonly Json[] {
  const liveItems = itemsByElement(list, live);
  const appliedElements = elementsOf(list, applied);
  const wanted = new Set(appliedElements);
  const mergedOf = new Map<PathElement, Json>();
  const appliedItems = itemsByElement(list, applied);
  for (const element of wanted) {
    const [item] = appliedItems.get(element) ?? [];
    const [old, ...duplicates] = liveItems.get(element) ?? [];
    const merged = mergeValues(duplicates.length > 0 ? undefined : old, item, list.element);
    if (merged !== undefined) mergedOf.set(element, merged);
  }
  const result: Json[] = [];
  const taken = new Set<PathElement>();
  let next = 0;
  const takeApplied = (): void => {
    const element = appliedElements[next++];
    const item = element === undefined ? undefined : mergedOf.get(element);
    if (element === undefined || item === undefined || taken.has(element)) return;
    taken.add(element);
    result.push(item);
  };
  const shared = appliedElements.filter((element) => liveItems.has(element));
  for (const item of live) {
    const address = itemElement(list, item);
    if ('problem' in address) continue;
    const { element } = address;
    if (!wanted.has(element)) {
      result.push(item);
    } else if (!taken.has(element) && shared.find((candidate) => !taken.has(candidate)) === element) {
      // The next applied item that the live list has: everything applied before it comes first.
      while (next < appliedElements.length && !taken.has(element)) takeApplied();
    }
  }
  while (next < appliedElements.length) takeApplied();
  return result;
}

function elementsOf(list: ListType, items: readonly Json[]): readonly PathElement[] {
  return items.flatMap((item) => {
    const address = itemElement(list, item);
    return 'problem' in address ? [] : [address.element];
  });
}

/**
 * The value without the paths of a set. Where nothing is left null stays: the field is still there, and still owned.
 * @see withoutNulls
 */
export function removePaths(value: Json, removed: FieldSet, type: FieldType): Json {
  const form = formOf(type, value);
  if (form === 'list' && type.list !== undefined) return removeItems(value, removed, type.list);
  if (form === 'map' && type.map !== undefined) {
    if (!isMap(value) || type.map.atomic) return null;
    const fields: [string, Json][] = [];
    for (const [name, field] of fieldsOf(value)) {
      const element = fieldElement(name);
      if (removed.members.has(element)) continue;
      const below = removed.children.get(element);
      fields.push([name, below === undefined ? field : removePaths(field, below, typeOfField(type.map, name) ?? deduced)]);
    }
    return fields.length === 0 ? null : Object.fromEntries(fields);
  }
  return value;
}

/** The value without the fields that are null, where the type knows them: an object never stores such a null. */
export function withoutNulls(value: Json, type: FieldType): Json {
  if (type === deduced || type === untyped) return value;
  if (isList(value)) return value.map((item) => withoutNulls(item, type.list?.element ?? deduced));
  if (!isMap(value)) return value;
  const kept = fieldsOf(value).flatMap(([name, field]): [string, Json][] => {
    const known = (type.map && typeOfField(type.map, name)) ?? deduced;
    const declared = type.map?.fields.has(name) ?? false;
    return field === null && declared ? [] : [[name, withoutNulls(field, known)]];
  });
  return Object.fromEntries(kept);
}

function removeItems(value: Json, removed: FieldSet, list: ListType): Json {
  if (!isList(value) || list.relation === 'atomic') return null;
  const items = value.flatMap((item): Json[] => {
    const address = itemElement(list, item);
    if ('problem' in address) return [item];
    if (removed.members.has(address.element)) return [];
    const below = removed.children.get(address.element);
    return [below === undefined ? item : removePaths(item, below, list.element)];
  });
  return items.length === 0 ? null : items;
}

/** The set with the declared fields on the way to its paths: `spec.type` brings `spec`, a label does not bring `labels`' free keys. */
export function withNamedFields(set: FieldSet, type: FieldType): FieldSet {
  const members = new Set(set.members);
  const children = new Map<PathElement, FieldSet>();
  for (const [element, child] of set.children) {
    const name = element.startsWith('f:') ? element.slice(2) : undefined;
    if (name !== undefined && type.map?.fields.has(name)) members.add(element);
    children.set(element, withNamedFields(child, typeBelow(type, name)));
  }
  return { members, children };
}

function typeBelow(type: FieldType, name: string | undefined): FieldType {
  const below = name === undefined ? type.list?.element : type.map && typeOfField(type.map, name);
  return below ?? {};
}
