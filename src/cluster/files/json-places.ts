import type { FieldPath } from '../../model/field-path.ts';
import { endOfString, scanValue, skipBlanks } from './json-scan.ts';
import type { Extent } from './written-places.ts';

/**
 * Where the fields of the valid JSON value at `start` stand. Found in the text when they are asked for, and remembered, so that asking
 * for each of ten thousand items of a list costs one look at the text.
 */
export function jsonPlaces(text: string, start: number): (path: FieldPath, part: 'key' | 'value') => Extent {
  const lists = new Map<number, readonly number[]>();
  const maps = new Map<number, ReadonlyMap<string, JsonField>>();
  return (path, part) => {
    let value = start;
    let found: () => Extent = () => valueExtent(text, start);
    for (const [index, segment] of path.entries()) {
      if (typeof segment === 'number') {
        const item = text[value] === '[' ? remembered(lists, value, () => [...childrenOf(text, value)])[segment] : undefined;
        if (item === undefined) break;
        value = item;
        found = () => valueExtent(text, item);
      } else {
        const field = text[value] === '{' ? remembered(maps, value, () => fieldsAt(text, value)).get(segment) : undefined;
        if (field === undefined) break;
        value = field.value;
        found = () => (index === path.length - 1 && part === 'value' ? valueExtent(text, field.value) : field.key);
      }
    }
    return found();
  };
}

function remembered<T>(known: Map<number, T>, start: number, find: () => T): T {
  const found = known.get(start) ?? find();
  known.set(start, found);
  return found;
}

function valueExtent(text: string, start: number): Extent {
  return { start, end: scanValue(text, start).end ?? start };
}

interface JsonField {
  readonly key: Extent;
  readonly value: number;
}

/** Of a key that is there twice, the last. */
function fieldsAt(text: string, start: number): ReadonlyMap<string, JsonField> {
  const fields = new Map<string, JsonField>();
  for (const at of childrenOf(text, start)) {
    const key = { start: at, end: endOfString(text, at) };
    fields.set(String(JSON.parse(text.slice(key.start, key.end))), { key, value: skipBlanks(text, skipBlanks(text, key.end) + 1) });
  }
  return fields;
}

/** Where the keys of an object, or the items of a list, begin. */
function* childrenOf(text: string, start: number): Generator<number> {
  const isMap = text[start] === '{';
  let at = skipBlanks(text, start + 1);
  while (at < text.length && text[at] !== '}' && text[at] !== ']') {
    yield at;
    const value = isMap ? skipBlanks(text, skipBlanks(text, endOfString(text, at)) + 1) : at;
    const scan = scanValue(text, value);
    if (scan.end === undefined) return;
    at = skipBlanks(text, scan.end);
    if (text[at] === ',') at = skipBlanks(text, at + 1);
  }
}
