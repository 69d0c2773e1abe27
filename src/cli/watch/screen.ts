import { counted } from '../../core/counted.ts';
import { rowsOf } from '../../render/display-width.ts';
import type { TextSink } from '../io.ts';

/** Some lines at the end of a terminal that are written over; what stands above them is never touched. */
export interface Screen {
  /** `foot` is seen even where the lines do not fit. */
  draw(lines: readonly string[], foot?: string): void;
}

const esc = '\x1b';
/** What our own styles put around text: the text itself was made safe. */
const colours = new RegExp(`${esc}\\[[0-9;]*m`, 'g');

/**
 * Writes only the lines that are other than before. Lines that are longer than the terminal is wide wrap, and take several rows of
 * it; more rows than the terminal has cannot be written over, so what does not fit is counted instead.
 *
 * A terminal that was made wider or narrower has wrapped its lines anew, as nearly all do, and one that was made lower may have
 * scrolled some of them away: then all is written anew, from where the first one is now, or from the top of what is left.
 */
export function screenOn(sink: Pick<TextSink, 'write' | 'columns' | 'rows'>): Screen {
  let drawn: readonly string[] = [];
  let width = 0;
  let tall = 0;
  /** Rows that scrolled away when the terminal was made lower: it shows them again when it is made taller. */
  let away = 0;
  return {
    draw(lines, foot) {
      // A terminal that does not know its size says that it has none.
      const columns = sink.columns || 80;
      const height = sink.rows || 24;
      const footRows = foot === undefined ? 0 : shownRows(foot, columns);
      const fitting = [...whatFits(lines, columns, Math.max(1, height - 1 - footRows)), ...(foot === undefined ? [] : [foot])];
      const taken = drawn.reduce((rows, line) => rows + shownRows(line, columns), 0);
      const isResized = width !== columns || tall !== height;
      const up = taken + (isResized ? away : 0);
      away = Math.max(0, away - Math.max(0, height - tall)) + Math.max(0, taken - (height - 1));
      width = columns;
      tall = height;
      const parts = up === 0 ? [] : ['\r', `${esc}[${up}A`];
      let inPlace = !isResized;
      if (isResized && up > 0) parts.push(`${esc}[J`);
      for (const [index, line] of fitting.entries()) {
        const before = drawn[index];
        const rows = shownRows(line, columns);
        const fitsIn = before !== undefined && shownRows(before, columns) === rows;
        if (inPlace && fitsIn && before === line) parts.push(`${esc}[${rows}B`);
        // Erased first: behind a line that fills its row, a terminal would erase its last letter.
        else if (inPlace && fitsIn && rows === 1) parts.push(`${esc}[K${line}\n`);
        else {
          // From here on nothing is where it was.
          parts.push(inPlace && index < drawn.length ? `${esc}[J${line}\n` : `${line}\n`);
          inPlace = false;
        }
      }
      if (inPlace && fitting.length < drawn.length) parts.push(`${esc}[J`);
      drawn = fitting;
      if (parts.length > 0) sink.write(parts.join(''));
    },
  };
}

function shownRows(line: string, columns: number): number {
  return rowsOf(line.replace(colours, ''), columns);
}

function whatFits(lines: readonly string[], columns: number, rows: number): readonly string[] {
  let used = 0;
  let kept = 0;
  for (const line of lines) {
    used += shownRows(line, columns);
    if (used > rows) break;
    kept += 1;
  }
  if (kept === lines.length) return lines;
  // The last row tells of the rest.
  while (kept > 0 && lines.slice(0, kept).reduce((sum, line) => sum + shownRows(line, columns), 0) > rows - 1) kept -= 1;
  return [...lines.slice(0, kept), countLine(lines.length - kept, columns)];
}

/** Must not wrap: then it would not fit either. */
function countLine(count: number, columns: number): string {
  const words = `... ${counted(count, 'more line')}: make the window taller`;
  return words.length <= columns ? words : `... ${count} more`.slice(0, columns);
}
