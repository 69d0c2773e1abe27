import { goQuote } from '../../core/go-quote.ts';
import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { compareText } from '../../model/text-order.ts';
import { goNumber } from '../go-syntax.ts';
import { parsedJson } from '../json.ts';

/**
 * One step of a path through an object, as `metadata.managedFields` writes it: `f:spec` a field, `k:{"port":80,"protocol":"TCP"}` an
 * item of a list that is a map, `v:"x/y"` an item of a list that is a set, `i:0` an item by its place.
 */
export type PathElement = string;

export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

/** @param keys the item's keys and their values; their order does not matter. */
export function keyElement(keys: JsonObject): PathElement {
  return `k:${JSON.stringify(Object.fromEntries(Object.entries(keys).sort(([one], [other]) => compareText(one, other))))}`;
}

export function valueElement(value: Json): PathElement {
  return `v:${JSON.stringify(value)}`;
}

export function indexElement(index: number): PathElement {
  return `i:${index}`;
}

/** The element as this server writes it, of one that somebody else wrote; undefined when it is none. */
export function readElement(text: string): PathElement | undefined {
  const content = text.slice(2);
  switch (text.slice(0, 2)) {
    case 'f:':
      return text;
    case 'k:': {
      const keys = parsedJson(content);
      return isMap(keys) ? keyElement(keys) : undefined;
    }
    case 'v:': {
      const value = parsedJson(content);
      return value === undefined ? undefined : valueElement(value);
    }
    case 'i:':
      return /^\d+$/.test(content) ? text : undefined;
    default:
      return undefined;
  }
}

/** `.spec`, `[port=80,protocol="TCP"]`, `[="x/y"]`, `[0]`: how messages show the element. */
export function printElement(element: PathElement): string {
  const content = element.slice(2);
  switch (element[0]) {
    case 'f':
      return `.${content}`;
    case 'k': {
      const keys = parsedJson(content);
      const pairs = isMap(keys) ? Object.entries(keys).map(([name, value]) => `${name}=${printValue(value ?? null)}`) : [];
      return `[${pairs.join(',')}]`;
    }
    case 'v':
      return `[=${printValue(parsedJson(content) ?? null)}]`;
    default:
      return `[${content}]`;
  }
}

export function printPath(path: readonly PathElement[]): string {
  return path.map(printElement).join('');
}

/** Fields first, then keys, values and places; each by its content. */
export function compareElements(one: PathElement, other: PathElement): number {
  const kind = kinds.indexOf(one.slice(0, 2)) - kinds.indexOf(other.slice(0, 2));
  if (kind !== 0) return kind;
  if (one.startsWith('f:')) return compareText(one, other);
  return compareValues(parsedJson(one.slice(2)) ?? null, parsedJson(other.slice(2)) ?? null);
}

const kinds = ['f:', 'k:', 'v:', 'i:'];

/** Numbers, texts, booleans, lists, objects, null. */
function compareValues(one: Json, other: Json): number {
  const rank = rankOf(one) - rankOf(other);
  if (rank !== 0) return rank;
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (isMap(one) && isMap(other)) return compareKeys(one, other);
  return compareText(JSON.stringify(one), JSON.stringify(other));
}

function compareKeys(one: JsonObject, other: JsonObject): number {
  const left = Object.entries(one);
  const right = Object.entries(other);
  for (const [index, [name, value]] of left.entries()) {
    const [otherName, otherValue] = right[index] ?? [];
    if (otherName === undefined) return 1;
    const order = compareText(name, otherName) || compareValues(value ?? null, otherValue ?? null);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function rankOf(value: Json): number {
  if (typeof value === 'number') return 0;
  if (typeof value === 'string') return 1;
  if (typeof value === 'boolean') return 2;
  if (isList(value)) return 3;
  return value === null ? 5 : 4;
}

function printValue(value: Json): string {
  if (typeof value === 'string') return goQuote(value);
  return isList(value) || isMap(value) || typeof value === 'boolean' || value === null ? JSON.stringify(value) : goNumber(value);
}
