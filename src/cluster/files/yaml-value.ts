import { type Alias, isAlias, isCollection, isMap, isNode, isScalar, isSeq, type Node, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { jsonEqual } from '../../core/patch.ts';
import type { Json } from '../../model/object.ts';
import { isExactNumber } from '../json.ts';
import { limits } from '../limits.ts';
import type { TextProblem } from './text-document.ts';
import type { WrittenField, WrittenPlace } from './written-places.ts';
import { infinityKey, isBooleanWord, isInteger, plainScalar, withApostrophes } from './yaml-scalar.ts';

/** Ends the building of one document. */
export class Refusal extends Error {
  readonly code: 'Syntax' | 'Limit';
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(code: 'Syntax' | 'Limit', offset: number, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.offset = offset;
    this.hint = hint;
  }
}

export const tooDeep = `nested more than ${limits.nestingDepth} levels deep`;

export interface Built {
  readonly value: Json;
  readonly place: WrittenPlace;
  /** How many nodes, and how deep. */
  readonly nodes: number;
  readonly depth: number;
}

/** The text that the nodes are places of, and what is done about what is odd in it. */
export interface Reading {
  readonly text: string;
  report(code: TextProblem['code'], offset: number, message: string, hint?: string, repeats?: boolean): void;
  lineOf(offset: number): number;
}

/** @throws Refusal */
export function buildValue(root: Node, reading: Reading): Built {
  return new ValueBuilder(reading).build(root);
}

/** Builds the value of one document. */
class ValueBuilder {
  readonly #reading: Reading;
  /** Values are immutable, so that aliases can share them; `building` marks the anchors that are still open. */
  readonly #anchors = new Map<string, Built | 'building'>();
  #aliasedNodes = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  build(root: Node): Built {
    return this.#build(root, 0, false);
  }

  /** @param inFlow whether it stands in brackets or braces */
  #build(node: Node, depth: number, inFlow: boolean): Built {
    if (isSeq(node)) refuseTag(node, ['tag:yaml.org,2002:seq']);
    if (depth > limits.nestingDepth) throw new Refusal('Limit', startOf(node), tooDeep);
    if (isAlias(node)) return this.#aliased(node, depth);
    if (node.anchor !== undefined) {
      if (!/^[\w-]+$/.test(node.anchor))
        throw new Refusal('Syntax', startOf(node), `anchor &${node.anchor} may have letters, digits, - and _ alone`);
      this.#anchors.set(node.anchor, 'building');
    }
    const flow = inFlow || (isCollection(node) && node.flow === true);
    const built = isScalar(node)
      ? this.#scalar(node, flow)
      : isMap(node)
        ? this.#map(node, depth, flow)
        : isSeq(node)
          ? this.#seq(node, depth, flow)
          : nothing;
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, built);
    return built;
  }

  #aliased(alias: Alias, depth: number): Built {
    const target = this.#anchors.get(alias.source);
    const offset = startOf(alias);
    if (target === undefined) throw new Refusal('Syntax', offset, `alias *${alias.source} names an anchor that does not exist`);
    if (target === 'building') throw new Refusal('Syntax', offset, `alias *${alias.source} refers to itself`);
    this.#aliasedNodes += target.nodes;
    if (this.#aliasedNodes > limits.aliasedNodes) throw new Refusal('Limit', offset, 'too many aliases');
    if (depth + target.depth > limits.nestingDepth) throw new Refusal('Limit', offset, tooDeep);
    return { ...target, place: { ...target.place, ...extentOfNode(alias) } };
  }

  #scalar(node: Scalar, inFlow: boolean): Built {
    const plain = node.type === 'PLAIN';
    const written = this.#reading.text.slice(startOf(node), endOf(node));
    refuseWriting(node, written, inFlow);
    const text = node.type === 'QUOTE_DOUBLE' ? withApostrophes(String(node.value), written) : String(node.value);
    const value = node.tag === undefined ? (plain ? plainScalar(text) : text) : taggedScalar(node, node.tag, text);
    if (value === undefined) throw new Refusal('Syntax', startOf(node), `${text} is not a number that JSON can hold`);
    if (plain && node.tag === undefined && isBooleanWord(text)) this.#reportBoolean(node, text);
    return { value, place: extentOfNode(node), nodes: 1, depth: 0 };
  }

  #reportBoolean(node: Scalar, text: string): void {
    this.#reading.report(
      'BooleanWord',
      startOf(node),
      `${text} is the boolean ${plainScalar(text)} here`,
      `write "${text}" in quotes if it is meant as text`,
    );
  }

  #seq(node: YAMLSeq, depth: number, inFlow: boolean): Built {
    const values: Json[] = [];
    const places: WrittenPlace[] = [];
    let nodes = 1;
    let deepest = 0;
    for (const item of node.items) {
      const built = this.#build(nodeOf(item), depth + 1, inFlow);
      values.push(built.value);
      places.push(built.place);
      nodes += built.nodes;
      deepest = Math.max(deepest, built.depth);
    }
    return { value: values, place: { ...extentOfNode(node), items: places }, nodes, depth: deepest + 1 };
  }

  #map(node: YAMLMap, depth: number, inFlow: boolean): Built {
    refuseTag(node, ['tag:yaml.org,2002:map']);
    const entries = new Map<string, Json | undefined>();
    const fields = new Map<string, WrittenField>();
    const written = new Map<string, number>();
    let nodes = 1;
    let deepest = 0;
    for (const pair of node.items) {
      const key = nodeOf(pair.key);
      if (inFlow) this.#refuseKeyInFlow(key);
      const built = this.#build(nodeOf(pair.value), depth + 1, inFlow);
      nodes += built.nodes;
      deepest = Math.max(deepest, built.depth);
      if (isMergeKey(key)) {
        for (const [name, value, field] of mergedEntries(built, startOf(key))) {
          entries.set(name, value);
          if (field !== undefined) fields.set(name, field);
        }
        continue;
      }
      const name = this.#keyText(key, inFlow);
      const before = written.get(name);
      if (before !== undefined) {
        const message = `key "${name}" is there twice, first on line ${this.#reading.lineOf(before)}`;
        this.#reading.report('DuplicateKey', startOf(key), message, 'the last one counts', jsonEqual(entries.get(name), built.value));
      }
      written.set(name, startOf(key));
      entries.set(name, built.value);
      fields.set(name, { keyStart: startOf(key), keyEnd: endOf(key), value: built.place });
    }
    return { value: Object.fromEntries(entries), place: { ...extentOfNode(node), fields }, nodes, depth: deepest + 1 };
  }

  /** In braces the package takes any key before a colon; kubectl looks back for its start on the same line alone, and so far. */
  #refuseKeyInFlow(key: Node): void {
    const [start, end] = [startOf(key), endOf(key)];
    if (isScalar(key) && key.type === 'PLAIN' && /^:[,[\]{}]/.test(this.#reading.text.slice(end, end + 2))) {
      const message = `kubectl reads ${String(key.value)}: as one word here: put it in quotes, or a blank behind the colon`;
      throw new Refusal('Syntax', start, message);
    }
    const colon = /^\s*(?:#.*\n\s*)*:/.exec(this.#reading.text.slice(end, end + mostBetween));
    if (colon === null) return;
    const written = this.#reading.text.slice(start, end + colon[0].length);
    const isExplicit = /\?\s+$/.test(this.#reading.text.slice(Math.max(0, start - mostBetween), start));
    if (isExplicit || (written.length <= 1024 && !/[\r\n\u0085\u2028\u2029]/.test(written))) return;
    const message = 'a key in braces must stand on one line with its colon, and have at most 1024 characters';
    throw new Refusal('Syntax', start, message, 'write it on one line; a long one behind ? and a blank');
  }

  #keyText(key: Node, inFlow: boolean): string {
    const infinity = isScalar(key) && key.type === 'PLAIN' && key.tag === undefined ? infinityKey(String(key.value)) : undefined;
    if (infinity !== undefined) return infinity;
    const { value } = isScalar(key) || isAlias(key) ? this.#build(key, 0, inFlow) : nothing;
    if (typeof value === 'string') return value;
    if (isExactNumber(value)) return value.rawJSON;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw new Refusal('Syntax', startOf(key), 'a key must be text, not null, a list or a mapping', 'put it in quotes');
  }
}

/** Characters that are looked at around a key. */
const mostBetween = 200;

const nothing: Built = { value: null, place: { start: 0, end: 0 }, nodes: 1, depth: 0 };

/** `null` stands for a key or value that was left out. */
function nodeOf(part: unknown): Node {
  if (isNode(part)) return part;
  const empty = new Scalar('');
  empty.type = 'PLAIN';
  return empty;
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function endOf(node: Node): number {
  return node.range?.[1] ?? 0;
}

function extentOfNode(node: Node): WrittenPlace {
  return { start: startOf(node), end: endOf(node) };
}

/** Only the tags of JSON's own types; any other would construct something. */
function refuseTag(node: Node, allowed: readonly string[]): void {
  if (node.tag === undefined || node.tag === '!' || allowed.includes(node.tag)) return;
  const shown = node.tag.replace(/^tag:yaml\.org,2002:/, '!!');
  throw new Refusal(
    'Syntax',
    startOf(node),
    `tag ${shown} is not allowed: only plain values are read`,
    'write the value itself, in quotes if it is text',
  );
}

const typeOfTag = new Map([
  ['tag:yaml.org,2002:int', 'number'],
  ['tag:yaml.org,2002:float', 'number'],
  ['tag:yaml.org,2002:bool', 'boolean'],
  ['tag:yaml.org,2002:null', 'object'],
]);

function taggedScalar(node: Scalar, tag: string, text: string): Json | undefined {
  if (tag === '!' || tag === 'tag:yaml.org,2002:str') return text;
  refuseTag(node, [...typeOfTag.keys()]);
  const value = plainScalar(text);
  const isOfType = value !== undefined && (isExactNumber(value) ? 'number' : typeof value) === typeOfTag.get(tag);
  if (isOfType && (tag !== 'tag:yaml.org,2002:int' || isInteger(text))) return value;
  throw new Refusal('Syntax', startOf(node), `"${text}" is not of the type that its tag !!${tag.slice(tag.lastIndexOf(':') + 1)} says`);
}

/**
 * What the package reads and go-yaml v2 does not, or otherwise.
 * @param written as it stands in the text
 * @throws Refusal
 */
function refuseWriting(node: Scalar, written: string, inFlow: boolean): void {
  const refuse = (index: number, message: string): never => {
    throw new Refusal('Syntax', startOf(node) + index, message);
  };
  const lineEnd = written.search(/[\u2028\u2029]/);
  if (lineEnd >= 0)
    refuse(lineEnd, `U+${hexOf(written.charAt(lineEnd))} ends the line for kubectl: write it as an escape, in double quotes`);
  if (node.type === 'PLAIN' && inFlow) {
    if (written.startsWith(':')) refuse(0, `${written} must be in quotes between brackets: kubectl takes the colon for itself`);
    const mark = written.indexOf('?');
    if (mark >= 0) refuse(mark, 'text with a ? must be in quotes between brackets: kubectl takes it for a sign of its own');
  }
  if (node.type !== 'QUOTE_DOUBLE' || !written.includes('\\')) return;
  for (const { index, 0: sign } of written.matchAll(/\\(?:u[dD][89a-fA-F][\da-fA-F]{2}|.)/gs)) {
    if (sign === '\\/') refuse(index, 'kubectl does not know the escape \\/: write / alone');
    if (sign.length > 2) refuse(index, `${sign} is half a character: write the character itself`);
  }
}

function isMergeKey(key: Node): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.tag === undefined && key.value === '<<';
}

/** Of a list the first mapping has precedence, so it is applied last. Merged fields stand where the anchor has them. */
function mergedEntries({ value, place }: Built, offset: number): [string, Json | undefined, WrittenField | undefined][] {
  const sources: readonly (readonly [Json, WrittenPlace | undefined])[] = Array.isArray(value)
    ? value.map((source: Json, index): [Json, WrittenPlace | undefined] => [source, place.items?.[index]]).reverse()
    : [[value, place]];
  return sources.flatMap(([source, written]) => {
    if (typeof source !== 'object' || source === null || Array.isArray(source)) {
      throw new Refusal('Syntax', offset, 'a merge key (<<) needs a mapping or a list of mappings');
    }
    return Object.entries(source).map(([name, field]): [string, Json | undefined, WrittenField | undefined] => [
      name,
      field,
      written?.fields?.get(name),
    ]);
  });
}

/** `FFFE`, as behind `U+`. */
export function hexOf(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
}
