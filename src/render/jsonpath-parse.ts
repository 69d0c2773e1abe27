import type { Json } from '../model/object.ts';
import { numberFromText } from '../model/raw-json.ts';
import { unquoteGo } from './go-unquote.ts';
import { TemplateError } from './template-error.ts';

/** One bound of `[start:end:step]`. `derived` marks the end that a plain index `[n]` implies. */
export interface SliceBound {
  readonly known: boolean;
  readonly value: number;
  readonly derived?: boolean;
}

/** A step of a path, or a piece of text. */
export type PathNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly nodes: readonly PathNode[] }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  | { readonly kind: 'slice'; readonly bounds: readonly [SliceBound, SliceBound, SliceBound] }
  | { readonly kind: 'union'; readonly paths: readonly (readonly PathNode[])[] }
  | { readonly kind: 'filter'; readonly left: readonly PathNode[]; readonly operator: string; readonly right: readonly PathNode[] }
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'identifier'; readonly name: string };

/** The pieces of a template in order: text outside braces, and a `list` for each `{…}`. */
export type JsonPathTemplate = readonly PathNode[];

/**
 * Reads kubectl's JSONPath dialect. Mirrors the parser of client-go's util/jsonpath, oddities included: what it takes for a
 * key, a number or a filter decides what scripts print. Time is linear in the template.
 * @throws TemplateError with the parser's own words.
 */
export function parseJsonPath(template: string): JsonPathTemplate {
  const root: PathNode[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('{', at);
    if (open !== at) root.push({ kind: 'text', text: template.slice(at, open < 0 ? undefined : open) });
    if (open < 0) break;
    const action = parseAction(template, open + 1);
    root.push({ kind: 'list', nodes: action.nodes });
    at = action.end;
  }
  return root;
}

/** The nodes between braces, from the first character inside to the one after the closing brace. */
function parseAction(input: string, start: number): { readonly nodes: readonly PathNode[]; readonly end: number } {
  const nodes: PathNode[] = [];
  let at = start;
  for (;;) {
    const character = input[at];
    if (character === '}') return { nodes, end: at + 1 };
    if (character === undefined || character === '\n' || character === '\r') throw new TemplateError('unclosed action');

    if (character === ' ' || character === '@' || character === '$') at++;
    else if (input.startsWith('[?(', at)) at = parseFilter(input, at, nodes);
    else if (character === '[') at = parseBrackets(input, at, nodes);
    else if (input.startsWith('..', at)) at = parseRecursive(input, at, nodes);
    else if (character === '.') at = parseField(input, at + 1, nodes);
    else if (character === '"' || character === "'") at = parseQuoted(input, at, nodes);
    else if (/[-+0-9]/.test(character)) at = parseNumber(input, at, nodes);
    else if (startsWord(input, at)) at = parseIdentifier(input, at, nodes);
    else throw new TemplateError(`unrecognized character in action: ${unicodeName(input.codePointAt(at) ?? 0)}`);
  }
}

function parseRecursive(input: string, start: number, nodes: PathNode[]): number {
  if (nodes.at(-1)?.kind === 'recursive') throw new TemplateError('invalid multiple recursive descent');
  nodes.push({ kind: 'recursive' });
  const at = start + 2;
  return startsWord(input, at) ? parseField(input, at, nodes) : at;
}

function parseField(input: string, start: number, nodes: PathNode[]): number {
  let at = start;
  while (at < input.length && !terminators.has(input[at] ?? '')) at += input[at] === '\\' ? 2 : 1;
  at = Math.min(at, input.length);
  const name = input.slice(start, at);
  nodes.push(name === '*' ? { kind: 'wildcard' } : { kind: 'field', name: name.replaceAll('\\', '') });
  return at;
}

function parseIdentifier(input: string, start: number, nodes: PathNode[]): number {
  let at = start;
  while (at < input.length && !terminators.has(input[at] ?? '')) at++;
  const name = input.slice(start, at);
  const isBoolean = name === 'true' || name === 'false';
  nodes.push(isBoolean ? { kind: 'literal', value: name === 'true' } : { kind: 'identifier', name });
  return at;
}

function parseNumber(input: string, start: number, nodes: PathNode[]): number {
  let at = start + 1;
  while (/[.0-9]/.test(input[at] ?? '')) at++;
  const text = input.slice(start, at);
  const value = /^[-+]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : undefined;
  if (value === undefined) throw new TemplateError(`cannot parse number ${text}`);
  // As text with an exponent it stays a fraction for comparisons, even if it is whole.
  const isFraction = text.includes('.') || !Number.isSafeInteger(value);
  nodes.push({ kind: 'literal', value: isFraction ? numberFromText(value.toExponential()) : value });
  return at;
}

function parseQuoted(input: string, start: number, nodes: PathNode[]): number {
  const quote = input[start] ?? '';
  for (let at = start + 1; ; at++) {
    const character = input[at];
    if (character === undefined || character === '\n') throw new TemplateError('unterminated quoted string');
    // Beware: a backslash always hides the quote after it, even when it is itself hidden. So it is in kubectl.
    if (character !== quote || input[at - 1] === '\\') continue;
    const quoted = input.slice(start, at + 1);
    const text = unquoteGo(quoted);
    if (text === undefined) throw new TemplateError(`unquote string ${quoted} error invalid syntax`);
    nodes.push({ kind: 'text', text });
    return at + 1;
  }
}

/** `[0]`, `[1:3]`, `[*]`, `['key']`, and unions of these. */
function parseBrackets(input: string, start: number, nodes: PathNode[]): number {
  const end = endOfBrackets(input, start);
  const inside = input.slice(start + 1, end - 1);
  const members = inside.split(',');
  if (members.length > 1) {
    nodes.push({ kind: 'union', paths: members.map((member) => pathOf(`[${member.replace(/^ +| +$/g, '')}]`)) });
  } else {
    nodes.push(...bracketNodes(inside === '*' ? ':' : inside));
  }
  return end;
}

function endOfBrackets(input: string, start: number): number {
  for (let at = start; ; at++) {
    const character = input[at];
    if (character === undefined || character === '\n') throw new TemplateError('unterminated array');
    if (character === ']') return at + 1;
  }
}

function bracketNodes(inside: string): readonly PathNode[] {
  const key = /^'([^']*)'$/.exec(inside)?.[1];
  if (key !== undefined) return pathOf(`.${key}`);

  const slice = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(inside);
  if (slice === null) throw new TemplateError(`invalid array index ${inside}`);
  const start = boundOf(slice[1] ?? '');
  const end = slice[2] === undefined ? { known: true, value: start.value + 1, derived: true } : boundOf(slice[2].slice(1));
  return [{ kind: 'slice', bounds: [start, end, boundOf(slice[3]?.slice(1) ?? '')] }];
}

function boundOf(digits: string): SliceBound {
  if (digits === '') return { known: false, value: 0 };
  const value = Number(digits);
  if (digits === '-' || Math.abs(value) >= 2 ** 63) throw new TemplateError(`array index ${digits} is not a number`);
  return { known: true, value };
}

function parseFilter(input: string, start: number, nodes: PathNode[]): number {
  const from = start + '[?('.length;
  const close = endOfFilter(input, from);
  if (input[close + 1] !== ']') throw new TemplateError('unclosed array expect ]');
  nodes.push(filterNode(input.slice(from, close)));
  return close + 2;
}

/** The closing parenthesis: none inside the quotes of the one quoted text that a filter may hold. */
function endOfFilter(input: string, from: number): number {
  let quote: string | undefined;
  let closed = false;
  for (let at = from; ; at++) {
    const character = input[at];
    if (character === undefined || character === '\n') throw new TemplateError('unterminated filter');
    if (character === '"' || character === "'") {
      if (quote === undefined) quote = character;
      else if (character === quote && input[at - 1] !== '\\') closed = true;
    }
    if (character === ')' && (quote !== undefined) === closed) return at;
  }
}

function filterNode(text: string): PathNode {
  const operatorAt = text.search(/[!<>=]/);
  const afterOperator = operatorAt + (/^[!<>=]+/.exec(text.slice(operatorAt))?.[0].length ?? 0);
  // The right side is never empty: of `==)` the second sign belongs to it.
  const rightAt = afterOperator === text.length ? afterOperator - 1 : afterOperator;
  if (operatorAt <= 0 || rightAt <= operatorAt) return { kind: 'filter', left: pathOf(text), operator: 'exists', right: [] };
  return {
    kind: 'filter',
    left: pathOf(text.slice(0, operatorAt)),
    operator: text.slice(operatorAt, rightAt),
    right: pathOf(text.slice(rightAt)),
  };
}

/** A path inside a path. What follows a brace in it is dropped, as kubectl drops it. */
function pathOf(text: string): readonly PathNode[] {
  return parseAction(`${text}}`, 0).nodes;
}

const terminators = new Set([' ', '\t', '\r', '\n', '.', ',', '[', ']', '$', '@', '{', '}']);

function startsWord(input: string, at: number): boolean {
  return /^[\p{L}\p{Nd}_]/u.test(String.fromCodePoint(input.codePointAt(at) ?? 0));
}

/** `U+0026 '&'`. */
function unicodeName(code: number): string {
  const character = String.fromCodePoint(code);
  const hex = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return /[\p{C}\p{Z}]/u.test(character) ? hex : `${hex} '${character}'`;
}
