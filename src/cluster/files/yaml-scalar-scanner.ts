import { isBlank, isBlankOrEnd, isBreak } from './yaml-characters.ts';
import { refuse } from './yaml-fault.ts';
import type { YamlText } from './yaml-text-reader.ts';

interface ScannedScalar {
  readonly start: number;
  /** Behind the last of its signs; the place may be further on, at what comes next. */
  readonly end: number;
  readonly text: string;
}

/**
 * Text without quotes, which may go on over lines.
 * @param indent of what is around it, -1 at the top
 * @returns `endsLine`: a line ended behind it, so that a key may follow
 */
export function scanPlainScalar(text: YamlText, indent: number, inFlow: boolean): ScannedScalar & { readonly endsLine: boolean } {
  const start = text.offset;
  const between = new Between();
  let end = start;
  let value = '';
  for (;;) {
    if (text.isDocumentMark || text.sign === '#') break;
    const from = text.offset;
    while (!isBlankOrEnd(text.sign)) {
      if (text.sign === ':' && isBlankOrEnd(text.at(1))) break;
      if (inFlow && /[,?[\]{}]/.test(text.sign ?? '')) break;
      text.skip();
    }
    if (text.offset > from) {
      value += between.take() + text.slice(from);
      end = text.offset;
    }
    if (!isBlank(text.sign) && !isBreak(text.sign)) break;
    while (isBlank(text.sign) || isBreak(text.sign)) {
      if (between.isNewLine && text.column <= indent && text.sign === '\t') refuse(text.offset, tabMessage);
      between.add(text);
    }
    if (!inFlow && text.column <= indent) break;
  }
  return { start, end, text: value, endsLine: between.isNewLine };
}

export function scanQuotedScalar(text: YamlText): ScannedScalar {
  const start = text.offset;
  const quote = text.sign;
  const isSingle = quote === "'";
  const between = new Between();
  let value = '';
  text.skip();
  for (;;) {
    if (text.isDocumentMark) refuse(text.offset, 'text in quotes cannot go on behind a line of --- or ...');
    if (text.sign === undefined) refuse(start, `the ${quote} that opens here is never closed`);
    for (;;) {
      const from = text.offset;
      while (!isBlankOrEnd(text.sign) && text.sign !== quote && (isSingle || text.sign !== '\\')) text.skip();
      value += text.slice(from);
      if (isSingle && text.sign === "'" && text.at(1) === "'") {
        value += "'";
        text.skip();
        text.skip();
      } else if (!isSingle && text.sign === '\\') {
        if (isBreak(text.at(1))) {
          text.skip();
          text.takeBreak();
          between.isNewLine = true;
          break;
        }
        value += takeEscape(text);
      } else break;
    }
    if (text.sign === quote) break;
    while (isBlank(text.sign) || isBreak(text.sign)) between.add(text);
    value += between.take();
  }
  text.skip();
  return { start, end: text.offset, text: value };
}

const escapes = new Map([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\x1b'],
  [' ', ' '],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['N', '\x85'],
  ['_', '\xa0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
]);
const codeLengths = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

function takeEscape(text: YamlText): string {
  const start = text.offset;
  text.skip();
  const sign = text.sign ?? '';
  text.skip();
  const plain = escapes.get(sign);
  if (plain !== undefined) return plain;
  const length = codeLengths.get(sign);
  if (length === undefined)
    refuse(start, `kubectl does not know the escape \\${sign}`, sign === '/' ? 'write / alone' : 'write \\\\ for a \\');
  let digits = '';
  while (digits.length < length && /^[\da-fA-F]$/.test(text.sign ?? '')) {
    digits += text.sign;
    text.skip();
  }
  if (digits.length < length) refuse(start, `\\${sign} needs ${length} hexadecimal digits`);
  const code = Number.parseInt(digits, 16);
  if (code >= 0xd800 && code <= 0xdfff) refuse(start, `\\${sign}${digits} is half a character`, 'write the character itself');
  if (code > 0x10ffff) refuse(start, `\\${sign}${digits} is no character`);
  return String.fromCodePoint(code);
}

/** @param indent of what is around it, -1 at the top */
export function scanBlockScalar(text: YamlText, indent: number): ScannedScalar {
  const start = text.offset;
  const isLiteral = text.sign === '|';
  text.skip();
  const { chomping, increment } = takeHeader(text, start);
  const found: BlockIndent = { column: increment === 0 ? 0 : Math.max(indent, 0) + increment, least: Math.max(indent + 1, 1) };
  let lineEnd = '';
  let breaks = takeBlockBreaks(text, found);
  let value = '';
  let wasBlank = false;
  let end = text.offset;
  while (text.column === found.column && text.sign !== undefined) {
    const begins = isBlank(text.sign);
    value += !isLiteral && lineEnd === '\n' && !wasBlank && !begins ? (breaks === '' ? ' ' : '') : lineEnd;
    value += breaks;
    wasBlank = begins;
    const from = text.offset;
    text.skipToBreak();
    value += text.slice(from);
    end = text.offset;
    lineEnd = isBreak(text.sign) ? text.takeBreak() : '';
    breaks = takeBlockBreaks(text, found);
  }
  if (chomping !== '-') value += lineEnd;
  if (chomping === '+') value += breaks;
  return { start, end, text: value };
}

function takeHeader(text: YamlText, start: number): { readonly chomping: string; readonly increment: number } {
  let chomping = '';
  let increment = 0;
  for (let count = 0; count < 2; count += 1) {
    const sign = text.sign ?? '';
    if (/[+-]/.test(sign) && chomping === '') chomping = sign;
    else if (/\d/.test(sign) && increment === 0) {
      if (sign === '0') refuse(text.offset, `the indentation behind ${text.slice(start)} cannot be 0`);
      increment = Number(sign);
    } else break;
    text.skip();
  }
  while (isBlank(text.sign)) text.skip();
  if (text.sign === '#') text.skipToBreak();
  if (text.sign !== undefined && !isBreak(text.sign)) {
    refuse(text.offset, 'only a comment may stand here: the text begins on the next line', 'put it in quotes if it begins with | or >');
  }
  if (text.sign !== undefined) text.takeBreak();
  return { chomping, increment };
}

interface BlockIndent {
  /** 0 until a line says it. */
  column: number;
  readonly least: number;
}

function takeBlockBreaks(text: YamlText, indent: BlockIndent): string {
  let deepest = 0;
  let breaks = '';
  for (;;) {
    while (text.sign === ' ' && (indent.column === 0 || text.column < indent.column)) text.skip();
    deepest = Math.max(deepest, text.column);
    if (text.sign === '\t' && (indent.column === 0 || text.column < indent.column)) refuse(text.offset, tabMessage);
    if (!isBreak(text.sign)) break;
    breaks += text.takeBreak();
  }
  if (indent.column === 0) indent.column = Math.max(deepest, indent.least);
  return breaks;
}

/** What stands between two words: blanks as they are; of line ends the first is a blank, where no other follows. */
class Between {
  isNewLine = false;
  #blanks = '';
  #first = '';
  #breaks = '';

  add(text: YamlText): void {
    if (isBreak(text.sign)) {
      const taken = text.takeBreak();
      if (this.isNewLine) this.#breaks += taken;
      else this.#first = taken;
      this.isNewLine = true;
      return;
    }
    if (!this.isNewLine) this.#blanks += text.sign ?? '';
    text.skip();
  }

  take(): string {
    const taken = !this.isNewLine
      ? this.#blanks
      : this.#first === '\n'
        ? this.#breaks === ''
          ? ' '
          : this.#breaks
        : this.#first + this.#breaks;
    this.isNewLine = false;
    this.#blanks = '';
    this.#first = '';
    this.#breaks = '';
    return taken;
  }
}

const tabMessage = 'a tab must not stand here: kubectl takes blanks alone';
