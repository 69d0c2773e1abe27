import { goQuote } from '../../core/go-quote.ts';

/**
 * What kube-apiserver says of a text that is not JSON: the first byte that cannot stand where it stands, as Go's decoder names it.
 * Undefined for JSON, and for what is nested too deep to say.
 */
export function jsonComplaint(text: Uint8Array): string | undefined {
  try {
    new Scanner(text).document();
    return undefined;
  } catch (error) {
    if (error instanceof Complaint) return error.message;
    throw error;
  }
}

class Complaint extends Error {}

const deepest = 1000;
const blank = ' ';
const literals = new Map([
  ['t', 'true'],
  ['f', 'false'],
  ['n', 'null'],
]);

class Scanner {
  readonly #text: Uint8Array;
  #at = 0;

  constructor(text: Uint8Array) {
    this.#text = text;
  }

  document(): void {
    if (this.#value(0) === 'too deep') return;
    this.#skipBlanks();
    if (this.#at < this.#text.length) this.#refuse('after top-level value');
  }

  /** The byte in question as a character. Go asks for a blank once the text is over, which ends numbers and words. */
  get #here(): string {
    if (this.#at > this.#text.length) throw new Complaint('unexpected end of JSON input');
    const byte = this.#text[this.#at];
    return byte === undefined ? blank : String.fromCharCode(byte);
  }

  #refuse(where: string): never {
    const character = this.#here;
    const quoted = character === "'" ? "\\'" : character === '"' ? '"' : goQuote(character).slice(1, -1);
    throw new Complaint(`invalid character '${quoted}' ${where}`);
  }

  #skipBlanks(): void {
    while (/[ \t\r\n]/.test(this.#here) && this.#at < this.#text.length) this.#at += 1;
    if (this.#at >= this.#text.length) this.#at = this.#text.length + 1;
  }

  #take(pattern: RegExp): boolean {
    if (!pattern.test(this.#here)) return false;
    this.#at += 1;
    return true;
  }

  #expect(pattern: RegExp, where: string): void {
    if (!this.#take(pattern)) this.#refuse(where);
  }

  #value(depth: number): 'too deep' | undefined {
    if (depth > deepest) return 'too deep';
    this.#skipBlanks();
    if (this.#take(/\{/)) return this.#object(depth);
    if (this.#take(/\[/)) return this.#list(depth);
    if (this.#take(/"/)) return this.#string();
    if (/[-0-9]/.test(this.#here)) return this.#number();
    const literal = literals.get(this.#here);
    if (literal === undefined) return this.#refuse('looking for beginning of value');
    for (const letter of literal) this.#expect(new RegExp(letter), `in literal ${literal} (expecting '${letter}')`);
    return undefined;
  }

  #object(depth: number): 'too deep' | undefined {
    this.#skipBlanks();
    if (this.#take(/\}/)) return undefined;
    do {
      this.#skipBlanks();
      this.#expect(/"/, 'looking for beginning of object key string');
      this.#string();
      this.#skipBlanks();
      this.#expect(/:/, 'after object key');
      if (this.#value(depth + 1) === 'too deep') return 'too deep';
      this.#skipBlanks();
    } while (this.#take(/,/));
    this.#expect(/\}/, 'after object key:value pair');
    return undefined;
  }

  #list(depth: number): 'too deep' | undefined {
    this.#skipBlanks();
    if (this.#take(/\]/)) return undefined;
    do {
      if (this.#value(depth + 1) === 'too deep') return 'too deep';
      this.#skipBlanks();
    } while (this.#take(/,/));
    this.#expect(/\]/, 'after array element');
    return undefined;
  }

  #string(): undefined {
    while (!this.#take(/"/)) {
      if (!this.#take(/\\/)) this.#expect(/[ -\xff]/, 'in string literal');
      else if (this.#take(/u/)) for (let digit = 0; digit < 4; digit += 1) this.#expect(/[0-9a-f]/i, 'in \\u hexadecimal character escape');
      else this.#expect(/["\\/bfnrt]/, 'in string escape code');
    }
  }

  #number(): undefined {
    this.#take(/-/);
    if (!this.#take(/0/)) this.#digits('in numeric literal');
    if (this.#take(/\./)) this.#digits('after decimal point in numeric literal');
    if (!this.#take(/e/i)) return undefined;
    this.#take(/[-+]/);
    return this.#digits('in exponent of numeric literal');
  }

  #digits(where: string): undefined {
    this.#expect(/[0-9]/, where);
    while (this.#take(/[0-9]/));
  }
}
