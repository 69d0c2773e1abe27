import { alignedLine, columnWidths } from '../../render/table.ts';
import type { TableRow } from './table-row.ts';

/** What a row is printed for. */
export type RowEvent = 'ADDED' | 'MODIFIED' | 'DELETED';

/** The lines of a table that grows at its end: what is new or other than before, and what is gone. */
export interface AppendedRows {
  /** `existing`: keys of all objects, also of those that are not shown. */
  take(rows: readonly TableRow[], existing: ReadonlySet<string>): readonly string[];
}

/**
 * The header comes once, above the first line; columns grow where a later line needs more room, and never shrink.
 * @param silent what is there at first is not printed
 */
export function appendedRows(options: {
  readonly headers: readonly string[] | undefined;
  readonly withEvents: boolean;
  readonly silent: boolean;
}): AppendedRows {
  const known = new Map<string, TableRow>();
  let widths = options.withEvents ? columnWidths([['MODIFIED']]) : [];
  let header = options.headers;
  let silent = options.silent;
  return {
    take(rows, existing) {
      const events = changes(known, rows, existing);
      if (silent) {
        silent = false;
        return [];
      }
      if (events.length === 0) return [];
      const lines = events.map(({ event, row }) => ({ row, cells: [...(options.withEvents ? [event] : []), ...row.cells] }));
      const head = header === undefined ? [] : [[...(options.withEvents ? ['EVENT'] : []), ...header]];
      widths = columnWidths([...head, ...lines.map(({ cells }) => cells)], widths);
      header = undefined;
      const shift = options.withEvents ? 1 : 0;
      return [
        ...head.map((cells) => alignedLine(cells, widths)),
        ...lines.map(({ row, cells }) => alignedLine(cells, widths, (cell, at) => row.paint(cell, at - shift))),
      ];
    },
  };
}

interface Change {
  readonly event: RowEvent;
  readonly row: TableRow;
}

function changes(known: Map<string, TableRow>, rows: readonly TableRow[], existing: ReadonlySet<string>): readonly Change[] {
  const present = new Set(rows.map(({ key }) => key));
  const left = [...known.values()].filter(({ key }) => !present.has(key));
  for (const { key } of left) known.delete(key);
  const gone = left.filter(({ key }) => !existing.has(key)).map((row): Change => ({ event: 'DELETED', row: row.asDeleted('Deleted') }));
  const changed = rows.flatMap((row): Change[] => {
    const before = known.get(row.key);
    known.set(row.key, row);
    if (before === undefined) return [{ event: 'ADDED', row }];
    return before.version === row.version && sameCells(before, row) ? [] : [{ event: 'MODIFIED', row }];
  });
  return [...gone, ...changed];
}

/** Cells that only time changes do not count. */
function sameCells(before: TableRow, row: TableRow): boolean {
  return row.cells.every((cell, at) => row.ages.has(at) || before.cells[at] === cell);
}
