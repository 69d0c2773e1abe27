/**
 * How deep JSON text is nested, counted only where it may be deeper than `enough` levels: so deep a text nearly always ends with a
 * long run of closing brackets, and to look for such a run costs next to nothing. 0 otherwise.
 */
export function nestingBeyond(json: Buffer, enough: number): number {
  if (!runs.some((run) => json.includes(run))) return 0;
  const depth = depthOf(json);
  return depth > enough ? depth : 0;
}

/** Objects in objects, lists in lists, and both in turn. */
const runs = ['}', ']', '}]'].map((closing) => Buffer.from(closing.repeat(120 / closing.length)));

const quote = 0x22;
const backslash = 0x5c;
const opening = new Set(Buffer.from('{['));
const closing = new Set(Buffer.from('}]'));

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
    else if (opening.has(byte)) deepest = Math.max(deepest, ++depth);
    else if (closing.has(byte)) depth -= 1;
  }
  return deepest;
}
