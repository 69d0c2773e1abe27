import { isList, type Json } from '../../model/object.ts';

/** Whether a value is nested more than so many levels deep, found out without going any deeper. */
export function isNestedBeyond(value: Json | undefined, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (isList(value)) {
    for (const item of value) if (isNestedBeyond(item, levels - 1)) return true;
    return false;
  }
  // What JSON.parse makes has no keys but its own.
  for (const key in value) if (isNestedBeyond(value[key], levels - 1)) return true;
  return false;
}

/** How deep JSON text is nested, where that is deeper than `enough` levels; 0 otherwise. It costs several times what a look at the value does. */
export function nestingBeyond(json: Buffer, enough: number): number {
  const depth = depthOf(json);
  return depth > enough ? depth : 0;
}

const quote = 0x22;
const backslash = 0x5c;
/** What each byte adds to the depth. */
const steps = new Int8Array(256);
for (const byte of Buffer.from('{[')) steps[byte] = 1;
for (const byte of Buffer.from('}]')) steps[byte] = -1;

function depthOf(json: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0;
    if (quoted) {
      if (byte === backslash) at += 1;
      else quoted = byte !== quote;
    } else if (byte === quote) quoted = true;
    else {
      depth += steps[byte] ?? 0;
      if (depth > deepest) deepest = depth;
    }
  }
  return deepest;
}
