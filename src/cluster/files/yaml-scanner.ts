import { isBlankOrEnd, isBreak, isWordSign } from './yaml-characters.ts';
import { refuse } from './yaml-fault.ts';
import { scanBlockScalar, scanPlainScalar, scanQuotedScalar } from './yaml-scalar-scanner.ts';
import { YamlText } from './yaml-text-reader.ts';

export type YamlTokenType =
  | 'end'
  | 'document-start'
  | 'document-end'
  | 'block-list'
  | 'block-map'
  | 'block-end'
  | '['
  | ']'
  | '{'
  | '}'
  | '-'
  | ','
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar';

export interface YamlToken {
  readonly type: YamlTokenType;
  readonly start: number;
  readonly end: number;
  /** Of an alias or anchor its name, of a tag itself, of a scalar its text. */
  readonly text: string;
  /** A scalar without quotes, on the lines of its own or in a row. */
  readonly isPlain: boolean;
}

/** Where a key without a `?` may have begun. */
interface SimpleKey {
  readonly offset: number;
  readonly index: number;
  readonly line: number;
  readonly column: number;
  /** Which token it is, counted from the first. */
  readonly number: number;
  /** Nothing but a key can stand there. */
  readonly isRequired: boolean;
}

/**
 * Cuts one part of a YAML text into tokens.
 *
 * Mirrors scannerc.go of go-yaml v2, the reader of sigs.k8s.io/yaml, and so of kubectl: every other YAML reader takes some texts that it
 * refuses, and refuses some that it takes.
 */
export class YamlScanner {
  readonly #text: YamlText;
  /** Found and not yet taken. */
  #tokens: YamlToken[] = [];
  #taken = 0;
  #flowDepth = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  #isKeyAllowed = true;
  /** One for each level of brackets. */
  readonly #keys: (SimpleKey | undefined)[] = [undefined];

  /** @param start where the part begins in the text, and `end` where it ends */
  constructor(text: string, start: number, end: number) {
    this.#text = new YamlText(text, start, end);
  }

  /** The next token, which stays. */
  peek(): YamlToken {
    while (this.#tokens.length === 0 || this.#mayBecomeKey()) this.#fetch();
    const [token] = this.#tokens;
    if (token === undefined) throw new Error('a YAML text has no end');
    return token;
  }

  skip(): void {
    this.#tokens.shift();
    this.#taken += 1;
  }

  /** Whether the token that is next turns out to be a key depends on what follows. */
  #mayBecomeKey(): boolean {
    return this.#keys.some((key, level) => key?.number === this.#taken && this.#validKey(level) !== undefined);
  }

  #fetch(): void {
    const text = this.#text;
    this.#skipToToken();
    this.#unrollTo(text.column);
    const sign = text.sign;
    const inFlow = this.#flowDepth > 0;
    const isAlone = isBlankOrEnd(text.at(1));
    if (sign === undefined) this.#end();
    else if (text.column === 0 && sign === '%') refuse(text.offset, 'kubectl reads no directives like %YAML', 'remove the line');
    else if (text.isDocumentMark) this.#documentMark(sign === '-' ? 'document-start' : 'document-end');
    else if (sign === '[' || sign === '{') this.#flowStart(sign);
    else if (sign === ']' || sign === '}') this.#flowEnd(sign);
    else if (sign === ',') this.#flowEntry();
    else if (sign === '-' && isAlone) this.#blockEntry();
    else if (sign === '?' && (inFlow || isAlone)) this.#key();
    else if (sign === ':' && (inFlow || isAlone)) this.#value();
    else if (sign === '*' || sign === '&') this.#anchor(sign);
    else if (sign === '!') this.#tag();
    else if (!inFlow && (sign === '|' || sign === '>')) this.#blockScalar();
    else if (sign === '"' || sign === "'") this.#quotedScalar();
    // What is left of ? and : has no blank behind it.
    else if (!/[\t?:#|>%@`]/.test(sign) || (!inFlow && /[?:]/.test(sign))) this.#plainScalar(inFlow);
    else if (sign === '\t') refuse(text.offset, 'a tab must not stand here: kubectl takes blanks alone');
    else refuse(text.offset, `a value cannot begin with ${sign}`, quotesHint);
  }

  #skipToToken(): void {
    const text = this.#text;
    for (;;) {
      while (text.sign === ' ' || (text.sign === '\t' && (this.#flowDepth > 0 || !this.#isKeyAllowed))) text.skip();
      if (text.sign === '#') text.skipToBreak();
      if (!isBreak(text.sign)) return;
      text.takeBreak();
      if (this.#flowDepth === 0) this.#isKeyAllowed = true;
    }
  }

  #add(type: YamlTokenType, start: number, text = ''): void {
    this.#tokens.push({ type, start, end: this.#text.offset, text, isPlain: false });
  }

  /** In front of a token that was found already. */
  #insert(number: number, type: YamlTokenType, offset: number): void {
    this.#tokens.splice(number - this.#taken, 0, { type, start: offset, end: offset, text: '', isPlain: false });
  }

  #blockScalar(): void {
    this.#removeKey();
    this.#isKeyAllowed = true;
    this.#tokens.push({ type: 'scalar', isPlain: false, ...scanBlockScalar(this.#text, this.#indent) });
  }

  #quotedScalar(): void {
    this.#saveKey();
    this.#isKeyAllowed = false;
    this.#tokens.push({ type: 'scalar', isPlain: false, ...scanQuotedScalar(this.#text) });
  }

  #plainScalar(inFlow: boolean): void {
    this.#saveKey();
    const { start, end, text, endsLine } = scanPlainScalar(this.#text, this.#indent, inFlow);
    this.#isKeyAllowed = endsLine;
    this.#tokens.push({ type: 'scalar', isPlain: true, start, end, text });
  }

  #indicator(type: YamlTokenType): void {
    const start = this.#text.offset;
    this.#text.skip();
    this.#add(type, start);
  }

  get #nextNumber(): number {
    return this.#taken + this.#tokens.length;
  }

  /** A key stands on one line, and is not endless. */
  #validKey(level: number): SimpleKey | undefined {
    const key = this.#keys[level];
    if (key === undefined) return undefined;
    if (key.line === this.#text.line && key.index + 1024 >= this.#text.index) return key;
    if (key.isRequired) refuse(key.offset, 'this is not a key: no colon with a blank behind it follows on the same line', colonHint);
    this.#keys[level] = undefined;
    return undefined;
  }

  #saveKey(): void {
    if (!this.#isKeyAllowed) return;
    const { offset, index, line, column } = this.#text;
    const isRequired = this.#flowDepth === 0 && this.#indent === column;
    this.#removeKey();
    this.#keys[this.#flowDepth] = { offset, index, line, column, number: this.#nextNumber, isRequired };
  }

  #removeKey(): void {
    const key = this.#keys[this.#flowDepth];
    if (key?.isRequired === true)
      refuse(key.offset, 'this is not a key: no colon with a blank behind it follows on the same line', colonHint);
    this.#keys[this.#flowDepth] = undefined;
  }

  /** Where something begins further in than what is around it, a list or mapping does. */
  #rollTo(column: number, type: YamlTokenType, offset: number, number = this.#nextNumber): void {
    if (this.#flowDepth > 0 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    this.#insert(number, type, offset);
  }

  #unrollTo(column: number): void {
    if (this.#flowDepth > 0) return;
    while (this.#indent > column) {
      this.#add('block-end', this.#text.offset);
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #end(): void {
    this.#text.endLine();
    this.#unrollTo(-1);
    this.#removeKey();
    this.#isKeyAllowed = false;
    this.#add('end', this.#text.offset);
  }

  #documentMark(type: YamlTokenType): void {
    this.#unrollTo(-1);
    this.#removeKey();
    this.#isKeyAllowed = false;
    const start = this.#text.offset;
    for (let count = 0; count < 3; count += 1) this.#text.skip();
    this.#add(type, start);
  }

  #flowStart(sign: '[' | '{'): void {
    this.#saveKey();
    this.#keys.push(undefined);
    this.#flowDepth += 1;
    this.#isKeyAllowed = true;
    this.#indicator(sign);
  }

  #flowEnd(sign: ']' | '}'): void {
    this.#removeKey();
    if (this.#flowDepth > 0) {
      this.#flowDepth -= 1;
      this.#keys.pop();
    }
    this.#isKeyAllowed = false;
    this.#indicator(sign);
  }

  #flowEntry(): void {
    this.#removeKey();
    this.#isKeyAllowed = true;
    this.#indicator(',');
  }

  #blockEntry(): void {
    const { column, offset } = this.#text;
    if (this.#flowDepth === 0) {
      if (!this.#isKeyAllowed) refuse(offset, 'a list cannot begin on this line', 'write - on a line of its own, below the key');
      this.#rollTo(column, 'block-list', offset);
    }
    this.#removeKey();
    this.#isKeyAllowed = true;
    this.#indicator('-');
  }

  #key(): void {
    const { column, offset } = this.#text;
    if (this.#flowDepth === 0) {
      if (!this.#isKeyAllowed) refuse(offset, 'a key cannot begin here', 'put the ? in quotes if it is meant as text');
      this.#rollTo(column, 'block-map', offset);
    }
    this.#removeKey();
    this.#isKeyAllowed = this.#flowDepth === 0;
    this.#indicator('key');
  }

  #value(): void {
    const { column, offset } = this.#text;
    const level = this.#keys.length - 1;
    const key = this.#validKey(level);
    if (key !== undefined) {
      this.#insert(key.number, 'key', key.offset);
      this.#rollTo(key.column, 'block-map', key.offset, key.number);
      this.#keys[level] = undefined;
      this.#isKeyAllowed = false;
    } else {
      if (this.#flowDepth === 0) {
        if (!this.#isKeyAllowed) refuse(offset, 'a colon cannot stand here', 'put text with a colon and a blank in it in quotes');
        this.#rollTo(column, 'block-map', offset);
      }
      this.#isKeyAllowed = this.#flowDepth === 0;
    }
    this.#indicator('value');
  }

  #anchor(sign: '*' | '&'): void {
    const text = this.#text;
    this.#saveKey();
    this.#isKeyAllowed = false;
    const start = text.offset;
    text.skip();
    while (isWordSign(text.sign)) text.skip();
    const name = text.slice(start + 1);
    if (name === '' || !(isBlankOrEnd(text.sign) || /[?:,\]}%@`]/.test(text.sign ?? ''))) {
      const word = text.wordFrom(start);
      refuse(start, `${sign === '&' ? 'anchor' : 'alias'} ${word} may have letters, digits, - and _ alone`, quotesHint);
    }
    this.#add(sign === '&' ? 'anchor' : 'alias', start, name);
  }

  #tag(): void {
    const text = this.#text;
    this.#saveKey();
    this.#isKeyAllowed = false;
    const start = text.offset;
    while (text.sign !== undefined && /[\w;/?:@&=+$,.!~*'()[\]%<>-]/.test(text.sign)) text.skip();
    const tag = text.slice(start);
    if (!isBlankOrEnd(text.sign) || !/^!(?:<[^<>]+>|(?:!(?=.))?[^!<>]*)$/.test(tag)) {
      refuse(start, `${text.wordFrom(start)} is not a tag`, quotesHint);
    }
    this.#add('tag', start, tag);
  }
}

const colonHint = 'is it further in or out than it should be?';
const quotesHint = 'put it in quotes if it is meant as text';
