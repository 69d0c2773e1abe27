import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Edit } from '../../core/repair/edit.ts';
import type { FieldPath } from '../../model/field-path.ts';
import type { Json } from '../../model/object.ts';
import type { EditableDocument, TextChange } from './text-change.ts';
import { positionsOf } from './text-document.ts';
import type { Extent } from './written-places.ts';
import { laxLexemes, placedLexemes, strictLexemes } from './yaml-lexemes.ts';
import { withPlainLineEnds, yamlParts } from './yaml-parts.ts';
import { readYamlDocuments } from './yaml-reader.ts';
import { plainScalar } from './yaml-scalar.ts';
import { blockEntry, flowText, keyText, scalarText } from './yaml-text.ts';

/**
 * The documents of a YAML text, each of which knows how to change one field where it is written. Places come from the syntax tree of
 * the package, and only what an edit is about is written anew: comments, quotes, order, blank lines and line ends stay.
 *
 * Beware: a change is a proposal. Whoever makes it reads the text again and compares, as `mendText` does.
 */
export function editableYaml(original: string): readonly EditableDocument[] {
  const text = withPlainLineEnds(original);
  const values = new Map(readYamlDocuments(original).documents.map(({ value, start }) => [`${start.line}:${start.column}`, value]));
  const parts = yamlParts(original, { keepSourceTokens: true });
  const page: Page = { text, eol: text.includes('\r\n') ? '\r\n' : '\n', comments: commentsIn(text) };
  const at = positionsOf(original);
  // What the reader refuses is not edited either.
  return [...parts].flatMap(({ document, fault }) => {
    const { line, column } = at(document?.contents?.range?.[0] ?? 0);
    const value = values.get(`${line}:${column}`);
    return document === undefined || fault !== undefined || value === undefined ? [] : [editable(page, document, value)];
  });
}

/** The comments of a YAML text, in its order, from the sign on. */
export function yamlComments(text: string): readonly string[] {
  return commentsIn(text).map(({ start, end }) => text.slice(start, end));
}

interface Page {
  readonly text: string;
  readonly eol: string;
  readonly comments: readonly Extent[];
}

function commentsIn(text: string): readonly Extent[] {
  const comments: Extent[] = [];
  for (const { source, offset, type } of placedLexemes(laxLexemes(text) ?? strictLexemes(text))) {
    if (type === 'comment') comments.push({ start: offset, end: offset + source.length });
  }
  return comments;
}

function isNothing(node: Node): boolean {
  return isScalar(node) && node.source === '' && node.type === 'PLAIN';
}

function editable(page: Page, document: Document.Parsed, value: Json): EditableDocument {
  const root = document.contents;
  const [start, , end] = document.range;
  return {
    value,
    start,
    end,
    writtenAt: (path) => {
      const node = root === null ? undefined : nodeAt(root, path);
      return isScalar(node) ? node.source : undefined;
    },
    changeFor: (edit) => {
      const parent = root === null ? undefined : nodeAt(root, edit.path.slice(0, -1));
      const last = edit.path.at(-1);
      if (isSeq(parent)) {
        if (typeof last !== 'number') return undefined;
        const item = parent.items[last];
        if (edit.kind === 'remove') return isFlow(parent) ? itemRemovedFromFlow(parent, last) : itemRemovedFromBlock(page, parent, last);
        return edit.kind === 'set' && isScalar(item) ? replacedScalar(item, edit.value) : undefined;
      }
      return isMap(parent) && last !== undefined ? changeInMap(page, parent, String(last), edit) : undefined;
    },
    removalAt: (offset) => {
      let changes: Changes;
      visit(document, {
        Map: (_, map) => {
          const pair = map.items.find(({ key }) => isNode(key) && key.range?.[0] === offset);
          if (pair === undefined) return undefined;
          changes = isFlow(map) ? removedFromFlow(map, pair) : removedFromBlock(page, map, pair);
          return visit.BREAK;
        },
      });
      return changes;
    },
  };
}

/** What is written at a path; undefined where it is written elsewhere, behind an alias or a merge key. */
function nodeAt(root: Node, path: FieldPath): Node | undefined {
  let node: Node | undefined = root;
  for (const part of path) {
    const inner: unknown = isMap(node)
      ? pairOf(node, String(part))?.value
      : isSeq(node) && typeof part === 'number'
        ? node.items[part]
        : undefined;
    if (!isNode(inner) || isAlias(inner)) return undefined;
    node = inner;
  }
  return node;
}

/** The last of equal keys is the one that counts. */
function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.findLast(({ key }) => isScalar(key) && keyOf(key) === name);
}

function keyOf(key: Scalar): string {
  return key.type === 'PLAIN' ? String(plainScalar(String(key.value))) : String(key.value);
}

type Changes = readonly TextChange[] | undefined;

function changeInMap(page: Page, map: YAMLMap, name: string, edit: Edit): Changes {
  const pair = pairOf(map, name);
  if (pair === undefined) return edit.kind === 'set' ? added(page, map, name, edit) : undefined;
  const { key, value } = pair;
  if (!isScalar(key) || key.range == null) return undefined;
  switch (edit.kind) {
    case 'set':
      return isScalar(value) && !isNothing(value) ? replacedScalar(value, edit.value) : filledIn(page, map, pair, edit.value);
    case 'rename':
      return [{ start: key.range[0], end: key.range[1], text: keyText(edit.key, quoteOf(key)) }];
    case 'remove':
      return isFlow(map) ? removedFromFlow(map, pair) : removedFromBlock(page, map, pair);
    case 'wrap':
      return isMap(value) ? wrapped(page, pair, value) : undefined;
    case 'unwrap':
      return isMap(value) ? unwrapped(page, map, pair, value) : undefined;
  }
}

/** In the quotes that were there. Block scalars are several lines, and tags may say another type. */
function replacedScalar(scalar: Scalar, value: Json): Changes {
  const isTagged = scalar.tag !== undefined && (scalar.tag !== 'tag:yaml.org,2002:str' || typeof value !== 'string');
  if (scalar.range == null || scalar.type?.startsWith('BLOCK') === true || isTagged) return undefined;
  const text = scalarText(value, quoteOf(scalar)) ?? flowText(value, false);
  return [{ start: scalar.range[0], end: scalar.range[1], text }];
}

function quoteOf({ type }: Scalar): '"' | "'" | undefined {
  return type === 'QUOTE_DOUBLE' ? '"' : type === 'QUOTE_SINGLE' ? "'" : undefined;
}

/** A key with nothing behind it gets a value; a list or a mapping is replaced where it is written on one line. */
function filledIn(page: Page, map: YAMLMap, pair: Pair, value: Json): Changes {
  const [colon, start] = [colonOf(pair), startOf(pair)];
  if (colon === undefined || start === undefined || hasProperties(pair) || !isScalar(pair.key)) return undefined;
  if (isCollection(pair.value)) {
    const { flow, range } = pair.value;
    return flow !== true || range == null ? undefined : [{ start: range[0], end: range[1], text: flowText(value, isJsonStyle(map)) }];
  }
  if (isFlow(map)) return [insertion(colon + 1, ` ${flowText(value, isJsonStyle(map))}`)];
  const indent = ' '.repeat(start - lineStart(page, start));
  const [first = '', ...below] = blockEntry(keyOf(pair.key), value, indent, page.eol)
    .slice(keyText(keyOf(pair.key)).length + 1)
    .split(page.eol);
  const changes = [insertion(colon + 1, first), insertion(lineEnd(page, colon), below.map((line) => page.eol + line).join(''))];
  return changes.filter(({ text }) => text !== '');
}

function hasProperties({ srcToken }: Pair): boolean {
  const { sep = [] } = srcToken ?? {};
  return sep.some(({ type }) => type === 'anchor' || type === 'tag');
}

function colonOf({ srcToken }: Pair): number | undefined {
  return srcToken?.sep?.find(({ type }) => type === 'map-value-ind')?.offset;
}

function isFlow({ flow }: YAMLMap | YAMLSeq): boolean {
  return flow === true;
}

/** Braces with quoted keys are JSON, and stay JSON. */
function isJsonStyle(map: YAMLMap): boolean {
  return isFlow(map) && map.items.length > 0 && map.items.every(({ key }) => isScalar(key) && key.type === 'QUOTE_DOUBLE');
}

function added(page: Page, map: YAMLMap, name: string, { value, first }: Extract<Edit, { kind: 'set' }>): Changes {
  const { items, range } = map;
  if (range == null) return undefined;
  const [firstPair] = items;
  if (firstPair === undefined) {
    return isFlow(map) ? [insertion(range[0] + 1, flowText({ [name]: value }, false).slice(1, -1))] : undefined;
  }
  const start = startOf(firstPair);
  const end = endOf(page, items.at(-1));
  if (start === undefined || end === undefined) return undefined;
  if (isFlow(map)) {
    const entry = flowText({ [name]: value }, isJsonStyle(map)).slice(1, -1);
    return [first === true ? insertion(start, `${entry}, `) : insertion(end, `, ${entry}`)];
  }
  const indent = ' '.repeat(start - lineStart(page, start));
  const entry = blockEntry(name, value, indent, page.eol);
  if (first === true) return [insertion(start, `${entry}${page.eol}${indent}`)];
  // A block scalar ends with its line.
  if (page.text[end - 1] === '\n') return [insertion(end, `${indent}${entry}${page.eol}`)];
  return [insertion(lineEnd(page, end), `${page.eol}${indent}${entry}`)];
}

function insertion(offset: number, text: string): TextChange {
  return { start: offset, end: offset, text };
}

function removedFromFlow({ items }: YAMLMap, pair: Pair): Changes {
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
function removedFromBlock(page: Page, { items }: YAMLMap, pair: Pair): Changes {
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
function itemRemovedFromFlow({ items }: YAMLSeq, at: number): Changes {
  const [before, item] = [items[at - 1], items[at]];
  const [start, end] = [isNode(before) ? before.range?.[1] : undefined, isNode(item) ? item.range?.[1] : undefined];
  return start === undefined || end === undefined ? undefined : [{ start, end, text: '' }];
}

/** From its dash on; what was a comment on its lines becomes a line of its own. A dash behind another one stays where it is. */
function itemRemovedFromBlock(page: Page, { items, srcToken }: YAMLSeq, at: number): Changes {
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

/** A dash before the first field, and all other lines as far to the right as it takes. */
function wrapped(page: Page, pair: Pair, inner: YAMLMap): Changes {
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
function unwrapped(page: Page, map: YAMLMap, pair: Pair, inner: YAMLMap): Changes {
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

function commentsBetween(page: Page, from: number, to: number): readonly string[] {
  return page.comments.filter(({ start }) => start >= from && start < to).map(({ start, end }) => page.text.slice(start, end));
}

function startOf({ key }: Pair): number | undefined {
  return isNode(key) ? key.range?.[0] : undefined;
}

/** Behind the last sign of a pair's value, without blanks and comments. */
function endOf(page: Page, pair: Pair | undefined): number | undefined {
  if (pair === undefined) return undefined;
  const { value } = pair;
  if (value === null || (isNode(value) && isNothing(value))) {
    const colon = colonOf(pair);
    return colon === undefined ? (isNode(pair.key) ? pair.key.range?.[1] : undefined) : colon + 1;
  }
  return isNode(value) ? endOfNode(page, value) : undefined;
}

function endOfNode(page: Page, node: Node): number | undefined {
  if (isCollection(node) && node.flow !== true) {
    const last: unknown = node.items.at(-1);
    if (isMap(node)) return endOf(page, node.items.at(-1));
    if (isNode(last) && !isNothing(last)) return endOfNode(page, last);
  }
  return node.range?.[1];
}

function lineStart({ text }: Page, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Before the line's break. */
function lineEnd({ text }: Page, offset: number): number {
  const at = text.indexOf('\n', offset);
  if (at < 0) return text.length;
  return text[at - 1] === '\r' ? at - 1 : at;
}

function nextLine({ text }: Page, offset: number): number {
  const at = text.indexOf('\n', offset);
  return at < 0 ? text.length : at + 1;
}
