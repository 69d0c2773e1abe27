import { humanDuration } from '../../core/human-duration.ts';
import { compareText } from '../../model/text-order.ts';
import type { Style } from '../../render/style.ts';
import { alignedLine, columnWidths } from '../../render/table.ts';
import type { TableRow } from './table-row.ts';

/** Milliseconds for which a changed cell stands out, and for which a deleted row stays. */
const changedFor = 3_000;
const deletedFor = 10_000;

/** A table that is written over: it remembers for a while what has changed in it. */
export interface LiveRows {
  /**
   * The lines at that moment, in milliseconds. `rows` are those that are shown now, in their order; `existing` are the keys of all
   * objects, also of those that are not shown.
   */
  lines(rows: readonly TableRow[], existing: ReadonlySet<string>, at: number): readonly string[];
}

interface Shown {
  readonly row: TableRow;
  /** When each cell last changed. */
  readonly changed: readonly number[];
  readonly deleted: number | undefined;
}

export function liveRows(headers: readonly string[] | undefined, style: Style): LiveRows {
  let shown = new Map<string, Shown>();
  let isFirst = true;
  return {
    lines(rows, existing, at) {
      const next = new Map<string, Shown>();
      for (const row of rows) next.set(row.key, takenIn(row, shown.get(row.key), isFirst ? Number.NEGATIVE_INFINITY : at));
      for (const [key, { row, changed, deleted = at }] of shown) {
        if (!next.has(key) && !existing.has(key) && at - deleted < deletedFor) next.set(key, { row, changed, deleted });
      }
      shown = inOrder(rows, next);
      isFirst = false;
      const lines = [...shown.values()].map((one) => lineOf(one, at, style));
      const head = headers === undefined || lines.length === 0 ? [] : [headers];
      const widths = columnWidths([...head, ...lines.map(({ cells }) => cells)]);
      return [
        ...head.map((cells) => alignedLine(cells, widths)),
        ...lines.map(({ cells, paint, whole }) => whole(alignedLine(cells, widths, paint))),
      ];
    },
  };
}

function takenIn(row: TableRow, before: Shown | undefined, at: number): Shown {
  const changed = row.cells.map((cell, index) => {
    if (before === undefined) return at;
    const isOther = !row.ages.has(index) && before.row.cells[index] !== cell;
    return isOther ? at : (before.changed[index] ?? at);
  });
  return { row, changed, deleted: undefined };
}

/** Deleted rows stay where they were, by their names. */
function inOrder(rows: readonly TableRow[], shown: ReadonlyMap<string, Shown>): Map<string, Shown> {
  const order = new Map<string, Shown>();
  const gone = [...shown.values()].filter(({ deleted }) => deleted !== undefined);
  const waiting = gone.toSorted((left, right) => compareText(left.row.place, right.row.place));
  for (const row of rows) {
    for (let first = waiting[0]; first !== undefined && first.row.place < row.place; first = waiting[0]) {
      order.set(first.row.key, first);
      waiting.shift();
    }
    const current = shown.get(row.key);
    if (current !== undefined) order.set(row.key, current);
  }
  for (const one of waiting) order.set(one.row.key, one);
  return order;
}

function lineOf({ row, changed, deleted }: Shown, at: number, style: Style) {
  if (deleted !== undefined) {
    const gone = row.asDeleted(`deleted ${humanDuration(at - deleted)} ago`);
    return { cells: gone.cells, paint: gone.paint, whole: style.dim };
  }
  const paint = (cell: string, index: number): string => {
    const painted = row.paint(cell, index);
    return at - (changed[index] ?? Number.NEGATIVE_INFINITY) < changedFor ? style.strong(painted) : painted;
  };
  return { cells: row.cells, paint, whole: (line: string) => line };
}
