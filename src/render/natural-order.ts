/**
 * Texts in the order a reader expects: runs of digits compare as numbers (`web-2` before `web-10`), digits come before everything
 * else, of equal numbers the one with fewer leading zeros comes first.
 * Mirrors NaturalLess, which kubectl sorts by.
 */
export function compareNaturally(one: string, other: string): number {
  const left = one.match(pieces) ?? [];
  const right = other.match(pieces) ?? [];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = comparePieces(left[at] ?? '', right[at] ?? '');
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

const pieces = /\d+|\D/gu;

function comparePieces(one: string, other: string): number {
  const areDigits = [one, other].map((piece) => /^\d/.test(piece));
  if (areDigits[0] !== areDigits[1]) return areDigits[0] === true ? -1 : 1;
  if (areDigits[0] !== true) return (one.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
  const [left, right] = [one.replace(/^0+/, ''), other.replace(/^0+/, '')];
  if (left.length !== right.length) return left.length - right.length;
  if (left !== right) return left < right ? -1 : 1;
  return one.length - other.length;
}
