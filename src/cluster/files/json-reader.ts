import type { FieldPath } from '../../model/field-path.ts';
import type { Json } from '../../model/object.ts';
import { parseJson } from '../json.ts';
import { jsonSyntaxError } from '../json-syntax.ts';
import { limits } from '../limits.ts';
import { excerptAt, positionsOf, type TextDocument, type TextDocuments, type TextProblem } from './text-document.ts';

/**
 * Reads JSON: one value, or several after one another (JSON lines). Numbers keep their digits.
 * A value with an error ends the reading, because nobody knows where the next begins; those before it are returned.
 */
export function readJsonDocuments(text: string): TextDocuments {
  const at = positionsOf(text);
  const documents: TextDocument[] = [];
  const problems: TextProblem[] = [];
  for (let start = skipBlanks(text, 0); start < text.length; ) {
    const scan = scanValue(text, start);
    if (scan.problem !== undefined) {
      const { code, offset, message } = scan.problem;
      problems.push({ code, ...at(offset), message, excerpt: excerptAt(text, offset) });
      break;
    }
    const end = scan.end;
    try {
      const from = start;
      const value = jsonOf(parseJson(text.slice(from, end)));
      documents.push({ value, start: at(from), positionOf: (path) => at(offsetOf(text, from, path)) });
    } catch {
      // JSON.parse knows that something is wrong, but not always where.
      const { offset, message } = jsonSyntaxError(text, start, end) ?? { offset: start, message: 'this is not JSON' };
      problems.push({ code: 'Syntax', ...at(offset), message, excerpt: excerptAt(text, offset) });
      break;
    }
    start = skipBlanks(text, end);
  }
  return { documents, problems };
}

/** What JSON.parse returns is JSON; this says so to the compiler without walking through it. */
function jsonOf(value: unknown): Json {
  return isJson(value) ? value : null;
}

function isJson(value: unknown): value is Json {
  return value === null || ['boolean', 'number', 'string', 'object'].includes(typeof value);
}

function skipBlanks(text: string, from: number): number {
  const blanks = /[\s\ufeff]*/y;
  blanks.lastIndex = from;
  blanks.test(text);
  return blanks.lastIndex;
}

type Scan =
  | { readonly end: number; readonly problem?: undefined }
  | { readonly end?: undefined; readonly problem: Pick<TextProblem, 'code' | 'message'> & { readonly offset: number } };

const structural = /["[\]{}]/g;

/**
 * The end of the value that starts at `start`, by its brackets and strings alone; JSON.parse judges the rest.
 * Iterative, so that no nesting is too deep for it.
 */
function scanValue(text: string, start: number): Scan {
  const first = text[start];
  if (first === '"') return { end: endOfString(text, start) };
  if (first !== '{' && first !== '[') {
    const word = /[^\s,[\]{}"]*/y;
    word.lastIndex = start;
    word.test(text);
    return { end: Math.max(word.lastIndex, start + 1) };
  }
  let depth = 0;
  structural.lastIndex = start;
  for (let match = structural.exec(text); match !== null; match = structural.exec(text)) {
    const [sign] = match;
    if (sign === '"') structural.lastIndex = endOfString(text, match.index);
    else if (sign === '{' || sign === '[') {
      if (++depth > limits.nestingDepth) {
        return { problem: { code: 'Limit', offset: match.index, message: `nested more than ${limits.nestingDepth} levels deep` } };
      }
    } else if (--depth === 0) return { end: match.index + 1 };
  }
  return { problem: { code: 'Syntax', offset: text.trimEnd().length, message: `the ${first === '{' ? 'object' : 'list'} is not closed` } };
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

/** The offset of a field's key or an item within the valid JSON value at `start`; of its nearest parent when it is not there. */
function offsetOf(text: string, start: number, path: FieldPath): number {
  let value = start;
  let found = start;
  for (const segment of path) {
    const next = childOf(text, value, segment);
    if (next === undefined) break;
    value = next.value;
    found = next.start;
  }
  return found;
}

interface Child {
  /** Of the key, or of the item. */
  readonly start: number;
  readonly value: number;
}

function childOf(text: string, start: number, segment: string | number): Child | undefined {
  const isMap = text[start] === '{';
  if (!isMap && text[start] !== '[') return undefined;
  let found: Child | undefined;
  let at = skipBlanks(text, start + 1);
  for (let index = 0; at < text.length && text[at] !== '}' && text[at] !== ']'; index++) {
    const value = isMap ? skipBlanks(text, skipBlanks(text, endOfString(text, at)) + 1) : at;
    const name = isMap ? JSON.parse(text.slice(at, endOfString(text, at))) : index;
    if (name === segment) found = { start: at, value };
    const scan = scanValue(text, value);
    if (scan.end === undefined) break;
    at = skipBlanks(text, scan.end);
    if (text[at] === ',') at = skipBlanks(text, at + 1);
  }
  return found;
}
