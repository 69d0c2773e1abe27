import { displayWidth, padEnd } from './display-width.ts';
import { wrap } from './wrap.ts';

/**
 * A sentence whose first `indent` columns are taken, wrapped at `columns` with the lines behind the first indented. In a pipe, one line.
 * @param start what the lines behind the first begin with, within their indentation
 */
export function hanging(text: string, columns: number | undefined, indent: number, start = ''): string {
  const room = (columns ?? 0) - indent;
  return columns === undefined || room < 20 ? text : wrap(text, room).join(`\n${padEnd(start, indent)}`);
}

/**
 * A line that may begin with blanks, or have blanks between its columns, wrapped likewise: one that fits stays as it is.
 */
export function hangingLine(line: string, columns: number | undefined, indent: number): string {
  if (columns === undefined || indent + displayWidth(line) <= columns) return line;
  const text = line.trimStart();
  const blanks = line.length - text.length;
  return `${' '.repeat(blanks)}${hanging(text, columns, indent + blanks)}`;
}

/** Advice that may say what to type, with a gap before what that is for: the former stays in one line, to be copied. */
export function hangingAdvice(text: string, columns: number | undefined, indent: number): string {
  const [, typed, purpose] = /^(.*?\S) {3,}(\S.*)$/.exec(text) ?? [];
  if (typed === undefined || purpose === undefined) return hanging(text, columns, indent);
  if (columns === undefined || indent + displayWidth(text) <= columns) return text;
  return `${typed}\n${' '.repeat(indent)}${hanging(purpose, columns, indent)}`;
}

/** A sentence, and behind it what introduces a command to paste: on a line of its own where a terminal would break it. */
export function withCommand(sentence: string, command: string, columns: number | undefined): string {
  const line = `${sentence} ${command}`;
  return columns === undefined || displayWidth(line) <= columns ? line : `${hanging(sentence, columns, 0)}\n${command}`;
}
