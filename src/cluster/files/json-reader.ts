import type { FieldPath } from '../../model/field-path.ts';
import { jsonOf, mayBeInexact, parseJson } from '../json.ts';
import { jsonSyntaxError } from '../json-syntax.ts';
import { limits } from '../limits.ts';
import { jsonDuplicates } from './json-duplicates.ts';
import { excerptAt, positionsOf, spanAt, type TextDocument, type TextDocuments, type TextProblem } from './text-document.ts';
import type { Extent } from './written-places.ts';

/**
 * Reads JSON: one value, or several after one another (JSON lines). Numbers keep their digits; of a key that is there twice the last
 * counts. A value with an error ends the reading, because nobody knows where the next begins; those before it are returned.
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
      const value = jsonOf(scan.oddNumbers ? parseJson(text.slice(from, end)) : JSON.parse(text.slice(from, end)));
      const places = jsonPlaces(text, from);
      for (const { key, start: again, first, repeats } of jsonDuplicates(text, from, value, scan.strings)) {
        const message = `key "${key}" is there twice, first on line ${at(first).line}`;
        problems.push({
          code: 'DuplicateKey',
          ...at(again),
          message,
          hint: 'the last one counts',
          repeats,
          excerpt: excerptAt(text, again),
        });
      }
      documents.push({
        value,
        start: at(from),
        positionOf: (path) => at(places(path, 'key').start),
        spanOf: (path, part) => spanAt(text, places(path, part), at),
      });
    } catch {
      // JSON.parse knows that something is wrong, but not always where.
      const { offset, message } = jsonSyntaxError(text, start, end) ?? { offset: start, message: 'this is not JSON' };
      const hint = syntaxHint(text, offset);
      problems.push({ code: 'Syntax', ...at(offset), message, ...(hint !== undefined && { hint }), excerpt: excerptAt(text, offset) });
      break;
    }
    start = skipBlanks(text, end);
  }
  return { documents, problems };
}

/** What to do about what people write as if it were JSON. */
function syntaxHint(text: string, offset: number): string | undefined {
  if (/^(?:\/[/*]|#)/.test(text.slice(offset, offset + 2))) return 'JSON has no comments: remove it';
  if (/^[\]}]/.test(text.slice(offset, offset + 1)) && /,\s*$/.test(text.slice(0, offset))) return 'remove the comma before it';
  return text[offset] === "'" ? 'use double quotes' : undefined;
}

function skipBlanks(text: string, from: number): number {
  const blanks = /[\s\ufeff]*/y;
  blanks.lastIndex = from;
  blanks.test(text);
  return blanks.lastIndex;
}

type Scan =
  | { readonly end: number; readonly strings: number; readonly oddNumbers: boolean; readonly problem?: undefined }
  | { readonly end?: undefined; readonly problem: Pick<TextProblem, 'code' | 'message'> & { readonly offset: number } };

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const minus = 0x2d;
const digitZero = 0x30;
const digitNine = 0x39;

/**
 * The end of the value that starts at `start`, by its brackets and strings alone; JSON.parse judges the rest. On the way it sees how many
 * strings there are, and whether any number may be one that a double cannot hold.
 * Iterative, so that no nesting is too deep for it.
 */
function scanValue(text: string, start: number): Scan {
  const first = text[start];
  if (first === '"') return { end: endOfString(text, start), strings: 1, oddNumbers: false };
  if (first !== '{' && first !== '[') {
    const word = /[^\s,[\]{}"]*/y;
    word.lastIndex = start;
    word.test(text);
    const end = Math.max(word.lastIndex, start + 1);
    return { end, strings: 0, oddNumbers: mayBeInexact(text.slice(start, end)) };
  }
  let depth = 0;
  let strings = 0;
  let oddNumbers = false;
  for (let at = start; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === quote) {
      strings += 1;
      at = endOfString(text, at) - 1;
    } else if (sign === openBrace || sign === openBracket) {
      if (++depth > limits.nestingDepth) {
        return { problem: { code: 'Limit', offset: at, message: `nested more than ${limits.nestingDepth} levels deep` } };
      }
    } else if (sign === closeBrace || sign === closeBracket) {
      if (--depth === 0) return { end: at + 1, strings, oddNumbers };
    } else if (sign === minus || (sign >= digitZero && sign <= digitNine)) {
      const end = endOfNumber(text, at);
      oddNumbers ||= mayBeInexact(text.slice(at, end));
      at = end - 1;
    }
  }
  return { problem: { code: 'Syntax', offset: text.trimEnd().length, message: `the ${first === '{' ? 'object' : 'list'} is not closed` } };
}

/** Where the word that begins as a number ends. */
function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && isInNumber(text.charCodeAt(at))) at += 1;
  return at;
}

/** Digits, signs, points, and the letter of an exponent. */
function isInNumber(sign: number): boolean {
  return (sign >= digitZero && sign <= digitNine) || sign === 0x2e || sign === minus || sign === 0x2b || sign === 0x65 || sign === 0x45;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === quote) return at + 1;
    if (sign === backslash) at += 1;
  }
  return text.length;
}

/**
 * Where the fields of the valid JSON value at `start` stand. Found in the text when they are asked for, and remembered, so that asking
 * for each of ten thousand items of a list costs one look at the text.
 */
function jsonPlaces(text: string, start: number): (path: FieldPath, part: 'key' | 'value') => Extent {
  const lists = new Map<number, readonly number[]>();
  const maps = new Map<number, ReadonlyMap<string, JsonField>>();
  return (path, part) => {
    let value = start;
    let found: () => Extent = () => valueExtent(text, start);
    for (const [index, segment] of path.entries()) {
      if (typeof segment === 'number') {
        const item = text[value] === '[' ? remembered(lists, value, () => [...childrenOf(text, value)])[segment] : undefined;
        if (item === undefined) break;
        value = item;
        found = () => valueExtent(text, item);
      } else {
        const field = text[value] === '{' ? remembered(maps, value, () => fieldsAt(text, value)).get(segment) : undefined;
        if (field === undefined) break;
        value = field.value;
        found = () => (index === path.length - 1 && part === 'value' ? valueExtent(text, field.value) : field.key);
      }
    }
    return found();
  };
}

function remembered<T>(known: Map<number, T>, start: number, find: () => T): T {
  const found = known.get(start) ?? find();
  known.set(start, found);
  return found;
}

function valueExtent(text: string, start: number): Extent {
  return { start, end: scanValue(text, start).end ?? start };
}

interface JsonField {
  readonly key: Extent;
  readonly value: number;
}

/** Of a key that is there twice, the last. */
function fieldsAt(text: string, start: number): ReadonlyMap<string, JsonField> {
  const fields = new Map<string, JsonField>();
  for (const at of childrenOf(text, start)) {
    const key = { start: at, end: endOfString(text, at) };
    fields.set(String(JSON.parse(text.slice(key.start, key.end))), { key, value: skipBlanks(text, skipBlanks(text, key.end) + 1) });
  }
  return fields;
}

/** Where the keys of an object, or the items of a list, begin. */
function* childrenOf(text: string, start: number): Generator<number> {
  const isMap = text[start] === '{';
  let at = skipBlanks(text, start + 1);
  while (at < text.length && text[at] !== '}' && text[at] !== ']') {
    yield at;
    const value = isMap ? skipBlanks(text, skipBlanks(text, endOfString(text, at)) + 1) : at;
    const scan = scanValue(text, value);
    if (scan.end === undefined) return;
    at = skipBlanks(text, scan.end);
    if (text[at] === ',') at = skipBlanks(text, at + 1);
  }
}
