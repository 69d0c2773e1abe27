import { jsonEqual } from '../../core/patch.ts';
import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { isMap, ownField } from '../../model/raw-json.ts';
import type { PatchError, PatchOutcome } from '../schema/schema-types.ts';
import { deduced, type FieldType, type ListType, typeOfField } from './field-type.ts';
import { goPlain } from './typed-check.ts';
import { fieldsOf } from './typed-value.ts';

const deleteFrom = '$deleteFromPrimitiveList/';
const elementOrder = '$setElementOrder/';

/**
 * Applies a strategic merge patch: objects merge, and so do lists whose type says by which key. Understands the directives that
 * kubectl sends: `$patch`, `$retainKeys`, `$deleteFromPrimitiveList`, `$setElementOrder`. Custom resources know no such patch.
 */
export function applyStrategicMerge(existing: JsonObject, patch: Json, type: FieldType): PatchOutcome {
  if (patch === null) return { object: existing };
  if (!isMap(patch)) {
    const found = isList(patch) ? 'array' : typeof patch === 'boolean' ? 'bool' : typeof patch;
    return { error: { code: 400, message: `json: cannot unmarshal ${found} into Go value of type map[string]interface {}` } };
  }
  try {
    return { object: mergeObjects(existing, patch, type) };
  } catch (error) {
    if (error instanceof Misfit) return { error: { code: error.code, message: error.message } };
    throw error;
  }
}

/** Carries a patch's fault out of the recursion. */
class Misfit extends Error {
  readonly code: PatchError['code'];

  constructor(code: PatchError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

function mergeObjects(original: JsonObject, patch: JsonObject, type: FieldType): JsonObject {
  const directive = ownField(patch, '$patch');
  if (directive === 'replace') return without(patch, ['$patch']);
  if (directive === 'delete') return {};
  if (directive !== undefined) throw new Misfit(500, `unknown patch type: ${String(directive)} in map: ${JSON.stringify(patch)}`);
  const merged = new Map(fieldsOf(retained(original, patch)));
  const rest = new Map(fieldsOf(without(patch, ['$retainKeys'])));
  for (const [key, order] of [...rest]) {
    if (!key.startsWith(elementOrder)) continue;
    const name = key.slice(elementOrder.length);
    rest.delete(key);
    const list = orderedList(merged.get(name), rest.get(name), order, fieldType(type, name).list);
    rest.delete(name);
    if (list !== undefined) merged.set(name, list);
  }
  for (const [key, value] of rest) {
    if (key.startsWith(deleteFrom)) {
      const name = key.slice(deleteFrom.length);
      const list = merged.get(name);
      if (isList(list) && isList(value))
        merged.set(
          name,
          list.filter((item) => !value.some((gone) => jsonEqual(gone, item))),
        );
    } else if (value === null) {
      merged.delete(key);
    } else {
      const result = mergeField(merged.get(key), value, fieldType(type, key));
      if (result === undefined) merged.delete(key);
      else merged.set(key, result);
    }
  }
  return Object.fromEntries(merged);
}

function mergeField(original: Json | undefined, value: Json, type: FieldType): Json | undefined {
  if (isMap(original) && isMap(value)) return mergeObjects(original, value, type);
  if (isList(original) && isList(value)) return mergeLists(original, value, type.list);
  return withoutDirectives(value);
}

function fieldType(type: FieldType, name: string): FieldType {
  return (type.map && typeOfField(type.map, name)) ?? deduced;
}

/** `$retainKeys`: the fields of the original that the patch's author knows; all others go. */
function retained(original: JsonObject, patch: JsonObject): JsonObject {
  const keys = ownField(patch, '$retainKeys');
  if (keys === undefined) return original;
  const known = new Set(isList(keys) ? keys : []);
  const strangers = fieldsOf(patch).filter(([name, value]) => value !== null && !name.startsWith('$') && !known.has(name));
  if (!isList(keys) || strangers.length > 0) throw new Misfit(400, 'invalid patch format of retainKeys');
  return Object.fromEntries(fieldsOf(original).filter(([name]) => known.has(name)));
}

/** A list that the patch gives an order. Undefined where neither the object nor the patch has it. */
function orderedList(original: Json | undefined, value: Json | undefined, order: Json, type: ListType | undefined): Json | undefined {
  if (!isList(order)) throw new Misfit(500, `expected a []interface {}, but received a ${goType(order)}`);
  for (const list of [original, value]) {
    if (list !== undefined && !isList(list)) throw new Misfit(500, `expected a []interface {}, but received a ${goType(list)}`);
  }
  const old = isList(original) ? original : undefined;
  const sent = isList(value) ? value : undefined;
  if (old === undefined && sent === undefined) return undefined;
  const key = type?.mergeKey;
  checkOrder(sent ?? [], order, key);
  const merged = sent === undefined ? (old ?? []) : old === undefined ? withoutDirectives(sent) : mergeLists(old, sent, type);
  const items = isList(merged) ? merged : [];
  return arranged(items, order, liveOrder(old ?? [], items, sent ?? [], key), key);
}

/** The order on the server. As in kube-apiserver, items that the patch adds step into the places at the end that deleted ones left. */
function liveOrder(old: readonly Json[], merged: readonly Json[], sent: readonly Json[], key: string | undefined): readonly Json[] {
  if (key === undefined) return old;
  const isIn = (list: readonly Json[], item: Json): boolean => list.some((candidate) => sameItem(candidate, item, key));
  const kept = old.filter((item) => isIn(merged, item));
  const added = sent.filter((item) => !hasDirective(item) && !isIn(old, item));
  return [...kept, ...added].slice(0, old.length);
}

/** The items that the patch sends must come in the order that it asks for. */
function checkOrder(sent: readonly Json[], order: readonly Json[], key: string | undefined): void {
  if (order.length === 0) return;
  const items = sent.filter((item) => !hasDirective(item));
  let place = 0;
  for (const wanted of order) {
    const item = items[place];
    if (item !== undefined && sameItem(item, wanted, key)) place++;
  }
  if (place < items.length) {
    throw new Misfit(
      500,
      `The order in patch list:\n${JSON.stringify(sent)}\n doesn't match $setElementOrder list:\n${JSON.stringify(order)}\n`,
    );
  }
}

function mergeLists(original: readonly Json[], patch: readonly Json[], type: ListType | undefined): readonly Json[] {
  const { mergeKey: key } = type ?? {};
  if (type === undefined || (type.relation === 'atomic' && key === undefined)) return patch;
  if (original.length === 0 && patch.length === 0) return original;
  if (type.relation === 'set' || key === undefined) {
    const both = [...original, ...patch];
    const unique = both.filter((item, index) => both.findIndex((other) => jsonEqual(other, item)) === index);
    return arranged(unique, patch, original, undefined);
  }
  const { kept, sent } = applySpecialItems(original, patch, key);
  const merged = [...kept];
  for (const item of sent) {
    const value = keyOf(item, key);
    const place = merged.findIndex((candidate) => isMap(candidate) && jsonEqual(ownField(candidate, key), value));
    const old = merged[place];
    if (isMap(old) && isMap(item)) merged[place] = mergeObjects(old, item, type.element);
    else merged.push(item);
  }
  return arranged(merged, sent, kept, key);
}

/** Items with `$patch` delete items, or replace the list. */
function applySpecialItems(
  original: readonly Json[],
  patch: readonly Json[],
  key: string,
): { readonly kept: readonly Json[]; readonly sent: readonly Json[] } {
  let kept = original;
  let replaces = false;
  for (const item of patch) {
    const directive = isMap(item) ? ownField(item, '$patch') : undefined;
    if (directive === undefined) continue;
    if (directive === 'delete') {
      const value = keyOf(item, key);
      kept = kept.filter((candidate) => !isMap(candidate) || !jsonEqual(ownField(candidate, key), value));
    } else if (directive === 'replace') {
      replaces = true;
    } else if (directive === 'merge') {
      throw new Misfit(500, 'merging lists cannot yet be specified in the patch');
    } else {
      throw new Misfit(500, `unknown patch type: ${String(directive)} in map: ${JSON.stringify(item)}`);
    }
  }
  const sent = patch.filter((item) => !hasDirective(item));
  return replaces ? { kept: sent, sent: [] } : { kept, sent };
}

/**
 * The items of `order` in that order, the others in the order they had on the server; where both orders know two items, an item that only
 * the server has stays before those that it preceded.
 */
function arranged(items: readonly Json[], order: readonly Json[], server: readonly Json[], key: string | undefined): readonly Json[] {
  const placeIn = (list: readonly Json[], item: Json): number => list.findIndex((candidate) => sameItem(candidate, item, key));
  const wanted = items.filter((item) => placeIn(order, item) >= 0).sort((one, other) => placeIn(order, one) - placeIn(order, other));
  const others = items.filter((item) => placeIn(order, item) < 0).sort((one, other) => placeIn(server, one) - placeIn(server, other));
  const result: Json[] = [];
  let next = 0;
  for (const item of wanted) {
    const place = placeIn(server, item);
    for (let other = others[next]; other !== undefined && place >= 0; other = others[next]) {
      const otherPlace = placeIn(server, other);
      if (otherPlace < 0 || otherPlace >= place) break;
      result.push(other);
      next++;
    }
    result.push(item);
  }
  return [...result, ...others.slice(next)];
}

function sameItem(one: Json, other: Json, key: string | undefined): boolean {
  if (key === undefined) return jsonEqual(one, other);
  return jsonEqual(keyOf(one, key), keyOf(other, key));
}

function keyOf(item: Json, key: string): Json {
  if (!isMap(item)) throw new Misfit(500, `expected a map[string]interface {}, but received a ${goType(item)}`);
  const value = ownField(item, key);
  if (value === undefined) throw new Misfit(500, `map: ${goPlain(item)} does not contain declared merge key: ${key}`);
  return value;
}

function goType(value: Json): string {
  if (isList(value)) return '[]interface {}';
  if (isMap(value)) return 'map[string]interface {}';
  if (value === null) return '%!s(<nil>)';
  return typeof value === 'number' ? 'int64' : typeof value === 'boolean' ? 'bool' : 'string';
}

function hasDirective(item: Json): boolean {
  return isMap(item) && ownField(item, '$patch') !== undefined;
}

/** What a new value is without directives and nulls; undefined when it is a directive itself. */
function withoutDirectives(value: Json): Json | undefined {
  if (hasDirective(value)) return undefined;
  if (isList(value)) {
    return value.flatMap((item) => {
      const kept = withoutDirectives(item);
      return kept === undefined ? [] : [kept];
    });
  }
  if (!isMap(value)) return value;
  const kept = fieldsOf(value).flatMap(([name, field]): [string, Json][] => {
    const inner = field === null ? undefined : withoutDirectives(field);
    return inner === undefined ? [] : [[name, inner]];
  });
  return Object.fromEntries(kept);
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(fieldsOf(object).filter(([name]) => !names.includes(name)));
}
