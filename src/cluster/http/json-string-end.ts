const quote = 0x22;
const backslash = 0x5c;

/** The offset of the quote that ends the string begun before `from`; of the end of the text where none does. */
export function endOfString(json: Buffer, from: number): number {
  let at = json.indexOf(quote, from);
  while (at > 0 && isEscaped(json, at)) at = json.indexOf(quote, at + 1);
  return at < 0 ? json.length : at;
}

function isEscaped(json: Buffer, at: number): boolean {
  let backslashes = 0;
  while (json[at - 1 - backslashes] === backslash) backslashes++;
  return backslashes % 2 === 1;
}
