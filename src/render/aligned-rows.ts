import type { Mark } from '../core/endpoint-changes.ts';
import { displayWidth } from './display-width.ts';
import { hanging } from './hanging.ts';
import { sanitize } from './sanitize.ts';
import type { Style } from './style.ts';

/** One line below an object of a plan. Cells are as they came: this file makes them safe. */
export interface Row {
  readonly mark: Mark;
  readonly cells: readonly string[];
}

/**
 * `  ~ web-2   10.1.0.12   ready`: a sign for what becomes of it, and aligned cells; what ends a line widens no column. `depth`
 * is the number of levels below the object; at `width` columns of a terminal a sentence at the end is broken between words.
 */
export function alignedRows(rows: readonly Row[], style: Style, depth = 1, width?: number): string[] {
  const cells = rows.map((row) => row.cells.map(sanitize));
  const columns = Math.max(0, ...cells.map((line) => line.length));
  const inner = (line: readonly string[], at: number): number => (at < line.length - 1 ? displayWidth(line[at] ?? '') : 0);
  const widths = Array.from({ length: columns }, (_, at) => cells.reduce((widest, line) => Math.max(widest, inner(line, at)), 0));
  const indent = '  '.repeat(depth);
  return rows.map(({ mark }, index) => {
    const line = cells[index] ?? [];
    const padded = line.slice(0, -1).map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - displayWidth(cell) + 3));
    const head = `${signs[mark]} ${padded.join('')}`;
    const last = hanging(line.at(-1) ?? '', width, indent.length + displayWidth(head));
    return indent + paint(mark, style)(`${head}${last}`.trimEnd());
  });
}

const signs: Readonly<Record<Mark, string>> = { same: ' ', added: '+', removed: '-', changed: '~' };

function paint(mark: Mark, style: Style): (text: string) => string {
  switch (mark) {
    case 'same':
      return (text) => text;
    case 'added':
      return style.ok;
    case 'removed':
      return style.bad;
    case 'changed':
      return style.warn;
  }
}
