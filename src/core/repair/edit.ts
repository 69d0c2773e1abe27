import type { FieldPath } from '../../model/field-path.ts';
import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';

/** One change of a document, told by its fields. Whoever knows how the document is written makes a change of its text of it. */
export type Edit =
  /** Replaces a value, or adds a field: before the others of its mapping where `first` says so, else behind them. */
  | { readonly kind: 'set'; readonly path: FieldPath; readonly value: Json; readonly first?: true }
  /** Gives a field another name, at its place. */
  | { readonly kind: 'rename'; readonly path: FieldPath; readonly key: string }
  /** Takes a field out of its mapping, or an item out of its list. */
  | { readonly kind: 'remove'; readonly path: FieldPath }
  /** Puts the entries of a mapping in the place of the field that holds it. */
  | { readonly kind: 'unwrap'; readonly path: FieldPath }
  /** Makes a list of a mapping, which is its only item then. */
  | { readonly kind: 'wrap'; readonly path: FieldPath };

/**
 * The document after an edit, as a value: what its text must mean after it was changed in the same way. Order of fields is not told.
 * @returns undefined when the edit does not fit the document
 */
export function edited(document: Json, edit: Edit): Json | undefined {
  const [last] = edit.path.slice(-1);
  if (last === undefined) return undefined;
  return changedAt(document, edit.path.slice(0, -1), (parent) => {
    if (isList(parent)) {
      if (typeof last !== 'number' || last >= parent.length) return undefined;
      return edit.kind === 'set' ? parent.with(last, edit.value) : edit.kind === 'remove' ? parent.toSpliced(last, 1) : undefined;
    }
    return isMap(parent) ? changedMap(parent, String(last), edit) : undefined;
  });
}

/** The number of the item that an edit takes out of its list; undefined for every other edit. */
export function removedItem({ kind, path }: Edit): number | undefined {
  const last = path.at(-1);
  return kind === 'remove' && typeof last === 'number' ? last : undefined;
}

/**
 * Edits of one document that do not know of each other, so that each finds its place: what takes an item out of a list, and with that
 * gives those behind it other numbers, comes last, from behind.
 */
export function editsInOrder(edits: readonly Edit[]): readonly Edit[] {
  const indexOf = (edit: Edit): number => removedItem(edit) ?? Number.POSITIVE_INFINITY;
  return edits.toSorted((left, right) => {
    const [one, other] = [indexOf(left), indexOf(right)];
    return one === other ? 0 : other - one;
  });
}

/** The same edit of a document that is a part of another one. */
export function editWithin(edit: Edit, path: FieldPath): Edit {
  return { ...edit, path: [...path, ...edit.path] };
}

function changedMap(map: JsonObject, field: string, edit: Edit): JsonObject | undefined {
  const { [field]: value, ...others } = map;
  switch (edit.kind) {
    case 'set':
      return { ...map, [field]: edit.value };
    case 'remove':
      return Object.hasOwn(map, field) ? others : undefined;
    case 'rename':
      return Object.hasOwn(map, field) && !Object.hasOwn(map, edit.key) ? { ...others, [edit.key]: value } : undefined;
    case 'wrap':
      return isMap(value) ? { ...map, [field]: [value] } : undefined;
    case 'unwrap': {
      if (!isMap(value) || Object.keys(value).some((key) => Object.hasOwn(others, key))) return undefined;
      return { ...others, ...value };
    }
  }
}

function changedAt(value: Json | undefined, path: FieldPath, change: (value: Json) => Json | undefined): Json | undefined {
  if (value === undefined) return undefined;
  const [head, ...rest] = path;
  if (head === undefined) return change(value);
  if (isList(value)) {
    const inner = typeof head === 'number' ? changedAt(value[head], rest, change) : undefined;
    return inner === undefined || typeof head !== 'number' ? undefined : value.with(head, inner);
  }
  if (!isMap(value) || !Object.hasOwn(value, String(head))) return undefined;
  const inner = changedAt(value[String(head)], rest, change);
  return inner === undefined ? undefined : { ...value, [head]: inner };
}
