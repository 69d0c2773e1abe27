import type { FieldPath } from '../../model/field-path.ts';
import type { Json } from '../../model/object.ts';

/** Where something stands in a text; both count from 1, columns in UTF-16 units as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What a reader has to say about a text. `Syntax` and `Limit` are errors: the document is not used. */
export interface TextProblem extends Position {
  readonly code: 'Syntax' | 'Limit' | 'DuplicateKey' | 'BooleanWord';
  readonly message: string;
  readonly hint?: string;
  /** The line itself and a caret below the place. */
  readonly excerpt?: string;
}

export function isError(problem: TextProblem): boolean {
  return problem.code === 'Syntax' || problem.code === 'Limit';
}

/** One value of a YAML or JSON text, which remembers where its fields were written. */
export interface TextDocument {
  readonly value: Json;
  readonly start: Position;
  /** Where the field's key (or the list's item) stands; of a field that is not there, its nearest parent. */
  positionOf(path: FieldPath): Position;
}

export interface TextDocuments {
  readonly documents: readonly TextDocument[];
  readonly problems: readonly TextProblem[];
}

/** Turns offsets into positions. CRLF, LF and a lone CR each end a line. */
export function positionsOf(text: string): (offset: number) => Position {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const lineEnd of text.matchAll(/\r\n|[\r\n]/g)) starts.push(lineEnd.index + lineEnd[0].length);
  return starts;
}

const excerptWidth = 120;

/** The line of a place, cut to a readable width, and below it a caret. */
export function excerptAt(text: string, offset: number): string {
  const start = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  const lineEnd = /[\r\n]/.exec(text.slice(start, start + 100_000));
  const line = lineEnd === null ? text.slice(start) : text.slice(start, start + lineEnd.index);
  const cut = Math.max(0, offset - start - excerptWidth / 2);
  const shown = line.slice(cut, cut + excerptWidth).replaceAll('\t', ' ');
  return `${shown}\n${' '.repeat(Math.min(offset - start - cut, shown.length))}^`;
}
