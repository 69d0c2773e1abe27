import type { FieldPath } from '../../model/field-path.ts';
import type { Json } from '../../model/object.ts';
import type { Extent } from './written-places.ts';

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
  /** Of a key that is there twice: both say the same. */
  readonly repeats?: boolean;
  /** The line itself and a caret below the place. */
  readonly excerpt?: string;
}

export function isError(problem: TextProblem): boolean {
  return problem.code === 'Syntax' || problem.code === 'Limit';
}

/** A part of one line. */
export interface Span extends Position {
  /** In UTF-16 units; 0 where there is nothing. */
  readonly length: number;
  /** The line itself, cut to a readable width. */
  readonly text: string;
  /** The column of the span in `text`, from 1. */
  readonly textColumn: number;
}

/** One value of a YAML or JSON text, which remembers where its fields were written. */
export interface TextDocument {
  readonly value: Json;
  readonly start: Position;
  /** Where the field's key (or the list's item) stands; of a field that is not there, its nearest parent. */
  positionOf(path: FieldPath): Position;
  /** The same with its text, or the value of the field. A value of several lines ends with its first. */
  spanOf(path: FieldPath, part: 'key' | 'value'): Span;
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

/** A part of a text as it stands on its line. */
export function spanAt(text: string, { start, end }: Extent, at: (offset: number) => Position): Span {
  const { line, before, cut } = lineAround(text, start);
  const length = Math.max(0, Math.min(end - start, line.slice(start - before).trimEnd().length));
  const shown = line.slice(cut, cut + excerptWidth);
  const textColumn = start - before - cut + 1;
  return { ...at(start), length: Math.min(length, Math.max(0, shown.length - textColumn + 1)), text: shown, textColumn };
}

const excerptWidth = 120;

/** The line of a place, cut to a readable width, and below it a caret. */
export function excerptAt(text: string, offset: number): string {
  const { line, before, cut } = lineAround(text, offset);
  const shown = line.slice(cut, cut + excerptWidth).replaceAll('\t', ' ');
  return `${shown}\n${' '.repeat(Math.min(offset - before - cut, shown.length))}^`;
}

/** The line of an offset, where it begins, and how much of it is left out so that the place can be seen. */
function lineAround(text: string, offset: number): { readonly line: string; readonly before: number; readonly cut: number } {
  const before = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  const lineEnd = /[\r\n]/.exec(text.slice(before, before + 100_000));
  const line = lineEnd === null ? text.slice(before) : text.slice(before, before + lineEnd.index);
  return { line, before, cut: line.length <= excerptWidth ? 0 : Math.max(0, offset - before - excerptWidth / 2) };
}

/** The other way round, of a place that `positionsOf` gave. */
export function offsetOf(text: string, { line, column }: Position): number {
  return (lineStarts(text)[line - 1] ?? text.length) + column - 1;
}
