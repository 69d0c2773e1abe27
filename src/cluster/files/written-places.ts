import type { FieldPath } from '../../model/field-path.ts';

/** Where a value was written, and what is in it: what is left of a syntax tree once the value was built. Offsets into the text. */
export interface WrittenPlace {
  readonly start: number;
  readonly end: number;
  readonly fields?: ReadonlyMap<string, WrittenField>;
  readonly items?: readonly WrittenPlace[];
}

export interface WrittenField {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: WrittenPlace;
}

/** A part of the text. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/**
 * The key or the value of a field, or an item of a list. Of what is not there, the key of its nearest parent; of a value that was
 * left out, its key.
 */
export function extentOf(root: WrittenPlace, path: FieldPath, part: 'key' | 'value'): Extent {
  let place = root;
  let found: Extent = { start: root.start, end: root.end };
  for (const [index, segment] of path.entries()) {
    const isLast = index === path.length - 1;
    if (typeof segment === 'number') {
      const item = place.items?.[segment];
      if (item === undefined) return found;
      place = item;
      found = item;
    } else {
      const field = place.fields?.get(segment);
      if (field === undefined) return found;
      place = field.value;
      const key = { start: field.keyStart, end: field.keyEnd };
      found = isLast && part === 'value' && place.end > place.start ? place : key;
    }
  }
  return found;
}
