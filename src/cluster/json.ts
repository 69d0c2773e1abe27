import type { Json } from '../model/object.ts';

declare global {
  interface JSON {
    /** Standard since ECMAScript 2026: a value that `stringify` prints as this text. */
    rawJSON(text: string): object;
    parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
  }
}

/**
 * Numbers that a double cannot hold, and strings that merely look like them (which only costs time).
 * A number follows `:`, `[`, `,` or the start of the text; sixteen digits or an exponent make it suspicious.
 */
const suspicious = /(?:^|[:[,])\s*(?:-?\d[\d.]{15,}|-?[\d.]+[eE]|-0(?![.\d]))/;

/**
 * Parses JSON without rounding: a number that a double cannot hold becomes a value that `JSON.stringify` prints
 * as it was written (`isExactNumber` tells such values apart). Everything else is what `JSON.parse` gives.
 * @throws SyntaxError, as JSON.parse.
 */
export function parseJson(text: string): unknown {
  if (!suspicious.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value, { source }) => (typeof value === 'number' && source !== undefined ? exactNumber(source) : value));
}

/** What `parseJson` returns is JSON; this says so to the compiler without walking through it. */
export function jsonOf(value: unknown): Json {
  return isJson(value) ? value : null;
}

function isJson(value: unknown): value is Json {
  return value === null || ['boolean', 'number', 'string', 'object'].includes(typeof value);
}

/** Whether the text of a number looks like one that a double cannot hold, for which `parseJson` is there; some of those it can. */
export function mayBeInexact(number: string): boolean {
  return suspicious.test(number);
}

/** The JSON text of a value; numbers that were kept as text come out as they were. */
export function printJson(value: Json | object): string {
  return JSON.stringify(value);
}

/** The number that JSON or YAML text spells: a plain number where that loses nothing, otherwise one that keeps its text. */
export function exactNumber(source: string): Json {
  const value = Number(source);
  if (isExact(value, source)) return value;
  // The standard calls it an object without saying more; it has one field, rawJSON, and prints as its text.
  const raw: { readonly rawJSON?: string } = JSON.rawJSON(source);
  return raw;
}

/** A number that `exactNumber` had to keep as text. */
export function isExactNumber(value: unknown): value is { readonly rawJSON: string } {
  return JSON.isRawJSON(value);
}

function isExact(value: number, source: string): boolean {
  if (!Number.isFinite(value) || Object.is(value, -0)) return false;
  // Integers keep every digit up to 2^53; of fractions no one expects more than a double holds.
  return Number.isInteger(value) ? Number.isSafeInteger(value) : !/^-?\d+$/.test(source);
}
