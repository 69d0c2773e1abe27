import { jsonEqual } from '../../core/patch.ts';
import { isList, type Json } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { jsonOf, parseJson } from '../json.ts';
import { type JsonField, type JsonNode, jsonTree } from './json-tree.ts';

/** A key that its object has already. Offsets into the text. */
export interface JsonDuplicate {
  readonly key: string;
  readonly start: number;
  readonly first: number;
  /** Both say the same. */
  readonly repeats: boolean;
}

/**
 * The keys of the valid JSON value at `start` that are there twice. JSON.parse takes the last without a word, so that the value has fewer
 * strings than its text: only then is the text looked at.
 * @param strings how many the text of the value has, keys counted
 */
export function jsonDuplicates(text: string, start: number, value: Json, strings: number): readonly JsonDuplicate[] {
  return stringsIn(value) === strings ? [] : duplicatesIn(text, jsonTree(text, start));
}

/** Keys and texts. */
function stringsIn(value: Json): number {
  if (typeof value === 'string') return 1;
  let count = 0;
  if (isList(value)) for (const item of value) count += stringsIn(item);
  else if (isMap(value)) {
    // What JSON.parse makes has no keys but its own, and going through them like this takes half the time.
    for (const key in value) count += 1 + stringsIn(value[key] ?? null);
  }
  return count;
}

function duplicatesIn(text: string, { fields, items }: JsonNode): readonly JsonDuplicate[] {
  const seen = new Map<string, JsonField>();
  const found: JsonDuplicate[] = [];
  for (const field of fields) {
    const first = seen.get(field.key);
    if (first === undefined) seen.set(field.key, field);
    else
      found.push({
        key: field.key,
        start: field.start,
        first: first.start,
        repeats: jsonEqual(valueIn(text, first), valueIn(text, field)),
      });
    found.push(...duplicatesIn(text, field.value));
  }
  for (const item of items) found.push(...duplicatesIn(text, item));
  return found;
}

function valueIn(text: string, { value }: JsonField): Json {
  return jsonOf(parseJson(text.slice(value.start, value.end)));
}
