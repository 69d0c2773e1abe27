import { endOfString } from './json-string-end.ts';

const key = Buffer.from('"fieldsV1":{');
const quote = 0x22;
const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * JSON text in which every entry of `managedFields` says which of `f:spec`, `f:status` and so on it is about, and not which of their
 * fields: nearly all of it is gone before it is parsed. Works on compact JSON as API servers write it; other spellings are simply
 * left alone.
 *
 * The key is recognised by the `{` or `,` before it: inside a string its quotes would be escaped.
 */
export function withShallowManagedFields(json: Buffer): Buffer {
  const kept = Buffer.allocUnsafe(json.length);
  let [from, length] = [0, 0];
  for (let at = json.indexOf(key); at >= 0; at = json.indexOf(key, at)) {
    const before = json[at - 1];
    at += key.length;
    if (before !== comma && before !== openBrace) continue;
    // Behind the brace that was opened first, a second one opens a part, which is emptied.
    let [depth, part] = [1, 0];
    for (; at < json.length && depth > 0; at++) {
      const byte = json[at];
      if (byte === quote) at = endOfString(json, at + 1);
      else if (byte === openBrace && ++depth === 2) part = at + 1;
      else if (byte === closeBrace && --depth === 1) {
        length += json.copy(kept, length, from, part);
        from = at;
      }
    }
  }
  if (from === 0) return json;
  length += json.copy(kept, length, from);
  return kept.subarray(0, length);
}
