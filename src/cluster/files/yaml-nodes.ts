import { limits } from '../limits.ts';
import { refuse, YamlRefusal } from './yaml-fault.ts';
import { YamlScanner, type YamlToken, type YamlTokenType } from './yaml-scanner.ts';

interface Written {
  /** Behind anchor and tag. */
  readonly start: number;
  readonly end: number;
  readonly anchor: string | undefined;
  /** As it is written: `!!str`. */
  readonly tag: string | undefined;
}

export interface YamlScalar extends Written {
  readonly kind: 'scalar';
  readonly text: string;
  readonly isPlain: boolean;
}

export interface YamlList extends Written {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
}

export interface YamlMap extends Written {
  readonly kind: 'map';
  readonly pairs: readonly { readonly key: YamlNode; readonly value: YamlNode }[];
}

export interface YamlAlias extends Written {
  readonly kind: 'alias';
  readonly name: string;
}

export type YamlNode = YamlScalar | YamlList | YamlMap | YamlAlias;

/** The first document of a part, and what is behind it: kubectl reads no further. */
export interface YamlRoot {
  /** Undefined where there is nothing but comments. */
  readonly root: YamlNode | undefined;
  /** Where something begins that nobody reads. */
  readonly lost: number | undefined;
}

/**
 * The first document of one part of a YAML text as a tree.
 *
 * Mirrors parserc.go of go-yaml v2, which is what kubectl reads with.
 * @param lineOf which line of the text an offset is on, for the messages
 * @throws YamlRefusal
 */
export function yamlRoot(text: string, start: number, end: number, lineOf: (offset: number) => number): YamlRoot {
  const scanner = new YamlScanner(text, start, end);
  const isExplicit = scanner.peek().type === 'document-start';
  if (isExplicit) scanner.skip();
  const { type } = scanner.peek();
  if (type === 'end' || (isExplicit && type.startsWith('document-'))) return { root: undefined, lost: lostBehind(scanner) };
  const root = new TreeBuilder(scanner, text, lineOf).node(0, true, false);
  return { root, lost: lostBehind(scanner) };
}

function lostBehind(scanner: YamlScanner): number | undefined {
  let next = scanner.peek();
  try {
    while (next.type === 'document-end' || next.type === 'document-start') {
      scanner.skip();
      next = scanner.peek();
    }
  } catch (problem) {
    if (problem instanceof YamlRefusal) return problem.offset;
    throw problem;
  }
  return next.type === 'end' ? undefined : next.start;
}

class TreeBuilder {
  readonly #scanner: YamlScanner;
  readonly #text: string;
  readonly #lineOf: (offset: number) => number;

  constructor(scanner: YamlScanner, text: string, lineOf: (offset: number) => number) {
    this.#scanner = scanner;
    this.#text = text;
    this.#lineOf = lineOf;
  }

  /**
   * @param inBlock whether it may be written in lines, and not between brackets alone
   * @param asValue of a mapping, whose list may stand as far in as its key
   */
  node(depth: number, inBlock: boolean, asValue: boolean): YamlNode {
    const first = this.#scanner.peek();
    if (depth > limits.nestingDepth) throw new YamlRefusal('Limit', first.start, `nested more than ${limits.nestingDepth} levels deep`);
    if (first.type === 'alias') {
      this.#scanner.skip();
      return { kind: 'alias', name: first.text, ...place(first), anchor: undefined, tag: undefined };
    }
    const { anchor, tag, end } = this.#properties();
    const token = this.#scanner.peek();
    if (asValue && token.type === '-') return { ...this.#flatList(depth), anchor, tag };
    switch (token.type) {
      case 'scalar':
        this.#scanner.skip();
        return { kind: 'scalar', text: token.text, isPlain: token.isPlain, ...place(token), anchor, tag };
      case '[':
        return { ...this.#flowList(depth), anchor, tag };
      case '{':
        return { ...this.#flowMap(depth), anchor, tag };
      case 'block-list':
        if (inBlock) return { ...this.#blockList(depth), anchor, tag };
        break;
      case 'block-map':
        if (inBlock) return { ...this.#blockMap(depth), anchor, tag };
        break;
      default:
        if (anchor !== undefined || tag !== undefined) return { ...nothingAt(end), anchor, tag };
    }
    return this.#unexpected(token, 'a value is expected here');
  }

  /** An anchor and a tag, in any order. */
  #properties(): { readonly anchor: string | undefined; readonly tag: string | undefined; readonly end: number } {
    const found: { anchor?: string; tag?: string; end: number } = { end: 0 };
    for (let token = this.#scanner.peek(); ; token = this.#scanner.peek()) {
      if (token.type !== 'anchor' && token.type !== 'tag') break;
      if (found[token.type] !== undefined) break;
      found[token.type] = token.text;
      found.end = token.end;
      this.#scanner.skip();
    }
    return { anchor: found.anchor, tag: found.tag, end: found.end };
  }

  #blockList(depth: number): Bare<YamlList> {
    this.#scanner.skip();
    const { items, start, end } = this.#entries(depth, ['-', 'block-end']);
    const token = this.#scanner.peek();
    if (token.type !== 'block-end')
      this.#unexpected(token, `- is expected here, as far in as on line ${this.#lineOf(start)}, or less than that`);
    this.#scanner.skip();
    return { kind: 'list', items, start, end };
  }

  /** A list that is as far in as the key that it is the value of. */
  #flatList(depth: number): Bare<YamlList> {
    return { kind: 'list', ...this.#entries(depth, ['-', 'key', 'value', 'block-end']) };
  }

  /** @param ends what stands behind the `-` of nothing */
  #entries(depth: number, ends: readonly YamlTokenType[]): Pick<YamlList, 'items' | 'start' | 'end'> {
    const { start } = this.#scanner.peek();
    const items: YamlNode[] = [];
    for (let dash = this.#scanner.peek(); dash.type === '-'; dash = this.#scanner.peek()) {
      this.#scanner.skip();
      items.push(ends.includes(this.#scanner.peek().type) ? nothingAt(dash.end) : this.node(depth + 1, true, false));
    }
    return { items, start, end: items.at(-1)?.end ?? start };
  }

  #blockMap(depth: number): Bare<YamlMap> {
    const { start } = this.#scanner.peek();
    this.#scanner.skip();
    const pairs: { key: YamlNode; value: YamlNode }[] = [];
    let token = this.#scanner.peek();
    for (; token.type === 'key'; token = this.#scanner.peek()) {
      const key = this.#part(depth, token.end);
      const colon = this.#scanner.peek();
      pairs.push({ key, value: colon.type === 'value' ? this.#part(depth, colon.end) : nothingAt(key.end) });
    }
    if (token.type !== 'block-end') this.#unexpected(token, `a key is expected here, as far in as on line ${this.#lineOf(start)}`);
    this.#scanner.skip();
    return { kind: 'map', pairs, start, end: pairs.at(-1)?.value.end ?? start };
  }

  /** A key or a value in a block, behind its sign. */
  #part(depth: number, end: number): YamlNode {
    this.#scanner.skip();
    return ['key', 'value', 'block-end'].includes(this.#scanner.peek().type) ? nothingAt(end) : this.node(depth + 1, true, true);
  }

  #flowList(depth: number): Bare<YamlList> {
    const { start } = this.#scanner.peek();
    this.#scanner.skip();
    const items: YamlNode[] = [];
    for (;;) {
      if (this.#isClosed(start, ']')) break;
      if (items.length > 0) this.#comma(start, ']');
      if (this.#isClosed(start, ']')) break;
      const token = this.#scanner.peek();
      items.push(token.type === 'key' ? this.#onlyPair(depth, token) : this.node(depth + 1, false, false));
    }
    return { kind: 'list', items, start, end: this.#closed() };
  }

  /** `[a: 1]` is a list of one mapping. */
  #onlyPair(depth: number, { start, end }: YamlToken): YamlMap {
    if (depth >= limits.nestingDepth) throw new YamlRefusal('Limit', start, `nested more than ${limits.nestingDepth} levels deep`);
    this.#scanner.skip();
    let key: YamlNode;
    if (['value', ',', ']'].includes(this.#scanner.peek().type)) {
      key = nothingAt(end);
      // So does go-yaml: the colon is lost, and with it the value.
      this.#scanner.skip();
    } else key = this.node(depth + 2, false, false);
    const value = this.#flowValue(depth + 1, key.end, ']');
    return { kind: 'map', pairs: [{ key, value }], start, end: value.end, anchor: undefined, tag: undefined };
  }

  #flowMap(depth: number): Bare<YamlMap> {
    const { start } = this.#scanner.peek();
    this.#scanner.skip();
    const pairs: { key: YamlNode; value: YamlNode }[] = [];
    for (;;) {
      if (this.#isClosed(start, '}')) break;
      if (pairs.length > 0) this.#comma(start, '}');
      if (this.#isClosed(start, '}')) break;
      const token = this.#scanner.peek();
      if (token.type !== 'key') {
        const key = this.node(depth + 1, false, false);
        if (key.kind === 'scalar' && key.isPlain && key.text.endsWith(':')) {
          refuse(key.start, `kubectl reads ${key.text} as one word here`, 'put it in quotes, or a blank behind the colon');
        }
        pairs.push({ key, value: nothingAt(key.end) });
        continue;
      }
      this.#scanner.skip();
      const hasKey = !['value', ',', '}'].includes(this.#scanner.peek().type);
      const key = hasKey ? this.node(depth + 1, false, false) : nothingAt(token.end);
      pairs.push({ key, value: this.#flowValue(depth, key.end, '}') });
    }
    return { kind: 'map', pairs, start, end: this.#closed() };
  }

  #flowValue(depth: number, keyEnd: number, close: ']' | '}'): YamlNode {
    const colon = this.#scanner.peek();
    if (colon.type !== 'value') return nothingAt(keyEnd);
    this.#scanner.skip();
    return [',', close].includes(this.#scanner.peek().type) ? nothingAt(colon.end) : this.node(depth + 1, false, false);
  }

  #isClosed(start: number, close: ']' | '}'): boolean {
    const { type } = this.#scanner.peek();
    if (type === 'end' || type === 'document-end') refuse(start, `the ${close === ']' ? '[' : '{'} that opens here is never closed`);
    return type === close;
  }

  #comma(start: number, close: ']' | '}'): void {
    const token = this.#scanner.peek();
    const open = close === ']' ? '[' : '{';
    if (token.type === ',') this.#scanner.skip();
    else if (token.type === 'value')
      refuse(token.start, `a colon cannot stand here: is the ${open} of line ${this.#lineOf(start)} closed?`, colonHint);
    else this.#unexpected(token, `a comma is expected here, or the ${close} to the ${open} of line ${this.#lineOf(start)}`);
  }

  #closed(): number {
    const { end } = this.#scanner.peek();
    this.#scanner.skip();
    return end;
  }

  #unexpected({ type, start }: YamlToken, message: string): never {
    if (type === 'key' && this.#text[start] === '?') {
      refuse(start, 'text with a ? must be in quotes between brackets: kubectl takes it for a sign of its own');
    }
    if (type === 'value') {
      refuse(
        start,
        'a colon cannot stand here',
        'put text with a colon in quotes; a key is on one line, and no longer than 1024 characters',
      );
    }
    refuse(start, message);
  }
}

const colonHint = 'text with a colon in it needs quotes; a key is on one line and has no more than 1024 characters';

type Bare<T extends YamlNode> = Omit<T, 'anchor' | 'tag'>;

function place({ start, end }: YamlToken): { readonly start: number; readonly end: number } {
  return { start, end };
}

/** What is left out is nothing. */
function nothingAt(offset: number): YamlScalar {
  return { kind: 'scalar', text: '', isPlain: true, start: offset, end: offset, anchor: undefined, tag: undefined };
}
