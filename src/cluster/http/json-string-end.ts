const quote = 0x22;
const backslash = 0x5c;

/** The offset of the quote that ends the string begun before `from`; of the end of the text where none does. Most are short names. */
export function endOfString(json: Buffer, from: number): number {
  for (let at = from; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === quote) return at;
    if (byte === backslash) at += 1;
  }
  return json.length;
}
