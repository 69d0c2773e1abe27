import { CST, Lexer } from 'yaml';
import { mebibyte } from '../../core/mebibytes.ts';

/** A piece of a text as the lexer of the `yaml` package gives it. */
export interface Lexeme {
  readonly source: string;
  /** Where it stands; signs of the lexer's own take no room in the text. */
  readonly offset: number;
  readonly type: CST.TokenType | 'scalar' | 'sign' | 'error';
}

/** Lexemes, each with its place. */
export function* placedLexemes(sources: Iterable<string>): Generator<Lexeme> {
  let offset = 0;
  let isScalarNext = false;
  for (const source of sources) {
    if (source === CST.DOCUMENT || source === CST.FLOW_END || source === CST.SCALAR) {
      isScalarNext = source === CST.SCALAR;
      yield { source, offset, type: 'sign' };
      continue;
    }
    yield { source, offset, type: isScalarNext ? 'scalar' : (CST.tokenType(source) ?? 'error') };
    isScalarNext = false;
    offset += source.length;
  }
}

/** The lexemes of a YAML text as the package has them. */
export function strictLexemes(text: string): Iterable<string> {
  return { [Symbol.iterator]: () => new Lexer().lex(text) };
}

/**
 * The lexemes of a text that kubectl reads and the lexer of the package does not; undefined where there is nothing to differ about. To
 * kubectl it is all the same in which column the lines between brackets, braces and quotes begin, and between brackets a `-` before one
 * of their signs is text.
 *
 * The lexer is shown such lines further to the right than they are, and what was put before them is taken away again.
 */
export function laxLexemes(text: string): Iterable<string> | undefined {
  const shifts = shiftsOf(text);
  if (shifts.size === 0 && !/-[,[\]{}]/.test(text)) return undefined;
  return { [Symbol.iterator]: () => withDashes(shiftedLexemes(text, shifts), text) };
}

/** By the place where a line begins, how many blanks are put before it. */
type Shifts = ReadonlyMap<number, number>;

/** A text that would become longer than this by it is read as the package reads it. */
const mostBlanks = 16 * mebibyte;

function shiftsOf(text: string): Shifts {
  const shifts = new Map<number, number>();
  let blanks = 0;
  // Behind something that ends, the lexer begins anew with the next line: what stands above says nothing about that one.
  for (let from = 0; blanks < mostBlanks; ) {
    const start = brokenOff(text, from);
    const end = start === undefined ? undefined : endOf(text, start);
    if (start === undefined || end === undefined) break;
    const width = start - text.lastIndexOf('\n', start - 1);
    for (let line = text.indexOf('\n', start) + 1; line > 0 && line < end; line = text.indexOf('\n', line) + 1) {
      shifts.set(line, width);
      blanks += width;
    }
    from = text.indexOf('\n', end) + 1;
    if (from === 0) break;
  }
  return shifts;
}

/** Where the first thing in brackets, braces or quotes begins that the lexer sees no end of. */
function brokenOff(text: string, from: number): number | undefined {
  let depth = 0;
  let start = 0;
  for (const { source, offset, type } of placedLexemes(new Lexer().lex(text.slice(from)))) {
    if (source === CST.FLOW_END && type === 'sign') return from + start;
    if (isOpenQuote(source, type)) return from + (depth > 0 ? start : offset);
    if (depth === 0) start = offset;
    depth = depthAfter(depth, type);
  }
  return undefined;
}

/** Where something in brackets, braces or quotes ends, by itself: what stands around it says nothing about columns then. */
function endOf(text: string, start: number): number | undefined {
  let depth = 0;
  for (const { source, offset, type } of placedLexemes(new Lexer().lex(text.slice(start)))) {
    if (type === 'sign') {
      if (source === CST.FLOW_END) return undefined;
      continue;
    }
    if (isOpenQuote(source, type)) return undefined;
    depth = depthAfter(depth, type);
    if (depth === 0) return start + offset + source.length;
  }
  return undefined;
}

function depthAfter(depth: number, type: Lexeme['type']): number {
  if (type === 'flow-map-start' || type === 'flow-seq-start') return depth + 1;
  return type === 'flow-map-end' || type === 'flow-seq-end' ? Math.max(0, depth - 1) : depth;
}

function isOpenQuote(source: string, type: Lexeme['type']): boolean {
  if (type === 'double-quoted-scalar') return !/^"(?:[^"\\]|\\.)*"$/s.test(source);
  return type === 'single-quoted-scalar' && !/^'(?:[^']|'')*'$/.test(source);
}

function* shiftedLexemes(text: string, shifts: Shifts): Generator<string> {
  if (shifts.size === 0) return yield* new Lexer().lex(text);
  /** Where the blanks stand that were put there. */
  const added: { readonly start: number; readonly end: number }[] = [];
  const pieces: string[] = [];
  let taken = 0;
  let length = 0;
  for (const [line, width] of shifts) {
    pieces.push(text.slice(taken, line), ' '.repeat(width));
    length += line - taken;
    added.push({ start: length, end: length + width });
    length += width;
    taken = line;
  }
  pieces.push(text.slice(taken));
  let next = 0;
  for (const { source, offset, type } of placedLexemes(new Lexer().lex(pieces.join('')))) {
    if (type === 'sign') {
      yield source;
      continue;
    }
    let own = '';
    let from = offset;
    const end = offset + source.length;
    for (let blanks = added[next]; blanks !== undefined && blanks.start < end; blanks = added[next]) {
      own += source.slice(from - offset, Math.max(from, blanks.start) - offset);
      from = Math.min(blanks.end, end);
      if (blanks.end > end) break;
      next += 1;
    }
    own += source.slice(from - offset);
    if (own !== '' || source === '') yield own;
  }
}

/** In brackets and braces, a `-` with something of theirs behind it is text. The lexer finds empty text behind it, which is left out. */
function* withDashes(sources: Iterable<string>, text: string): Generator<string> {
  let depth = 0;
  let isBehindDash = false;
  for (const { source, offset, type } of placedLexemes(sources)) {
    if (isBehindDash && source === CST.SCALAR) continue;
    const isDash = depth > 0 && type === 'seq-item-ind' && /[,[\]{}]/.test(text.charAt(offset + 1));
    if (isDash) yield CST.SCALAR;
    if (!isBehindDash || source !== '') yield source;
    isBehindDash = isDash;
    depth = depthAfter(depth, type);
  }
}
