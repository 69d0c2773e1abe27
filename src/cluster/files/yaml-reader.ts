import type { Json } from '../../model/object.ts';
import { isExactNumber } from '../json.ts';
import { limits } from '../limits.ts';
import { excerptAt, positionsOf, spanAt, type TextDocument, type TextDocuments, type TextProblem } from './text-document.ts';
import { extentOf, type WrittenField, type WrittenPlace } from './written-places.ts';
import { refuse, YamlRefusal } from './yaml-fault.ts';
import { type YamlAlias, type YamlList, type YamlMap, type YamlNode, type YamlScalar, yamlRoot } from './yaml-nodes.ts';
import { type YamlPart, yamlParts } from './yaml-parts.ts';
import { isBooleanWord, plainScalar } from './yaml-scalar.ts';

/**
 * Reads YAML as kubectl does, part by part and of each the first document: the 1.1 scalars of `yaml-scalar.ts`, merge keys, numbers and
 * booleans as keys, the last of equal keys wins. Documents that hold nothing are left out; a document with an error is left out and the
 * next is read.
 *
 * Values are built here, so that input can construct nothing, refer to itself or grow without limit.
 */
export function readYamlDocuments(text: string): TextDocuments {
  const at = positionsOf(text);
  const problems: TextProblem[] = [];
  const report = (code: TextProblem['code'], offset: number, message: string, hint?: string): void => {
    problems.push({ code, ...at(offset), message, ...(hint === undefined ? {} : { hint }), excerpt: excerptAt(text, offset) });
  };
  const control = controlCharacters.exec(text);
  if (control !== null) {
    report('Syntax', control.index, `control character U+${hexOf(control[0])} is not allowed`);
    return { documents: [], problems };
  }
  const documents: TextDocument[] = [];
  const lineOf = (offset: number): number => at(offset).line;
  // One document after the other: what is left of each is its value and its places, which are a fraction of its tree.
  for (const part of yamlParts(text)) {
    try {
      const root = withoutForeignComment(text, part, () => rootOf(text, part, lineOf));
      if (root === undefined) continue;
      const { value, place } = buildValue(root, { report, lineOf });
      documents.push({
        value,
        start: at(place.start),
        positionOf: (path) => at(extentOf(place, path, 'key').start),
        spanOf: (path, part) => spanAt(text, extentOf(place, path, part), at),
      });
    } catch (problem) {
      if (!(problem instanceof YamlRefusal)) throw problem;
      report(problem.code, problem.offset, problem.message, problem.hint);
    }
  }
  return { documents, problems };
}

/** @throws YamlRefusal, also for what follows the document: kubectl would pass over it without a word */
function rootOf(text: string, { start, end, fault }: YamlPart, lineOf: (offset: number) => number): YamlNode | undefined {
  if (fault !== undefined) throw fault;
  const { root, lost } = yamlRoot(text, start, end, lineOf);
  if (lost !== undefined) refuse(lost, 'kubectl reads nothing from here on', 'begin a new document with a line of its own that says ---');
  if (root === undefined || (root.kind === 'scalar' && root.text === '' && root.isPlain && root.tag === undefined)) return undefined;
  const size = root.end - root.start;
  if (size <= limits.yamlDocumentBytes) return root;
  throw new YamlRefusal(
    'Limit',
    root.start,
    `a YAML document of more than ${limits.yamlDocumentBytes / 1024 / 1024} MiB; JSON may be larger`,
  );
}

/** A part that begins with the comment of another language makes no sense as YAML, and what would be said of it even less. */
function withoutForeignComment(text: string, { start, end }: YamlPart, read: () => YamlNode | undefined): YamlNode | undefined {
  const [before = '', sign] = /^\s*(\/[/*])/.exec(text.slice(start, Math.min(end, start + 1000))) ?? [];
  if (sign === undefined) return read();
  const refuseComment = () =>
    refuse(start + before.length - sign.length, `${sign} begins no comment here`, 'write # in YAML; JSON has no comments');
  try {
    const root = read();
    return root?.kind === 'scalar' ? refuseComment() : root;
  } catch (problem) {
    if (problem instanceof YamlRefusal) refuseComment();
    throw problem;
  }
}

// The characters that go-yaml's reader refuses too.
const controlCharacters = /[^\P{Cc}\t\n\r\u0085]|[\ufffe\uffff]/u;

function hexOf(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
}

const tooDeep = `nested more than ${limits.nestingDepth} levels deep`;

interface Built {
  readonly value: Json;
  readonly place: WrittenPlace;
  /** How many nodes, and how deep. */
  readonly nodes: number;
  readonly depth: number;
}

/** What is done about what is odd. */
interface Reading {
  report(code: TextProblem['code'], offset: number, message: string, hint?: string): void;
  lineOf(offset: number): number;
}

/** @throws YamlRefusal */
function buildValue(root: YamlNode, { report, lineOf }: Reading): Built {
  /** Values are immutable, so that aliases can share them; `building` marks the anchors that are still open. */
  const anchors = new Map<string, Built | 'building'>();
  let aliasedNodes = 0;

  const build = (node: YamlNode, depth: number): Built => {
    if (node.kind === 'alias') return aliased(node, depth);
    if (node.anchor !== undefined) anchors.set(node.anchor, 'building');
    const built = node.kind === 'scalar' ? scalar(node) : node.kind === 'map' ? map(node, depth) : list(node, depth);
    if (node.anchor !== undefined) anchors.set(node.anchor, built);
    return built;
  };

  const aliased = ({ name, start, end }: YamlAlias, depth: number): Built => {
    const target = anchors.get(name);
    if (target === undefined) refuse(start, `alias *${name} names an anchor that does not exist`);
    if (target === 'building') refuse(start, `alias *${name} refers to itself`);
    aliasedNodes += target.nodes;
    if (aliasedNodes > limits.aliasedNodes) throw new YamlRefusal('Limit', start, 'too many aliases');
    if (depth + target.depth > limits.nestingDepth) throw new YamlRefusal('Limit', start, tooDeep);
    return { ...target, place: { ...target.place, start, end } };
  };

  const scalar = ({ text, isPlain, tag, start, end }: YamlScalar): Built => {
    const value = tag === undefined ? (isPlain ? plainScalar(text) : text) : taggedScalar(text, tag, start);
    if (value === undefined) refuse(start, `${text} is not a number that JSON can hold`);
    if (isPlain && tag === undefined && isBooleanWord(text)) {
      report('BooleanWord', start, `${text} is the boolean ${value} here`, `write "${text}" in quotes if it is meant as text`);
    }
    return { value, place: { start, end }, nodes: 1, depth: 0 };
  };

  const list = ({ items, tag, start, end }: YamlList, depth: number): Built => {
    refuseTag(tag, 'seq', start);
    const values: Json[] = [];
    const places: WrittenPlace[] = [];
    let nodes = 1;
    let deepest = 0;
    for (const item of items) {
      const built = build(item, depth + 1);
      values.push(built.value);
      places.push(built.place);
      nodes += built.nodes;
      deepest = Math.max(deepest, built.depth);
    }
    return { value: values, place: { start, end, items: places }, nodes, depth: deepest + 1 };
  };

  const map = ({ pairs, tag, start, end }: YamlMap, depth: number): Built => {
    refuseTag(tag, 'map', start);
    const entries = new Map<string, Json | undefined>();
    const fields = new Map<string, WrittenField>();
    const written = new Map<string, number>();
    let nodes = 1;
    let deepest = 0;
    for (const { key, value } of pairs) {
      const built = build(value, depth + 1);
      nodes += built.nodes;
      deepest = Math.max(deepest, built.depth);
      if (isMergeKey(key)) {
        for (const [name, merged, field] of mergedEntries(built, key.start)) {
          entries.set(name, merged);
          if (field !== undefined) fields.set(name, field);
        }
        continue;
      }
      const name = keyText(key);
      const before = written.get(name);
      if (before !== undefined) {
        report('DuplicateKey', key.start, `key "${name}" is there twice, first on line ${lineOf(before)}`, 'the last one counts');
      }
      written.set(name, key.start);
      entries.set(name, built.value);
      fields.set(name, { keyStart: key.start, keyEnd: key.end, value: built.place });
    }
    return { value: Object.fromEntries(entries), place: { start, end, fields }, nodes, depth: deepest + 1 };
  };

  const keyText = (key: YamlNode): string => {
    const value = key.kind === 'scalar' || key.kind === 'alias' ? build(key, 0).value : null;
    if (typeof value === 'string') return value;
    if (isExactNumber(value)) return value.rawJSON;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return refuse(key.start, 'a key must be text, not null, a list or a mapping');
  };

  return build(root, 0);
}

/** Only the tags of JSON's own types; any other would construct something. */
function refuseTag(tag: string | undefined, allowed: string, offset: number): void {
  if (tag === undefined || tag === '!' || shortTag(tag) === `!!${allowed}`) return;
  refuse(offset, `tag ${shortTag(tag)} is not allowed: only plain values are read`);
}

function shortTag(tag: string): string {
  return tag.replace(/^!<tag:yaml\.org,2002:(.+)>$/, '!!$1');
}

/** A `!!float` may be written as an integer, but not the other way around. */
const testOfTag = new Map<string, (value: Json | undefined, text: string) => boolean>([
  ['!!int', (value, text) => isNumber(value) && !/[.eE]/.test(text.replace(/^[-+]?0[xX].*$/, ''))],
  ['!!float', isNumber],
  ['!!bool', (value) => typeof value === 'boolean'],
  ['!!null', (value) => value === null],
]);

function isNumber(value: Json | undefined): boolean {
  return typeof value === 'number' || isExactNumber(value);
}

function taggedScalar(text: string, tag: string, offset: number): Json | undefined {
  const short = shortTag(tag);
  if (short === '!' || short === '!!str') return text;
  const isOfType = testOfTag.get(short);
  if (isOfType === undefined) return refuse(offset, `tag ${short} is not allowed: only plain values are read`);
  const value = plainScalar(text);
  if (isOfType(value, text)) return value;
  return refuse(offset, `"${text}" is not of the type that its tag ${short} says`);
}

function isMergeKey(key: YamlNode): boolean {
  return key.kind === 'scalar' && key.isPlain && key.tag === undefined && key.text === '<<';
}

/** Of a list the first mapping has precedence, so it is applied last. Merged fields stand where the anchor has them. */
function mergedEntries({ value, place }: Built, offset: number): [string, Json | undefined, WrittenField | undefined][] {
  const sources: readonly (readonly [Json, WrittenPlace | undefined])[] = Array.isArray(value)
    ? value.map((source: Json, index): [Json, WrittenPlace | undefined] => [source, place.items?.[index]]).reverse()
    : [[value, place]];
  return sources.flatMap(([source, written]) => {
    if (typeof source !== 'object' || source === null || Array.isArray(source)) {
      return refuse(offset, 'a merge key (<<) needs a mapping or a list of mappings');
    }
    return Object.entries(source).map(([name, field]): [string, Json | undefined, WrittenField | undefined] => [
      name,
      field,
      written?.fields?.get(name),
    ]);
  });
}
