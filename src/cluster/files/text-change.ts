import type { Edit } from '../../core/repair/edit.ts';
import type { FieldPath } from '../../model/field-path.ts';
import type { Json } from '../../model/object.ts';

/** A piece of a text and what to put in its place: from `start` up to `end`, which may be the same. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A document that can be changed where it stands in its text, with everything around left as it is. */
export interface EditableDocument {
  readonly value: Json;
  /** From where it begins up to where the next one does. */
  readonly start: number;
  readonly end: number;
  /** How a scalar is written, without quotes; undefined where there is none. */
  writtenAt(path: FieldPath): string | undefined;
  /** The change of the text that an edit is; undefined where it cannot be made without changing something else as well. */
  changeFor(edit: Edit): readonly TextChange[] | undefined;
  /** The change that takes out the field whose key begins there. */
  removalAt(offset: number): readonly TextChange[] | undefined;
}

/** Makes changes of a text. @returns undefined when two of them meet */
export function changedText(text: string, changes: readonly TextChange[]): string | undefined {
  const ordered = changes.toSorted((left, right) => left.start - right.start || left.end - right.end);
  let result = '';
  let at = 0;
  for (const { start, end, text: piece } of ordered) {
    if (start < at) return undefined;
    result += text.slice(at, start) + piece;
    at = end;
  }
  return result + text.slice(at);
}
