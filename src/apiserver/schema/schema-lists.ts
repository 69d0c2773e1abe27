import type { FieldError } from '../../core/field-errors.ts';
import { isList, type Json } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { compareText } from '../../model/text-order.ts';
import { duplicateValue, invalidValue } from './schema-errors.ts';
import { listMapKeys } from './schema-ratchet.ts';
import { fieldSchema, type StructuralSchema } from './schema-structure.ts';

/** Items that appear twice in lists that are sets, or in lists that are maps under the same keys. */
export function validateLists(value: Json, schema: StructuralSchema, path = ''): readonly FieldError[] {
  const errors: FieldError[] = [];
  walk(value, schema, path, errors);
  return errors;
}

function walk(value: Json, schema: StructuralSchema, path: string, errors: FieldError[]): void {
  if (isList(value)) {
    if (schema.listType === 'set') checkSet(value, path, errors);
    if (schema.listType === 'map') checkMap(value, schema, path, errors);
    const { items } = schema;
    if (items !== undefined) {
      value.forEach((item, index) => {
        walk(item, items, `${path}[${index}]`, errors);
      });
    }
  } else if (isMap(value)) {
    for (const [name, field] of Object.entries(value)) {
      const known = fieldSchema(schema, name);
      if (known === undefined || field === undefined) continue;
      const child = schema.properties.has(name) ? `${path === '' ? '' : `${path}.`}${name}` : `${path}[${name}]`;
      walk(field, known, child, errors);
    }
  }
}

function checkSet(list: readonly Json[], path: string, errors: FieldError[]): void {
  for (const index of repeated(list)) errors.push(duplicateValue(`${path}[${index}]`, list[index] ?? null));
}

function checkMap(list: readonly Json[], schema: StructuralSchema, path: string, errors: FieldError[]): void {
  const stranger = list.findIndex((item) => item !== null && !isMap(item));
  if (stranger >= 0) {
    errors.push(invalidValue(`${path}[${stranger}]`, list[stranger] ?? null, 'must be an object for an array of list-type map'));
    return;
  }
  const keys = list.map((item) => (isMap(item) ? listMapKeys(item, schema) : {}));
  for (const index of repeated(keys)) errors.push(duplicateValue(`${path}[${index}]`, keys[index] ?? {}));
}

/** Where a value appears for the second time; its further appearances are not reported. */
function repeated(list: readonly Json[]): readonly number[] {
  const seen = new Map<string, number>();
  const found: number[] = [];
  list.forEach((item, index) => {
    const text = canonical(item);
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    if (times === 2) found.push(index);
  });
  return found;
}

/** JSON with sorted fields: equal values have equal texts. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_, inner: Json) =>
    isMap(inner) ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => compareText(one, other))) : inner,
  );
}
