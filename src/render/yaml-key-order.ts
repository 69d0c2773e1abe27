/**
 * The order of keys in the YAML that kubectl prints: as text, but runs of digits compare as numbers (`a2` before `a10`), and other
 * signs come before letters.
 * Mirrors keyList.Less of go-yaml 2; only the first difference counts.
 */
export function compareYamlKeys(one: string, other: string): number {
  const left = [...one];
  const right = [...other];
  const at = left.findIndex((character, index) => character !== right[index]);
  const a = left[at];
  const b = right[at];
  if (a === undefined || b === undefined) return left.length - right.length;

  if (isLetter(a) && isLetter(b)) return (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0);
  if (isLetter(a) || isLetter(b)) return isLetter(b) ? -1 : 1;

  // A zero inside a number is a digit of it: `100` and `10` differ by their value, `007` and `07` by their length.
  const lead = (a === '0' || b === '0') && /[1-9]\d*$/u.test(left.slice(0, at).join('')) ? '1' : '';
  const leftDigits = digitsFrom(left, at);
  const rightDigits = digitsFrom(right, at);
  const difference = BigInt(`${lead}${leftDigits}` || '0') - BigInt(`${lead}${rightDigits}` || '0');
  if (difference !== 0n) return difference < 0n ? -1 : 1;
  return leftDigits.length - rightDigits.length || (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0);
}

function isLetter(character: string): boolean {
  return /^\p{L}$/u.test(character);
}

function digitsFrom(characters: readonly string[], start: number): string {
  return /^[0-9]*/.exec(characters.slice(start).join(''))?.[0] ?? '';
}
