import { isBlankOrEnd, isBreak } from './yaml-characters.ts';

/**
 * A place in a part of a YAML text that moves on sign by sign. Offsets are those of the text; lines, columns and indices count from 0 and
 * count characters, as go-yaml does, where JavaScript counts some twice. The last line always ends: kubectl reads line by line, and gives
 * go-yaml each with a line feed.
 */
export class YamlText {
  readonly #text: string;
  readonly #end: number;
  /** How many second halves of characters were passed. */
  #halves = 0;
  #lineStart: number;
  offset: number;
  line = 0;

  constructor(text: string, start: number, end: number) {
    this.#text = text;
    this.#end = end;
    // A mark of the byte order may begin each part.
    this.offset = text[start] === '\ufeff' ? start + 1 : start;
    this.#lineStart = this.offset;
  }

  get index(): number {
    return this.offset - this.#halves;
  }

  get column(): number {
    return this.index - this.#lineStart;
  }

  /** Undefined behind the end. */
  get sign(): string | undefined {
    return this.at(0);
  }

  at(ahead: number): string | undefined {
    const offset = this.offset + ahead;
    if (offset < this.#end) return this.#text[offset];
    return offset === this.#end && offset > 0 && this.#text[offset - 1] !== '\n' ? '\n' : undefined;
  }

  /** Whether a line of `---` or `...` is there. Of the first there are few: the text was cut at those. */
  get isDocumentMark(): boolean {
    return this.column === 0 && /^(?:---|\.\.\.)$/.test(this.#text.slice(this.offset, this.offset + 3)) && isBlankOrEnd(this.at(3));
  }

  skip(): void {
    const code = this.#text.charCodeAt(this.offset);
    if (code >= 0xdc00 && code <= 0xdfff) this.#halves += 1;
    this.offset += 1;
  }

  skipToBreak(): void {
    while (this.sign !== undefined && !isBreak(this.sign)) this.skip();
  }

  /** Passes the end of a line, and says what of it belongs to a text of several lines. */
  takeBreak(): string {
    const { sign } = this;
    this.offset += sign === '\r' && this.at(1) === '\n' ? 2 : 1;
    this.#lineStart = this.index;
    this.line += 1;
    return sign === '\u2028' || sign === '\u2029' ? sign : '\n';
  }

  /** The end of the text ends its line, too. */
  endLine(): void {
    if (this.column === 0) return;
    this.#lineStart = this.index;
    this.line += 1;
  }

  slice(start: number): string {
    return this.#text.slice(start, this.offset);
  }

  /** What stands there up to the next blank, not all of it if it is long. */
  wordFrom(start: number): string {
    return /^\S{0,40}/.exec(this.#text.slice(start, Math.min(this.#end, start + 40)))?.[0] ?? '';
  }
}
