import type { Json } from '../model/object.ts';
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
 * cut, and (unlike kubectl) no blanks at the end of a line. The empty text without rows.
 */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], options: TableOptions = {}): string {
  if (rows.length === 0) return '';
  const shown = columns.filter((column) => options.wide === true || column.wide !== true);
  const headers = options.noHeaders === true ? undefined : shown.map((column) => column.header);
  const cells = rows.map((row) => shown.map((column) => sanitize(column.value(row)) || '<none>'));
  const measured = headers === undefined ? cells : [headers, ...cells];
  const widths = shown.map((_, index) => columnWidth(index, measured));

  const lines = cells.map((line, index) => {
    const row = rows[index];
    return alignedLine(line, widths, (cell, at) => {
      const paint = shown[at]?.paint;
      return paint === undefined || row === undefined ? cell : paint(cell, row);
    });
  });
  if (headers !== undefined) lines.unshift(alignedLine(headers, widths, (header) => header));
  return `${lines.join('\n')}\n`;
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
  const pairs = Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1));
  return pairs.length === 0 ? '<none>' : pairs.map(([key, value]) => `${key}=${value}`).join(',');
}

const gap = 3;
const narrowest = 6;

function columnWidth(index: number, lines: readonly (readonly string[])[]): number {
  let widest = 0;
  for (const line of lines) widest = Math.max(widest, displayWidth(line[index] ?? ''));
  return Math.max(narrowest, widest + gap);
}

function alignedLine(cells: readonly string[], widths: readonly number[], paint: (cell: string, at: number) => string): string {
  const last = cells.length - 1;
  return cells
    .map((cell, at) => {
      const painted = paint(cell, at);
      return at === last ? painted : painted + ' '.repeat((widths[at] ?? 0) - displayWidth(cell));
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
