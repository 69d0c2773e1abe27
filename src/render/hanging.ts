import { wrap } from './wrap.ts';

/**
 * A sentence whose first `indent` columns are taken, wrapped at `columns` with the lines behind the first indented. In a pipe, one line.
 */
export function hanging(text: string, columns: number | undefined, indent: number): string {
  const room = (columns ?? 0) - indent;
  return columns === undefined || room < 20 ? text : wrap(text, room).join(`\n${' '.repeat(indent)}`);
}
