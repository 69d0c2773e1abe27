/** One side of a comparison. */
export interface DiffSide {
  /** Stands in the header, such as a file's name. */
  readonly name: string;
  readonly text: string;
}

/**
 * The difference of two texts as `diff -u` writes it, three lines of context; the empty text when they are equal.
 * The texts are put out as they are: make them safe before.
 */
export function renderUnifiedDiff(before: DiffSide, after: DiffSide): string {
  if (before.text === after.text) return '';
  const edits = editLines(linesOf(before.text), linesOf(after.text));
  const hunks = hunksOf(edits).map(hunkText).join('');
  return `--- ${before.name}\n+++ ${after.name}\n${hunks}`;
}

/** The lines that go and that come from one text to the other, in their order, without what stays. */
export function changedLines(before: string, after: string): readonly { readonly sign: '-' | '+'; readonly line: string }[] {
  return editLines(linesOf(before), linesOf(after)).flatMap(({ sign, line }) =>
    sign === ' ' ? [] : [{ sign, line: line.replace(/\n$/, '') }],
  );
}

const contextLines = 3;

/** A line that stays, goes or comes, with its line feed if it has one; positions count from 0. */
interface Edit {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
  readonly before: number;
  readonly after: number;
}

/** Lines keep their line feed, so that a last line without one differs from the same line with it. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function editLines(before: readonly string[], after: readonly string[]): readonly Edit[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;

  const middle = signsOf(before.slice(start, before.length - end), after.slice(start, after.length - end));
  const signs = [...repeated(' ', start), ...middle, ...repeated(' ', end)];
  let [left, right] = [0, 0];
  return signs.map((sign) => {
    const edit = { sign, line: (sign === '+' ? after[right] : before[left]) ?? '', before: left, after: right };
    if (sign !== '+') left++;
    if (sign !== '-') right++;
    return edit;
  });
}

type Sign = Edit['sign'];

/** Texts that differ in more lines than this are replaced whole: nobody reads such a difference line by line. */
const mostEdits = 2000;

/**
 * How far into `before` some number of edits leads, for each diagonal `k` (lines taken from `before` less lines taken from `after`).
 * With `edits` edits to come, `k` goes from `-edits - 1` to `edits + 1`, and -1 means nowhere.
 */
type Reach = Int32Array;

function reachAt(reach: Reach, edits: number, k: number): number {
  return reach[k + edits + 1] ?? -1;
}

/** The shortest way from one list of lines to the other, by Myers' greedy algorithm. */
function signsOf(before: readonly string[], after: readonly string[]): readonly Sign[] {
  const steps: Reach[] = [];
  let reach: Reach = Int32Array.of(-1, -1, 0);
  for (let edits = 0; edits <= Math.min(before.length + after.length, mostEdits); edits++) {
    steps.push(reach);
    const next: Reach = new Int32Array(2 * edits + 5).fill(-1);
    for (let k = -edits; k <= edits; k += 2) {
      let x = insertsAt(reach, edits, k) ? reachAt(reach, edits, k + 1) : reachAt(reach, edits, k - 1) + 1;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x++;
      next[k + edits + 2] = x;
      if (x >= before.length && x - k >= after.length) return tracedBack(steps, before.length, after.length);
    }
    reach = next;
  }
  return [...repeated('-', before.length), ...repeated('+', after.length)];
}

/** Whether the best way to the diagonal `k` inserts a line rather than deletes one. */
function insertsAt(reach: Reach, edits: number, k: number): boolean {
  return k === -edits || (k !== edits && reachAt(reach, edits, k - 1) < reachAt(reach, edits, k + 1));
}

function tracedBack(steps: readonly Reach[], beforeLength: number, afterLength: number): readonly Sign[] {
  const signs: Sign[] = [];
  let x = beforeLength;
  let k = beforeLength - afterLength;
  for (let edits = steps.length - 1; edits > 0; edits--) {
    const reach = steps[edits] ?? Int32Array.of();
    const inserts = insertsAt(reach, edits, k);
    const from = reachAt(reach, edits, inserts ? k + 1 : k - 1);
    signs.push(...repeated(' ', x - from - (inserts ? 0 : 1)), inserts ? '+' : '-');
    x = from;
    k += inserts ? 1 : -1;
  }
  signs.push(...repeated(' ', x));
  return signs.reverse();
}

/** Changes with their context; those whose contexts touch share a hunk. */
function hunksOf(edits: readonly Edit[]): readonly (readonly Edit[])[] {
  const hunks: { start: number; end: number }[] = [];
  for (const [at, { sign }] of edits.entries()) {
    if (sign === ' ') continue;
    const last = hunks.at(-1);
    if (last !== undefined && at - contextLines <= last.end) last.end = at + contextLines + 1;
    else hunks.push({ start: Math.max(0, at - contextLines), end: at + contextLines + 1 });
  }
  return hunks.map(({ start, end }) => edits.slice(start, end));
}

function hunkText(edits: readonly Edit[]): string {
  const first = edits[0];
  const before = edits.filter(({ sign }) => sign !== '+').length;
  const after = edits.filter(({ sign }) => sign !== '-').length;
  const head = `@@ -${range(first?.before ?? 0, before)} +${range(first?.after ?? 0, after)} @@\n`;
  return (
    head +
    edits.map(({ sign, line }) => (line.endsWith('\n') ? `${sign}${line}` : `${sign}${line}\n\\ No newline at end of file\n`)).join('')
  );
}

/** A range of no lines is named by the line before it, one of a single line without its length. */
function range(start: number, length: number): string {
  if (length === 1) return String(start + 1);
  return `${length === 0 ? start : start + 1},${length}`;
}

function repeated(sign: Sign, count: number): readonly Sign[] {
  return Array.from({ length: count }, () => sign);
}
