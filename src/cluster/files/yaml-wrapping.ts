import type { Pair, YAMLMap } from 'yaml';
import type { TextChange } from './text-change.ts';
import { hasProperties, isFlow } from './yaml-nodes.ts';
import { type Changes, commentsBetween, endOf, insertion, lineEnd, lineStart, nextLine, type Page, startOf } from './yaml-page.ts';

/** A dash before the first field, and all other lines as far to the right as it takes. */
export function wrapped(page: Page, pair: Pair, inner: YAMLMap): Changes {
  const [firstInner] = inner.items;
  if (inner.range == null || firstInner === undefined || hasProperties(pair)) return undefined;
  if (isFlow(inner)) return [insertion(inner.range[0], '['), insertion(inner.range[1], ']')];
  const [start, end] = [startOf(firstInner), endOf(page, inner.items.at(-1))];
  if (start === undefined || end === undefined) return undefined;
  const changes: TextChange[] = [insertion(start, '- ')];
  for (let line = nextLine(page, start); line < end; line = nextLine(page, line)) {
    if (lineEnd(page, line) > line) changes.push(insertion(line, '  '));
  }
  return changes;
}

/** The inner lines move to the left by as much as they were further in. */
export function unwrapped(page: Page, map: YAMLMap, pair: Pair, inner: YAMLMap): Changes {
  const [start, innerRange, [firstInner]] = [startOf(pair), inner.range, inner.items];
  if (start === undefined || innerRange == null || firstInner === undefined || hasProperties(pair)) return undefined;
  if (isFlow(inner)) {
    if (isFlow(map)) return [{ start, end: innerRange[1], text: page.text.slice(innerRange[0] + 1, innerRange[1] - 1).trim() }];
    const entries = inner.items.map((entry) => page.text.slice(startOf(entry), endOf(page, entry)));
    const indent = ' '.repeat(start - lineStart(page, start));
    return [{ start, end: innerRange[1], text: entries.join(`${page.eol}${indent}`) }];
  }
  const [innerStart, innerEnd] = [startOf(firstInner), endOf(page, inner.items.at(-1))];
  if (innerStart === undefined || innerEnd === undefined) return undefined;
  const indent = ' '.repeat(start - lineStart(page, start));
  const further = innerStart - lineStart(page, innerStart) - indent.length;
  const comments = commentsBetween(page, start, innerStart).map((comment) => `${comment}${page.eol}${indent}`);
  const changes: TextChange[] = [{ start, end: innerStart, text: comments.join('') }];
  for (let line = nextLine(page, innerStart); line < innerEnd; line = nextLine(page, line)) {
    const blanks = /^ */.exec(page.text.slice(line, line + further))?.[0].length ?? 0;
    if (blanks > 0) changes.push({ start: line, end: line + blanks, text: '' });
  }
  return changes;
}
