import { isNode, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { type Changes, commentsBetween, endOf, endOfNode, lineStart, nextLine, type Page, startOf } from './yaml-page.ts';

export function removedFromFlow({ items }: YAMLMap, pair: Pair): Changes {
  const at = items.indexOf(pair);
  const [before, next] = [items[at - 1], items[at + 1]];
  const [start, end] = [startOf(pair), isNode(pair.value) ? pair.value.range?.[1] : undefined];
  if (start === undefined || end === undefined) return undefined;
  if (next !== undefined) {
    const nextStart = startOf(next);
    return nextStart === undefined ? undefined : [{ start, end: nextStart, text: '' }];
  }
  if (before === undefined) return [{ start, end, text: '' }];
  const beforeEnd = isNode(before.value) ? before.value.range?.[1] : undefined;
  return beforeEnd === undefined ? undefined : [{ start: beforeEnd, end, text: '' }];
}

/** Its lines go; what was a comment on them becomes a line of its own. */
export function removedFromBlock(page: Page, { items }: YAMLMap, pair: Pair): Changes {
  const [start, end] = [startOf(pair), endOf(page, pair)];
  if (start === undefined || end === undefined) return undefined;
  if (items.length === 1) return [{ start, end, text: '{}' }];
  const from = lineStart(page, start);
  const indent = ' '.repeat(start - from);
  if (page.text.slice(from, start).trim() === '') {
    const to = page.text[end - 1] === '\n' ? end : nextLine(page, end);
    return [
      {
        start: from,
        end: to,
        text: commentsBetween(page, start, to)
          .map((comment) => `${indent}${comment}${page.eol}`)
          .join(''),
      },
    ];
  }
  // The first of an item of a list stands behind its dash: the next one moves there.
  const next = items[items.indexOf(pair) + 1];
  const nextStart = next === undefined ? undefined : startOf(next);
  if (nextStart === undefined) return undefined;
  const comments = commentsBetween(page, start, nextStart);
  return [{ start, end: nextStart, text: comments.map((comment) => `${comment}${page.eol}${indent}`).join('') }];
}

/** With the comma before it: the first of a list is never one too many. */
export function itemRemovedFromFlow({ items }: YAMLSeq, at: number): Changes {
  const [before, item] = [items[at - 1], items[at]];
  const [start, end] = [isNode(before) ? before.range?.[1] : undefined, isNode(item) ? item.range?.[1] : undefined];
  return start === undefined || end === undefined ? undefined : [{ start, end, text: '' }];
}

/** From its dash on; what was a comment on its lines becomes a line of its own. A dash behind another one stays where it is. */
export function itemRemovedFromBlock(page: Page, { items, srcToken }: YAMLSeq, at: number): Changes {
  const item = items[at];
  const entries = srcToken?.type === 'block-seq' ? srcToken.items : [];
  const dashes = entries.flatMap(({ start }) => start.find(({ type }) => type === 'seq-item-ind') ?? []);
  const dash = dashes[at]?.offset;
  const end = isNode(item) ? endOfNode(page, item) : undefined;
  if (dash === undefined || end === undefined) return undefined;
  const from = lineStart(page, dash);
  const indent = page.text.slice(from, dash);
  if (indent.trim() !== '') return undefined;
  const to = page.text[end - 1] === '\n' ? end : nextLine(page, end);
  const comments = commentsBetween(page, dash, to).map((comment) => `${indent}${comment}${page.eol}`);
  return [{ start: from, end: to, text: comments.join('') }];
}
