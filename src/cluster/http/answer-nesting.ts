/**
 * How deep JSON text is nested, where that is deeper than `enough` levels; 0 otherwise. Text that is larger than any one object, a long
 * list, is counted only where it may be so deep: deep text nearly always ends with a long run of closing brackets, and to look for
 * such a run costs next to nothing.
 */
export function nestingBeyond(json: Buffer, enough: number): number {
  if (json.length > largestObject && !runs.some((run) => json.includes(run))) return 0;
  const depth = depthOf(json);
  return depth > enough ? depth : 0;
}

/** etcd takes no more than one and a half of them. */
const largestObject = 2 * 1024 * 1024;

/** Objects in objects, lists in lists, and both in turn. */
const runs = ['}', ']', '}]'].map((closing) => Buffer.from(closing.repeat(120 / closing.length)));

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
