import { mayBeInexact } from '../json.ts';
import { limits } from '../limits.ts';
import type { TextProblem } from './text-document.ts';

/** Behind the blanks that begin at `from`. */
export function skipBlanks(text: string, from: number): number {
  const blanks = /[\s\ufeff]*/y;
  blanks.lastIndex = from;
  blanks.test(text);
  return blanks.lastIndex;
}

/** How far a value goes; or why it has no end. */
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
export function scanValue(text: string, start: number): Scan {
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

/** Behind the quote that ends the string that begins at `start`. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === quote) return at + 1;
    if (sign === backslash) at += 1;
  }
  return text.length;
}
