import type { FieldError } from '../../core/field-errors.ts';
import { goQuote } from '../../core/go-quote.ts';
import type { Json } from '../../model/object.ts';
import { goSyntax } from '../go-syntax.ts';

/** A rule of the schema is broken: `Invalid value: VALUE: DETAIL`. */
export function invalidValue(field: string, value: Json, detail: string): FieldError {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${printed(value)}: ${detail}`, field: nameOf(field) };
}

export function typeInvalid(field: string, expected: string, found: string): FieldError {
  const detail = `${field} in body must be of type ${expected}: ${goQuote(found)}`;
  return { reason: 'FieldValueTypeInvalid', message: `Invalid value: ${goQuote(found)}: ${detail}`, field: nameOf(field) };
}

export function requiredValue(field: string): FieldError {
  return { reason: 'FieldValueRequired', message: 'Required value', field: nameOf(field) };
}

export function unsupportedValue(field: string, value: Json, supported: readonly Json[]): FieldError {
  const words = supported.map((word) => goQuote(typeof word === 'string' ? word : JSON.stringify(word)));
  return {
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: ${printed(value)}: supported values: ${words.join(', ')}`,
    field: nameOf(field),
  };
}

export function tooLong(field: string, most: number): FieldError {
  return { reason: 'FieldValueTooLong', message: `Too long: may not be more than ${most} bytes`, field: nameOf(field) };
}

export function tooMany(field: string, actual: number, most: number): FieldError {
  return { reason: 'FieldValueTooMany', message: `Too many: ${actual}: must have at most ${most} items`, field: nameOf(field) };
}

export function duplicateValue(field: string, value: Json): FieldError {
  return { reason: 'FieldValueDuplicate', message: `Duplicate value: ${printed(value)}`, field: nameOf(field) };
}

/** Errors that stop kube-apiserver from running a schema's rules: the rules might not be able to read the object. */
export function blocksRules(error: FieldError): boolean {
  return blocking.has(error.reason);
}

const blocking: ReadonlySet<string> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

export const rulesNotChecked: FieldError = {
  reason: 'FieldValueInvalid',
  message:
    'Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
  field: '<nil>',
};

/** kube-apiserver prints a path without elements like this. */
function nameOf(field: string): string {
  if (field === '') return '<nil>';
  return field.startsWith('.') ? field.slice(1) : field;
}

function printed(value: Json): string {
  if (value === null) return '"null"';
  if (typeof value === 'string') return goQuote(value);
  return goSyntax(value);
}
