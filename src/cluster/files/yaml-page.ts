import { isCollection, isMap, isNode, type Node, type Pair } from 'yaml';
import type { TextChange } from './text-change.ts';
import type { Extent } from './written-places.ts';
import { colonOf, isNothing } from './yaml-nodes.ts';

/** A text, as edits need it. */
export interface Page {
  readonly text: string;
  /** How its lines end. */
  readonly eol: string;
  readonly comments: readonly Extent[];
}

/** Undefined where an edit cannot be written. */
export type Changes = readonly TextChange[] | undefined;

export function insertion(offset: number, text: string): TextChange {
  return { start: offset, end: offset, text };
}

export function commentsBetween(page: Page, from: number, to: number): readonly string[] {
  return page.comments.filter(({ start }) => start >= from && start < to).map(({ start, end }) => page.text.slice(start, end));
}

export function startOf({ key }: Pair): number | undefined {
  return isNode(key) ? key.range?.[0] : undefined;
}

/** Behind the last sign of a pair's value, without blanks and comments. */
export function endOf(page: Page, pair: Pair | undefined): number | undefined {
  if (pair === undefined) return undefined;
  const { value } = pair;
  if (value === null || (isNode(value) && isNothing(value))) {
    const colon = colonOf(pair);
    return colon === undefined ? (isNode(pair.key) ? pair.key.range?.[1] : undefined) : colon + 1;
  }
  return isNode(value) ? endOfNode(page, value) : undefined;
}

export function endOfNode(page: Page, node: Node): number | undefined {
  if (isCollection(node) && node.flow !== true) {
    const last: unknown = node.items.at(-1);
    if (isMap(node)) return endOf(page, node.items.at(-1));
    if (isNode(last) && !isNothing(last)) return endOfNode(page, last);
  }
  return node.range?.[1];
}

export function lineStart({ text }: Page, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Before the line's break. */
export function lineEnd({ text }: Page, offset: number): number {
  const at = text.indexOf('\n', offset);
  if (at < 0) return text.length;
  return text[at - 1] === '\r' ? at - 1 : at;
}

export function nextLine({ text }: Page, offset: number): number {
  const at = text.indexOf('\n', offset);
  return at < 0 ? text.length : at + 1;
}
