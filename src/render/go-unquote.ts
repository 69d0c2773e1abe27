/**
 * The text that a quoted Go string stands for, in double or single quotes; undefined when it is not one.
 * Takes `\n`, `\t` and their like, `\x41`, `\101`, `\u00e9`, `\U0001f600`, a backslash, and the quote itself.
 */
export function unquoteGo(quoted: string): string | undefined {
  const quote = quoted[0] ?? '';
  const bytes: number[] = [];
  const inside = quoted.slice(1, -1);
  for (const { 0: piece } of inside.matchAll(/\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{3}|[\s\S])|[^\\]+|\\$/g)) {
    const decoded = piece.startsWith('\\') ? decodeEscape(piece.slice(1), quote) : piece.includes(quote) ? undefined : encode(piece);
    if (decoded === undefined) return undefined;
    for (const byte of decoded) bytes.push(byte);
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

function decodeEscape(escaped: string, quote: string): Iterable<number> | undefined {
  const simple = simpleEscapes.get(escaped) ?? (escaped === quote ? quote : undefined);
  if (simple !== undefined) return encode(simple);
  if (/^x[\da-f]{2}$/i.test(escaped)) return [Number.parseInt(escaped.slice(1), 16)];
  if (/^[0-7]{3}$/.test(escaped)) return Number.parseInt(escaped, 8) > 0xff ? undefined : [Number.parseInt(escaped, 8)];
  if (/^(u[\da-f]{4}|U[\da-f]{8})$/i.test(escaped)) return encodeRune(Number.parseInt(escaped.slice(1), 16));
  return undefined;
}

function encodeRune(code: number): Iterable<number> | undefined {
  return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? undefined : encode(String.fromCodePoint(code));
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const simpleEscapes = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
]);
