import type { Json } from '../model/object.ts';
import { compareText } from '../model/text-order.ts';
import { displayWidth } from './display-width.ts';
import { sanitize } from './sanitize.ts';

export interface Column<Row> {
  /** Upper case. */
  readonly header: string;
  /** The cell's text, as it came: the table makes it safe and writes `<none>` for the empty text. */
  readonly value: (row: Row) => string;
  /** Shown with `-o wide` only. */
  readonly wide?: boolean;
  /** What `--sort-by=HEADER` compares; the cell's text if nothing is said. */
  readonly order?: (row: Row) => Json;
  /** Colours a finished cell. Widths do not count what it adds. */
  readonly paint?: (cell: string, row: Row) => string;
}

export interface TableOptions {
  readonly wide?: boolean;
  readonly noHeaders?: boolean;
  /** The headers stand there although there is no row. */
  readonly headersAlone?: boolean;
}

/** What kubectl's flags add around a table of objects. */
export interface ObjectColumns<Row> {
  /** `-A`. */
  readonly allNamespaces?: boolean;
  /** The keys of `-L`, in the order given. */
  readonly labelColumns?: readonly string[];
  readonly showLabels?: boolean;
  readonly namespaceOf: (row: Row) => string;
  readonly labelsOf: (row: Row) => Readonly<Record<string, string>>;
}

/**
 * Aligned columns in kubectl's way: a column is as wide as its widest cell and three blanks, at least six; no borders, nothing
 * cut, and (unlike kubectl) no blanks at the end of a line. The empty text without rows, unless `headersAlone`.
 */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], options: TableOptions = {}): string {
  if (rows.length === 0 && (options.headersAlone !== true || options.noHeaders === true)) return '';
  const shown = shownColumns(columns, options);
  const headers = options.noHeaders === true ? [] : [shown.map((column) => column.header)];
  const cells = rows.map((row) => cellsOf(shown, row));
  const widths = columnWidths([...headers, ...cells]);
  const lines = rows.map((row, index) => alignedLine(cells[index] ?? [], widths, (cell, at) => shown[at]?.paint?.(cell, row) ?? cell));
  return `${[...headers.map((header) => alignedLine(header, widths)), ...lines].join('\n')}\n`;
}

/** The columns that `-o wide`, or its absence, shows. */
export function shownColumns<Row>(columns: readonly Column<Row>[], { wide }: Pick<TableOptions, 'wide'>): readonly Column<Row>[] {
  return columns.filter((column) => wide === true || column.wide !== true);
}

/** The cells of one row, safe for a terminal. */
export function cellsOf<Row>(columns: readonly Column<Row>[], row: Row): readonly string[] {
  return columns.map((column) => sanitize(column.value(row)) || '<none>');
}

/** Adds NAMESPACE on the left, label columns and LABELS on the right, as kubectl's flags ask for them. */
export function withObjectColumns<Row>(columns: readonly Column<Row>[], extra: ObjectColumns<Row>): readonly Column<Row>[] {
  const { namespaceOf, labelsOf } = extra;
  const left: Column<Row>[] = extra.allNamespaces === true ? [{ header: 'NAMESPACE', value: namespaceOf }] : [];
  const right: Column<Row>[] = (extra.labelColumns ?? []).map((key) => ({
    header: labelHeader(key),
    value: (row) => ownLabel(labelsOf(row), key),
  }));
  if (extra.showLabels === true) right.push({ header: 'LABELS', value: (row) => labelsText(labelsOf(row)) });
  return [...left, ...columns, ...right];
}

/** `app=web,tier=front`, sorted by key; `<none>` without labels. */
export function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).sort(([one], [other]) => compareText(one, other));
  return pairs.length === 0 ? '<none>' : pairs.map(([key, value]) => `${key}=${value}`).join(',');
}

const gap = 3;
const narrowest = 6;

/** How wide the columns of these lines are; `least` is what they were so far. */
export function columnWidths(lines: readonly (readonly string[])[], least: readonly number[] = []): readonly number[] {
  const columns = lines.reduce((most, line) => Math.max(most, line.length), least.length);
  return Array.from({ length: columns }, (_, index) =>
    lines.reduce((widest, line) => Math.max(widest, displayWidth(line[index] ?? '') + gap), Math.max(narrowest, least[index] ?? 0)),
  );
}

export function alignedLine(
  cells: readonly string[],
  widths: readonly number[],
  paint: (cell: string, at: number) => string = (cell) => cell,
): string {
  const last = cells.length - 1;
  return cells
    .map((cell, at) => {
      const painted = paint(cell, at);
      return at === last ? painted : painted + ' '.repeat(Math.max(0, (widths[at] ?? 0) - displayWidth(cell)));
    })
    .join('')
    .trimEnd();
}

/** `APP` for both `app` and `example.com/app`. */
function labelHeader(key: string): string {
  return sanitize(key.slice(key.lastIndexOf('/') + 1)).toUpperCase();
}

/** Beware: a label may be called `constructor`, and then it is the object's own or it is not there. */
function ownLabel(labels: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(labels, key) ? (labels[key] ?? '') : '';
}
