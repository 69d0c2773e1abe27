import Table from 'cli-table3';
import { sanitize } from './sanitize.ts';
import type { Style } from './style.ts';

/** A cell, and the meaning of its colour if it has one. */
export type FramedCell = string | { readonly text: string; readonly paint: (text: string) => string };

/**
 * A few rows for people, set apart from the text around them: one line below the head, nothing else drawn.
 * Beware: this loads cli-table3, which takes seconds for thousands of rows. Listings are `renderTable`'s.
 */
export function renderFramedTable(head: readonly string[], rows: readonly (readonly FramedCell[])[], style: Style): string {
  const line = style.glyphs.rail === '│' ? '─' : '-';
  const table = new Table({
    head: head.map((title) => style.strong(sanitize(title))),
    chars: { ...noLines, mid: line, 'mid-mid': line.repeat(3) },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  const painted = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? sanitize(cell) : cell.paint(sanitize(cell.text)))));
  table.push(...painted);
  return `${table
    .toString()
    .split('\n')
    .map((text) => text.trimEnd())
    .join('\n')}\n`;
}

const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  right: '',
  'right-mid': '',
  middle: '   ',
};
