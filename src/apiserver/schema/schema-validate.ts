import type { FieldError } from '../../core/field-errors.ts';
import { jsonEqual } from '../../core/patch.ts';
import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { isMap, ownField, rawNumber } from '../../model/raw-json.ts';
import { isInt64 } from '../go-syntax.ts';
import { invalidValue, requiredValue, tooLong, tooMany, typeInvalid, unsupportedValue } from './schema-errors.ts';
import { isCheckedFormat, matchesFormat } from './schema-formats.ts';
import { isUnchanged, listMapItem } from './schema-ratchet.ts';
import { fieldSchema, type Limit, type StructuralSchema } from './schema-structure.ts';

/**
 * What a value breaks in a structural schema, in kube-apiserver's words: types, required fields, enums, bounds, formats.
 * With `old`, values that were there before and did not change are tolerated (CRD validation ratcheting).
 * @param path of the value, empty for the whole object.
 */
export function validateSchema(value: Json, schema: StructuralSchema, path = '', old?: Json): readonly FieldError[] {
  const errors: FieldError[] = [];
  check(value, schema, path, old, errors);
  return errors;
}

function check(value: Json, schema: StructuralSchema, path: string, old: Json | undefined, errors: FieldError[]): void {
  const before = errors.length;
  checkValue(value, schema, path, old, errors);
  if (errors.length > before && old !== undefined && isUnchanged(value, old, schema)) errors.length = before;
}

function checkValue(value: Json, schema: StructuralSchema, path: string, old: Json | undefined, errors: FieldError[]): void {
  checkType(value, schema, path, errors);
  if (value !== null) {
    checkAlternatives(value, schema, path, old, errors);
    if (typeof value === 'string') checkText(value, schema, path, errors);
    const number = typeof value === 'number' ? value : rawNumber(value);
    if (number !== undefined) checkNumber(value, Number(number), schema, path, errors);
    if (isList(value)) checkList(value, schema, path, old, errors);
  }
  if (schema.enum.length > 0 && !schema.enum.some((allowed) => jsonEqual(allowed, value))) {
    errors.push(unsupportedValue(path, value, schema.enum));
  }
  if (isMap(value)) checkObject(value, schema, path, old, errors);
}

export function checkType(value: Json, schema: StructuralSchema, path: string, errors: FieldError[]): void {
  const { types } = schema;
  if (types.length === 0 || (value === null && schema.nullable)) return;
  const found = typeOf(value);
  if (types.includes(found) || (found === 'integer' && types.includes('number'))) return;
  if (value === null || !isCheckedFormat(schema.format)) {
    errors.push(typeInvalid(path, types.join(','), found));
  } else if (typeof value !== 'string' && !isList(value)) {
    // Where a format is expected, kube-apiserver speaks of formats: an integer's is int64, an object has none.
    const formats = new Map([
      ['integer', 'int64'],
      ['number', 'float64'],
    ]);
    errors.push(typeInvalid(path, schema.format, formats.get(found) ?? ''));
  } else if (types.includes('integer') || types.includes('number')) {
    errors.push(typeInvalid(path, types.join(','), found));
  }
}

/** Integers beyond 64 bits are numbers, as in Go. */
function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  const digits = rawNumber(value);
  if (digits !== undefined) return isInt64(digits) ? 'integer' : 'number';
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? 'integer' : 'number';
  return typeof value;
}

function checkAlternatives(value: Json, schema: StructuralSchema, path: string, old: Json | undefined, errors: FieldError[]): void {
  const { allOf, anyOf, oneOf, not } = schema;
  const quoted = `"${path}"`;
  if (anyOf.length > 0) {
    const results = anyOf.map((part) => errorsOf(value, part, path, old));
    if (results.every((result) => result.length > 0)) {
      errors.push(invalidValue('', '', `${quoted} must validate at least one schema (anyOf)`), ...(results[0] ?? []));
    }
  }
  if (oneOf.length > 0) {
    const results = oneOf.map((part) => errorsOf(value, part, path, old));
    const valid = results.filter((result) => result.length === 0).length;
    if (valid !== 1) {
      const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`;
      errors.push(invalidValue('', '', `${quoted} must validate one and only one schema (oneOf). ${found}`));
      if (valid === 0) errors.push(...(results[0] ?? []));
    }
  }
  if (allOf.length > 0) {
    const results = allOf.map((part) => errorsOf(value, part, path, old));
    const valid = results.filter((result) => result.length === 0).length;
    for (const error of results.flat()) pushOnce(errors, error);
    if (valid !== results.length) {
      errors.push(invalidValue('', '', `${quoted} must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`));
    }
  }
  if (not !== undefined && errorsOf(value, not, path, old).length === 0) {
    errors.push(invalidValue('', '', `${quoted} must not validate the schema (not)`));
  }
}

function errorsOf(value: Json, schema: StructuralSchema, path: string, old: Json | undefined): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkValue(value, schema, path, old, errors);
  return errors;
}

function pushOnce(errors: FieldError[], error: FieldError): void {
  if (!errors.some((known) => known.field === error.field && known.message === error.message)) errors.push(error);
}

/** Texts longer than this are said not to match, so that no pattern can be made to take long. */
const longestMatched = 64 * 1024;

export function checkText(value: string, schema: StructuralSchema, path: string, errors: FieldError[]): void {
  const { maxLength, minLength, patternText, pattern } = schema;
  if (maxLength !== undefined && lengthOf(value) > maxLength) {
    errors.push(tooLong(path, maxLength));
  } else if (minLength !== undefined && lengthOf(value) < minLength) {
    errors.push(invalidValue(path, value, `${path} in body should be at least ${minLength} chars long`));
  } else if (patternText !== '' && (value.length > longestMatched || pattern?.test(value) !== true)) {
    errors.push(invalidValue(path, value, `${path} in body should match '${patternText}'`));
  }
  if (schema.format !== '' && !matchesFormat(schema.format, value)) errors.push(typeInvalid(path, schema.format, value));
}

/** In characters, not in UTF-16 units. */
function lengthOf(value: string): number {
  let length = 0;
  for (const _ of value) length++;
  return length;
}

/** @param number the value, as near as a double comes to it. */
export function checkNumber(value: Json, number: number, schema: StructuralSchema, path: string, errors: FieldError[]): void {
  const { multipleOf, minimum, maximum } = schema;
  if (multipleOf !== undefined && !Number.isInteger(number / multipleOf)) {
    errors.push(invalidValue(path, value, `${path} in body should be a multiple of ${multipleOf}`));
  }
  if (minimum !== undefined && below(number, minimum)) {
    const words = minimum.exclusive ? 'greater than' : 'greater than or equal to';
    errors.push(invalidValue(path, value, `${path} in body should be ${words} ${minimum.bound}`));
  }
  if (maximum !== undefined && below(-number, { bound: -maximum.bound, exclusive: maximum.exclusive })) {
    const words = maximum.exclusive ? 'less than' : 'less than or equal to';
    errors.push(invalidValue(path, value, `${path} in body should be ${words} ${maximum.bound}`));
  }
}

function below(value: number, limit: Limit): boolean {
  return value < limit.bound || (limit.exclusive && value === limit.bound);
}

function checkList(list: readonly Json[], schema: StructuralSchema, path: string, old: Json | undefined, errors: FieldError[]): void {
  const { items, minItems, maxItems, uniqueItems } = schema;
  if (items !== undefined) {
    list.forEach((item, index) => {
      check(item, items, `${path}[${index}]`, listMapItem(schema, old, item), errors);
    });
  }
  if (minItems !== undefined && list.length < minItems) {
    errors.push(invalidValue(path, list.length, `${path} in body should have at least ${minItems} items`));
  }
  if (maxItems !== undefined && list.length > maxItems) errors.push(tooMany(path, list.length, maxItems));
  if (uniqueItems && list.some((item, index) => list.slice(0, index).some((earlier) => jsonEqual(earlier, item)))) {
    errors.push(invalidValue(path, '', `${path} in body shouldn't contain duplicates`));
  }
}

function checkObject(object: JsonObject, schema: StructuralSchema, path: string, old: Json | undefined, errors: FieldError[]): void {
  const { minProperties, maxProperties, required } = schema;
  const names = Object.keys(object).filter((name) => object[name] !== undefined);
  if (minProperties !== undefined && names.length < minProperties) {
    errors.push(invalidValue(path, names.length, `${path} in body should have at least ${minProperties} properties`));
  }
  if (maxProperties !== undefined && names.length > maxProperties) errors.push(tooMany(path, names.length, maxProperties));
  for (const name of names) {
    const known = fieldSchema(schema, name);
    const value = object[name];
    if (known === undefined || value === undefined) continue;
    const oldValue = isMap(old) && !(path === '' && typeFields.has(name)) ? ownField(old, name) : undefined;
    check(value, known, path === '' ? name : `${path}.${name}`, oldValue, errors);
  }
  for (const name of required) {
    if (ownField(object, name) === undefined) errors.push(requiredValue(path === '' ? name : `${path}.${name}`));
  }
}

/** Old and new are compared in one version, so a change of these could not be seen. */
const typeFields: ReadonlySet<string> = new Set(['apiVersion', 'kind']);
