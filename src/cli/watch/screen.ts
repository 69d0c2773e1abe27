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
export function screenOn(sink: Pick<TextSink, 'write' | 'columns' | 'rows'>): Screen {
  let drawn: readonly string[] = [];
  return {
    draw(lines) {
      // A terminal that does not know its size says that it has none.
      const columns = sink.columns || 80;
      const fitting = whatFits(lines, columns, Math.max(3, (sink.rows || 24) - 1));
      const up = drawn.reduce((rows, line) => rows + rowsOf(line, columns), 0);
      const parts = up === 0 ? [] : [`${esc}[${up}A`];
      let inPlace = true;
      for (const [index, line] of fitting.entries()) {
        const before = drawn[index];
        const rows = rowsOf(line, columns);
        const fitsIn = before !== undefined && rowsOf(before, columns) === rows;
        if (inPlace && fitsIn && before === line) parts.push(`${esc}[${rows}B`);
        else if (inPlace && fitsIn && rows === 1) parts.push(`${line}${esc}[K\n`);
        else {
          // From here on nothing is where it was.
          parts.push(inPlace && index < drawn.length ? `${esc}[J${line}\n` : `${line}\n`);
          inPlace = false;
        }
      }
      if (inPlace && fitting.length < drawn.length) parts.push(`${esc}[J`);
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
