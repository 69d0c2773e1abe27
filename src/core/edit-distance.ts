/**
 * Damerau-Levenshtein with adjacent swaps; for short texts, as its cost is the product of their lengths. Where it is more than `most`,
 * it may be given up: then all that is known of the answer is that it is more.
 */
export function editDistance(left: string, right: string, most = Number.POSITIVE_INFINITY): number {
  if (Math.abs(left.length - right.length) > most) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  let [leastBefore, least] = [0, 0];
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    [beforeLast, last] = [last, row];
    [leastBefore, least] = [least, Math.min(...row)];
    // Every way on leads through one of these two rows.
    if (least > most && leastBefore > most) return Number.POSITIVE_INFINITY;
  }
  return last[right.length] ?? 0;
}
