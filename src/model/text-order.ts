/** The order of two texts by their UTF-16 code units, which is byte order for ASCII: no locale, the same on every machine. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
