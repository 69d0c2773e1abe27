import type { ServiceTrace } from '../../core/trace/trace.ts';
import { type Column, cellsOf } from '../../render/table.ts';

/** One service as a line of a table that is watched. */
export interface TableRow {
  /** Of the object: a namesake that came later is another one. */
  readonly key: string;
  /** Its place in the order of the table. */
  readonly place: string;
  readonly version: string;
  readonly cells: readonly string[];
  /** Which cells change by themselves as time goes by. */
  readonly ages: ReadonlySet<number>;
  readonly paint: (cell: string, at: number) => string;
  /** The same row with another word in the column of the status. */
  asDeleted(word: string): TableRow;
}

export function tableRow(trace: ServiceTrace, columns: readonly Column<ServiceTrace>[]): TableRow {
  const { uid = '', namespace = '', name, resourceVersion = '' } = trace.vmService.metadata;
  const status = columns.findIndex(({ header }) => header === 'STATUS');
  const row: Omit<TableRow, 'asDeleted'> = {
    key: uid,
    place: `${namespace}\0${name}`,
    version: resourceVersion,
    cells: cellsOf(columns, trace),
    ages: new Set(columns.flatMap(({ header }, at) => (header === 'AGE' ? [at] : []))),
    paint: (cell, at) => columns[at]?.paint?.(cell, trace) ?? cell,
  };
  const asDeleted = (word: string): TableRow => ({
    ...row,
    cells: row.cells.with(status, word),
    paint: (cell) => cell,
    asDeleted,
  });
  return { ...row, asDeleted };
}
