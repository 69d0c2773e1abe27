import type { StatusCause } from '../model/status.ts';
import { goQuote } from './go-quote.ts';

/** One refused field, as `details.causes` of an Invalid answer carries it. The message does not repeat the field. */
export interface FieldError extends StatusCause {
  /** `FieldValueRequired`, `FieldValueInvalid`, `FieldValueForbidden`, `FieldValueNotSupported` … */
  readonly reason: string;
  /** `Invalid value: "x": must be …`: without the field, which is its own member. */
  readonly message: string;
  /** `spec.ports[0].name`. */
  readonly field: string;
}

/** The value is missing. The detail may be empty. */
export function required(field: string, detail = ''): FieldError {
  return { reason: 'FieldValueRequired', message: withDetail('Required value', detail), field };
}

/** @param value as kube-apiserver prints it: see `goQuote`, `goTexts` and `goFamilies`. */
export function invalid(field: string, value: string, detail: string): FieldError {
  return { reason: 'FieldValueInvalid', message: withDetail(`Invalid value: ${value}`, detail), field };
}

export function forbidden(field: string, detail: string): FieldError {
  return { reason: 'FieldValueForbidden', message: withDetail('Forbidden', detail), field };
}

export function duplicate(field: string, value: string): FieldError {
  return { reason: 'FieldValueDuplicate', message: `Duplicate value: ${value}`, field };
}

export function notSupported(field: string, value: string, supported: readonly string[]): FieldError {
  const values = supported.map(goQuote).join(', ');
  return { reason: 'FieldValueNotSupported', message: `Unsupported value: ${goQuote(value)}: supported values: ${values}`, field };
}

export function tooLong(field: string, limit: number): FieldError {
  return { reason: 'FieldValueTooLong', message: `Too long: may not be more than ${limit} bytes`, field };
}

export function tooMany(field: string, count: number, limit: number): FieldError {
  return { reason: 'FieldValueTooMany', message: `Too many: ${count}: must have at most ${limit} items`, field };
}

/** `[]string{"10.96.0.1", ""}`: how a list of texts appears in a message. */
export function goTexts(texts: readonly string[] | undefined): string {
  return texts === undefined || texts.length === 0 ? '[]string(nil)' : `[]string{${texts.map(goQuote).join(', ')}}`;
}

/** `[]core.IPFamily{"IPv4"}`. */
export function goFamilies(families: readonly string[] | undefined): string {
  return families === undefined || families.length === 0 ? '[]core.IPFamily(nil)' : `[]core.IPFamily{${families.map(goQuote).join(', ')}}`;
}

/** A pointer to a text in a message: the text, or `null`. */
export function quotedOrNull(text: string | undefined): string {
  return text === undefined ? 'null' : goQuote(text);
}

function withDetail(message: string, detail: string): string {
  return detail === '' ? message : `${message}: ${detail}`;
}
