import { skipBlanks } from './json-scan.ts';

/** A value of a JSON text and where it stands: from `start` up to `end`. */
export interface JsonNode {
  readonly start: number;
  readonly end: number;
  /** Of an object, in its order. */
  readonly fields: readonly JsonField[];
  /** Of a list. */
  readonly items: readonly JsonNode[];
}

export interface JsonField {
  readonly key: string;
  readonly start: number;
  readonly keyEnd: number;
  readonly value: JsonNode;
}

/** The value that begins at `from`, which must be valid JSON: whoever calls this has parsed it. */
export function jsonTree(text: string, from: number): JsonNode {
  const start = skipBlanks(text, from);
  const opening = text[start];
  if (opening !== '{' && opening !== '[') return { start, end: scalarEnd(text, start), fields: [], items: [] };
  const fields: JsonField[] = [];
  const items: JsonNode[] = [];
  let at = skipBlanks(text, start + 1);
  while (at < text.length && text[at] !== '}' && text[at] !== ']') {
    if (opening === '[') {
      const item = jsonTree(text, at);
      items.push(item);
      at = item.end;
    } else {
      const keyEnd = scalarEnd(text, at);
      const value = jsonTree(text, skipBlanks(text, keyEnd) + 1);
      fields.push({ key: String(JSON.parse(text.slice(at, keyEnd))), start: at, keyEnd, value });
      at = value.end;
    }
    at = skipBlanks(text, at);
    if (text[at] === ',') at = skipBlanks(text, at + 1);
  }
  return { start, end: at + 1, fields, items };
}

function scalarEnd(text: string, start: number): number {
  const scalar = /"(?:[^"\\]|\\.)*"|[^\s,[\]{}"]*/sy;
  scalar.lastIndex = start;
  scalar.test(text);
  return Math.max(scalar.lastIndex, start + 1);
}
