import type { Edit } from '../../core/repair/edit.ts';
import type { FieldPath } from '../../model/field-path.ts';
import type { Json } from '../../model/object.ts';
import { readJsonDocuments } from './json-reader.ts';
import { type JsonField, type JsonNode, jsonTree } from './json-tree.ts';
import type { EditableDocument, TextChange } from './text-change.ts';

/** The values of a JSON text, each of which knows how to change one field where it is written, in the layout that is there. */
export function editableJson(text: string): readonly EditableDocument[] {
  let start = 0;
  return readJsonDocuments(text).documents.map(({ value }) => {
    const root = jsonTree(text, start);
    const document: EditableDocument = {
      value,
      start,
      end: root.end,
      writtenAt: (path) => {
        const node = nodeAt(root, path);
        if (node === undefined || node.items.length > 0 || node.fields.length > 0) return undefined;
        const written = text.slice(node.start, node.end);
        return written.startsWith('"') ? String(JSON.parse(written)) : written;
      },
      changeFor: (edit) => changeIn(text, root, edit),
      removalAt: (offset) => removalAt(root, offset),
    };
    start = root.end;
    return document;
  });
}

function nodeAt(root: JsonNode, path: FieldPath): JsonNode | undefined {
  let node: JsonNode | undefined = root;
  for (const part of path) node = typeof part === 'number' ? node?.items[part] : fieldOf(node, part)?.value;
  return node;
}

/** The last of equal keys is the one that counts. */
function fieldOf(node: JsonNode | undefined, name: string): JsonField | undefined {
  return node?.fields.findLast(({ key }) => key === name);
}

type Changes = readonly TextChange[] | undefined;

function changeIn(text: string, root: JsonNode, edit: Edit): Changes {
  const parent = nodeAt(root, edit.path.slice(0, -1));
  const last = edit.path.at(-1);
  if (parent === undefined || last === undefined) return undefined;
  if (typeof last === 'number') {
    const item = parent.items[last];
    if (item === undefined) return undefined;
    if (edit.kind === 'remove') return removed(parent, parent.items, last);
    return edit.kind === 'set' ? [{ start: item.start, end: item.end, text: JSON.stringify(edit.value) }] : undefined;
  }
  if (text[parent.start] !== '{') return undefined;
  const layout = layoutOf(text, parent);
  const field = fieldOf(parent, last);
  if (field === undefined) return edit.kind === 'set' ? added(parent, last, edit, layout) : undefined;
  const { value } = field;
  switch (edit.kind) {
    case 'set':
      return [{ start: value.start, end: value.end, text: valueText(edit.value, layout) }];
    case 'rename':
      return [{ start: field.start, end: field.keyEnd, text: JSON.stringify(edit.key) }];
    case 'remove':
      return fieldRemoved(parent, field);
    case 'wrap':
      return [
        { start: value.start, end: value.start, text: '[' },
        { start: value.end, end: value.end, text: ']' },
      ];
    case 'unwrap': {
      const entries = value.fields.map((inner) => text.slice(inner.start, inner.value.end));
      return entries.length === 0 ? undefined : [{ start: field.start, end: value.end, text: entries.join(`,${layout.between}`) }];
    }
  }
}

function fieldRemoved(parent: JsonNode, field: JsonField): Changes {
  const parts = parent.fields.map(({ start, value: { end } }) => ({ start, end }));
  return removed(parent, parts, parent.fields.indexOf(field));
}

function removalAt(node: JsonNode, offset: number): Changes {
  const own = node.fields.find(({ start }) => start === offset);
  if (own !== undefined) return fieldRemoved(node, own);
  const inner = [...node.items, ...node.fields.map(({ value }) => value)].find(({ start, end }) => start <= offset && offset < end);
  return inner === undefined ? undefined : removalAt(inner, offset);
}

/** How an object is laid out: what stands before a field, behind its key, and by how much its own fields are further in. */
interface Layout {
  readonly between: string;
  readonly colon: string;
  readonly unit: string | undefined;
}

function layoutOf(text: string, { start, end, fields }: JsonNode): Layout {
  const [first, second] = fields;
  if (first === undefined) return { between: ' ', colon: ': ', unit: undefined };
  const colon = text.slice(first.keyEnd, first.value.start);
  const before = text.slice(start + 1, first.start);
  if (before.includes('\n')) {
    const outer = /[\n\r]([ \t]*)\}$/.exec(text.slice(0, end))?.[1] ?? '';
    const own = /[ \t]*$/.exec(before)?.[0] ?? '';
    return { between: before, colon, unit: own.startsWith(outer) ? own.slice(outer.length) : undefined };
  }
  const between = second === undefined ? undefined : /^\s*,(\s*)$/.exec(text.slice(first.value.end, second.start))?.[1];
  return { between: between ?? (colon.endsWith(' ') ? ' ' : ''), colon, unit: undefined };
}

function valueText(value: Json, { between, unit }: Layout): string {
  if (unit === undefined || !between.includes('\n')) return JSON.stringify(value);
  return JSON.stringify(value, null, unit).replaceAll('\n', between.slice(between.lastIndexOf('\n') - (between.includes('\r\n') ? 1 : 0)));
}

function added(parent: JsonNode, name: string, { value, first }: Extract<Edit, { kind: 'set' }>, layout: Layout): Changes {
  const entry = `${JSON.stringify(name)}${layout.colon}${valueText(value, layout)}`;
  const [firstField] = parent.fields;
  const lastField = parent.fields.at(-1);
  if (firstField === undefined || lastField === undefined) return [{ start: parent.start + 1, end: parent.end - 1, text: entry }];
  return first === true
    ? [{ start: firstField.start, end: firstField.start, text: `${entry},${layout.between}` }]
    : [{ start: lastField.value.end, end: lastField.value.end, text: `,${layout.between}${entry}` }];
}

/** With the comma that belonged to it. */
function removed({ start, end }: JsonNode, parts: readonly Pick<JsonNode, 'start' | 'end'>[], at: number): Changes {
  const [before, part, next] = [parts[at - 1], parts[at], parts[at + 1]];
  if (part === undefined) return undefined;
  if (next !== undefined) return [{ start: part.start, end: next.start, text: '' }];
  if (before !== undefined) return [{ start: before.end, end: part.end, text: '' }];
  return [{ start: start + 1, end: end - 1, text: '' }];
}
