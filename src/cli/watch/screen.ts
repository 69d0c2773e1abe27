import { displayWidth } from '../../render/display-width.ts';
import type { TextSink } from '../io.ts';

/** Some lines at the end of a terminal that are written over; what stands above them is never touched. */
export interface Screen {
  draw(lines: readonly string[]): void;
}

const esc = '\x1b';
/** What our own styles put around text: the text itself was made safe. */
const colours = new RegExp(`${esc}\\[[0-9;]*m`, 'g');

/**
 * Writes only the lines that are other than before. Lines that are longer than the terminal is wide wrap, and take several rows of
 * it; more rows than the terminal has cannot be written over, so what does not fit is counted instead.
 */
export function screenOn(sink: TextSink): Screen {
  let drawn: readonly string[] = [];
  return {
    draw(lines) {
      const columns = Math.max(1, sink.columns ?? 80);
      const fitting = whatFits(lines, columns, Math.max(3, (sink.rows ?? 24) - 1));
      const up = drawn.reduce((rows, line) => rows + rowsOf(line, columns), 0);
      const parts = up === 0 ? [] : [`${esc}[${up}A`];
      let sameHeights = true;
      for (const [index, line] of fitting.entries()) {
        const before = drawn[index];
        sameHeights &&= before !== undefined && rowsOf(before, columns) === rowsOf(line, columns);
        if (before === line && sameHeights) parts.push(`${esc}[${rowsOf(line, columns)}B`);
        else parts.push(sameHeights && rowsOf(line, columns) === 1 ? `${line}${esc}[K\n` : `${esc}[J${line}\n`);
      }
      if (fitting.length < drawn.length) parts.push(`${esc}[J`);
      drawn = fitting;
      if (parts.length > 0) sink.write(`${up === 0 ? '' : '\r'}${parts.join('')}`);
    },
  };
}

function rowsOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(displayWidth(line.replace(colours, '')) / columns));
}

function whatFits(lines: readonly string[], columns: number, rows: number): readonly string[] {
  let used = 0;
  let kept = 0;
  for (const line of lines) {
    used += rowsOf(line, columns);
    if (used > rows) break;
    kept += 1;
  }
  if (kept === lines.length) return lines;
  // The last row tells of the rest.
  while (kept > 0 && lines.slice(0, kept).reduce((sum, line) => sum + rowsOf(line, columns), 0) > rows - 1) kept -= 1;
  return [...lines.slice(0, kept), `… ${lines.length - kept} more lines: make the window taller`];
}
