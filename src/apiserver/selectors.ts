import { goQuote } from '../core/go-quote.ts';
import { labelValue, qualifiedName } from '../core/name-rules.ts';

/** Whether an object with these labels is selected. */
export type LabelMatcher = (labels: Readonly<Record<string, string>> | undefined) => boolean;

export type Parsed<Value> = { readonly value: Value } | { readonly error: string };

type Operator = 'in' | 'notin' | '=' | '==' | '!=' | 'gt' | 'lt' | 'exists' | '!';

interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** Parses a label selector: `app=web,tier in (a,b),!legacy,weight>3`. The error is kube-apiserver's. */
export function parseLabelSelector(text: string): Parsed<LabelMatcher> {
  try {
    const requirements = new Parser(text).requirements();
    return { value: (labels) => requirements.every((requirement) => matches(requirement, labels ?? {})) };
  } catch (error) {
    if (error instanceof Unparsable) return { error: error.message };
    throw error;
  }
}

function matches({ key, operator, values }: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return value !== undefined && values.includes(value);
    case 'notin':
    case '!=':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt':
      return value !== undefined && isInteger(value) && BigInt(value) > BigInt(values[0] ?? '0');
    case 'lt':
      return value !== undefined && isInteger(value) && BigInt(value) < BigInt(values[0] ?? '0');
  }
}

function isInteger(text: string): boolean {
  return /^[-+]?\d+$/.test(text);
}

class Unparsable extends Error {}

type Token = { readonly kind: 'identifier' | 'sign' | 'end'; readonly text: string };

const operatorWords = 'in, notin, =, ==, !=, gt, lt';

/** A requirement after the other, by what stands next. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokens(text);
  }

  requirements(): readonly Requirement[] {
    const found: Requirement[] = [];
    if (this.#peek().kind === 'end') return found;
    for (;;) {
      found.push(this.#requirement());
      const next = this.#take();
      if (next.kind === 'end') return found;
      if (next.text !== ',') throw new Unparsable(`found '${next.text}', expected: ',' or 'end of string'`);
      const following = this.#peek();
      if (following.kind !== 'identifier' && following.text !== '!') {
        throw new Unparsable(`found '${following.text}', expected: identifier after ','`);
      }
    }
  }

  #requirement(): Requirement {
    const first = this.#peek();
    if (first.kind !== 'identifier' && first.text !== '!') {
      throw new Unparsable(`found '${first.text}', expected: !, identifier, or 'end of string'`);
    }
    if (first.text === '!') {
      this.#take();
      return checked({ key: this.#key(), operator: '!', values: [] });
    }
    const key = this.#key();
    const next = this.#peek();
    if (next.kind === 'end' || next.text === ',') return checked({ key, operator: 'exists', values: [] });
    const operator = this.#operator();
    const values = operator === 'in' || operator === 'notin' ? this.#set() : [this.#exactValue()];
    return checked({ key, operator, values });
  }

  #key(): string {
    const token = this.#take();
    if (token.kind !== 'identifier') throw new Unparsable(`unable to parse requirement: found '${token.text}', expected: identifier`);
    const complaint = qualifiedName(token.text)[0];
    if (complaint !== undefined)
      throw new Unparsable(`unable to parse requirement: <nil>: Invalid value: ${goQuote(token.text)}: ${complaint}`);
    return token.text;
  }

  #operator(): Operator {
    const { text } = this.#take();
    switch (text) {
      case 'in':
      case 'notin':
      case '=':
      case '==':
      case '!=':
        return text;
      case '>':
        return 'gt';
      case '<':
        return 'lt';
      default:
        throw new Unparsable(`unable to parse requirement: found '${text}', expected: ${operatorWords}`);
    }
  }

  #set(): readonly string[] {
    const open = this.#take();
    if (open.text !== '(') throw new Unparsable(`unable to parse requirement: found '${open.text}' expected: '('`);
    const values: string[] = [];
    for (;;) {
      const token = this.#take();
      if (token.kind === 'identifier') {
        values.push(token.text);
        const next = this.#take();
        if (next.text === ')' && next.kind === 'sign') return values;
        if (next.text !== ',') throw new Unparsable(`unable to parse requirement: found '${next.text}', expected: ',' or ')'`);
        if (this.#peek().text === ')') values.push('');
      } else if (token.text === ')' || token.text === ',') {
        if (values.length === 0 || token.text === ',') values.push('');
        if (token.text === ')') return values;
      } else {
        throw new Unparsable(`unable to parse requirement: found '${token.text}', expected: ',', ')' or identifier`);
      }
    }
  }

  #exactValue(): string {
    const next = this.#peek();
    if (next.kind === 'end' || next.text === ',') return '';
    const token = this.#take();
    if (token.kind !== 'identifier') throw new Unparsable(`unable to parse requirement: found '${token.text}', expected: identifier`);
    return token.text;
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  #take(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }
}

function checked(requirement: Requirement): Requirement {
  const { operator, values } = requirement;
  for (const [index, value] of values.entries()) {
    if ((operator === 'gt' || operator === 'lt') && !isInteger(value)) {
      const detail = "for 'Gt', 'Lt' operators, the value must be an integer";
      throw new Unparsable(`unable to parse requirement: values[${index}]: Invalid value: ${goQuote(value)}: ${detail}`);
    }
    const complaint = labelValue(value)[0];
    if (complaint !== undefined) {
      throw new Unparsable(
        `unable to parse requirement: values[${index}][${requirement.key}]: Invalid value: ${goQuote(value)}: ${complaint}`,
      );
    }
  }
  return requirement;
}

function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  const pattern = /\s*(?:(==|!=|[=!(),<>])|([^\s=!(),<>]+))/gy;
  for (const [, sign, word] of text.trimEnd().matchAll(pattern)) {
    found.push(sign === undefined ? { kind: 'identifier', text: word ?? '' } : { kind: 'sign', text: sign });
  }
  return found;
}

export interface FieldRequirement {
  readonly field: string;
  readonly equals: boolean;
  readonly value: string;
}

/** Parses a field selector: `metadata.name=web,type!=Normal`. Whether the fields are known is the resource's to say. */
export function parseFieldSelector(text: string): Parsed<readonly FieldRequirement[]> {
  const requirements: FieldRequirement[] = [];
  for (const term of text.split(',').filter((part) => part !== '')) {
    const found = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
    if (found === null) return { error: `invalid selector: '${text}'; can't understand '${term}'` };
    const [, field = '', operator = '', value = ''] = found;
    requirements.push({ field, equals: operator !== '!=', value: value.replace(/\\([\\,=])/g, '$1') });
  }
  return { value: requirements };
}
