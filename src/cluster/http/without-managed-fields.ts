import { endOfString } from './json-string-end.ts';

const key = Buffer.from('"managedFields":[');
const quote = 0x22;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const openBrace = 0x7b;

/**
 * JSON text without its `managedFields` arrays, cut out before it is parsed: they are half of every object and nobody
 * looks at them in a list. Works on compact JSON as API servers write it; other spellings are simply left alone.
 *
 * The key is recognised by the `{` or `,` before it: inside a string its quotes would be escaped.
 */
export function withoutManagedFields(json: Buffer): Buffer {
  const kept: Buffer[] = [];
  let from = 0;
  for (let at = json.indexOf(key); at >= 0; at = json.indexOf(key, at)) {
    const before = json[at - 1];
    const end = before === comma || before === openBrace ? endOfArray(json, at + key.length) : undefined;
    if (end === undefined) {
      at += key.length;
      continue;
    }
    if (json[end] === comma) {
      kept.push(json.subarray(from, at));
      from = end + 1;
    } else {
      kept.push(json.subarray(from, before === comma ? at - 1 : at));
      from = end;
    }
    at = end;
  }
  if (from === 0) return json;
  kept.push(json.subarray(from));
  return Buffer.concat(kept);
}

/** The offset behind the array that was opened before `from`; undefined when the text ends within it. */
function endOfArray(json: Buffer, from: number): number | undefined {
  let depth = 1;
  for (let at = from; at < json.length; at++) {
    const byte = json[at];
    if (byte === quote) {
      at = endOfString(json, at + 1);
    } else if (byte === openBracket) depth++;
    else if (byte === closeBracket && --depth === 0) return at + 1;
  }
  return undefined;
}
