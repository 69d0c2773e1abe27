import { type FieldError, forbidden, invalid, required, tooLong } from '../core/field-errors.ts';
import { goQuote } from '../core/go-quote.ts';
import { mebibyte } from '../core/mebibytes.ts';
import { dataKey } from '../core/name-rules.ts';
import { jsonEqual } from '../core/patch.ts';
import type { JsonObject } from '../model/object.ts';
import { mapAt, textAt } from '../model/raw-fields.ts';
import { ownField } from '../model/raw-json.ts';

/** Bytes of all values together, keys aside. */
const sizeLimit = mebibyte;

/** What is wrong with the entries of a ConfigMap. Mirrors ValidateConfigMap. */
export function validateConfigMap(object: JsonObject): readonly FieldError[] {
  const data = mapAt(object, 'data');
  const binaryData = mapAt(object, 'binaryData');
  const errors = sortedKeys(data).flatMap((key) => [
    ...keyErrors(key, 'data'),
    ...(ownField(binaryData, key) === undefined ? [] : [invalid(`data[${key}]`, goQuote(key), 'duplicate of key present in binaryData')]),
  ]);
  errors.push(...sortedKeys(binaryData).flatMap((key) => keyErrors(key, 'binaryData')));
  const size = sizeOfTexts(data) + sizeOfBytes(binaryData);
  return size > sizeLimit ? [...errors, tooLong('[]', sizeLimit)] : errors;
}

/** What an update of a ConfigMap may not do. */
export function validateConfigMapChange(object: JsonObject, existing: JsonObject): readonly FieldError[] {
  return immutableErrors(object, existing, ['data', 'binaryData']);
}

/** What is wrong with the entries of a Secret, some of which its type demands. Mirrors ValidateSecret. */
export function validateSecret(object: JsonObject): readonly FieldError[] {
  const data = mapAt(object, 'data');
  const errors = sortedKeys(data).flatMap((key) => keyErrors(key, 'data'));
  if (sizeOfBytes(data) > sizeLimit) errors.push(tooLong('data', sizeLimit));
  return [...errors, ...typeErrors(object, data)];
}

/** What an update of a Secret may not do. */
export function validateSecretChange(object: JsonObject, existing: JsonObject): readonly FieldError[] {
  const type = textAt(object, 'type');
  const errors = type === textAt(existing, 'type') ? [] : [invalid('type', goQuote(type), 'field is immutable')];
  return [...errors, ...immutableErrors(object, existing, ['data'])];
}

/** The keys that Kubernetes reads in a Secret of a type. */
const keysOfType: ReadonlyMap<string, readonly string[]> = new Map([
  ['kubernetes.io/dockercfg', ['.dockercfg']],
  ['kubernetes.io/dockerconfigjson', ['.dockerconfigjson']],
  ['kubernetes.io/ssh-auth', ['ssh-privatekey']],
  ['kubernetes.io/tls', ['tls.crt', 'tls.key']],
]);

const serviceAccountName = 'kubernetes.io/service-account.name';

function typeErrors(object: JsonObject, data: JsonObject): readonly FieldError[] {
  const type = textAt(object, 'type');
  if (type === 'kubernetes.io/service-account-token') {
    const named = textAt(mapAt(mapAt(object, 'metadata'), 'annotations'), serviceAccountName) !== '';
    return named ? [] : [required(`metadata.annotations[${serviceAccountName}]`)];
  }
  const has = (key: string) => ownField(data, key) !== undefined;
  // Either of the two will do.
  if (type === 'kubernetes.io/basic-auth' && !has('username') && !has('password')) {
    return [required('data[username]'), required('data[password]')];
  }
  return (keysOfType.get(type) ?? []).filter((key) => !has(key)).map((key) => required(`data[${key}]`));
}

function keyErrors(key: string, field: string): FieldError[] {
  return dataKey(key).map((complaint) => invalid(`${field}[${key}]`, goQuote(key), complaint));
}

function immutableErrors(object: JsonObject, existing: JsonObject, fields: readonly string[]): readonly FieldError[] {
  if (existing['immutable'] !== true) return [];
  const changed = fields.filter((field) => !jsonEqual(mapAt(object, field), mapAt(existing, field)));
  const refused = object['immutable'] === true ? changed : ['immutable', ...changed];
  return refused.map((field) => forbidden(field, 'field is immutable when `immutable` is set'));
}

function sortedKeys(object: JsonObject): readonly string[] {
  return Object.keys(object).sort();
}

function sizeOfTexts(texts: JsonObject): number {
  const encoder = new TextEncoder();
  return Object.keys(texts).reduce((size, key) => size + encoder.encode(textAt(texts, key)).length, 0);
}

function sizeOfBytes(base64: JsonObject): number {
  return Object.keys(base64).reduce((size, key) => size + atob(textAt(base64, key)).length, 0);
}
