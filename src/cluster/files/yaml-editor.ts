import { type Document, isMap, isNode, isScalar, isSeq, visit, type YAMLMap } from 'yaml';
import type { Edit } from '../../core/repair/edit.ts';
import type { Json } from '../../model/object.ts';
import type { EditableDocument } from './text-change.ts';
import { positionsOf } from './text-document.ts';
import type { Extent } from './written-places.ts';
import { added, filledIn, replacedScalar } from './yaml-additions.ts';
import { laxLexemes, placedLexemes, strictLexemes } from './yaml-lexemes.ts';
import { isFlow, isNothing, nodeAt, pairOf, quoteOf } from './yaml-nodes.ts';
import type { Changes, Page } from './yaml-page.ts';
import { withPlainLineEnds, yamlParts } from './yaml-parts.ts';
import { readYamlDocuments } from './yaml-reader.ts';
import { itemRemovedFromBlock, itemRemovedFromFlow, removedFromBlock, removedFromFlow } from './yaml-removals.ts';
import { keyText } from './yaml-text.ts';
import { unwrapped, wrapped } from './yaml-wrapping.ts';

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

function commentsIn(text: string): readonly Extent[] {
  const comments: Extent[] = [];
  for (const { source, offset, type } of placedLexemes(laxLexemes(text) ?? strictLexemes(text))) {
    if (type === 'comment') comments.push({ start: offset, end: offset + source.length });
  }
  return comments;
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
