import { isList, type Json, type JsonObject, jsonOf, type KubeObject } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import { qualifiedName } from '../model/resources.ts';
import { escapeQuoted, sanitize } from './sanitize.ts';

/**
 * The order of fields in a document: objects of the API are sorted as kubectl sorts them, our own reports keep the order in which
 * they were built.
 */
export type FieldOrder = 'sorted' | 'given';

/**
 * `-o json` as kubectl writes it: four blanks, `<`, `>` and `&` escaped. Beyond kubectl, what a terminal would act on (C1, bidi,
 * zero width) is escaped as well: the value read back is the same.
 */
export function renderJson(value: Json, order: FieldOrder): string {
  const text = order === 'given' ? JSON.stringify(value, null, 4) : sortedJson(value, '\n', '    ');
  return `${escapeQuoted(escapeMarkup(text), jsonEscape)}\n`;
}

/** On one line, sorted, as kubectl puts maps and lists into the output of a template. */
export function compactJson(value: Json): string {
  return escapeMarkup(sortedJson(value, '', ''));
}

/** `-o name`: one `virtualmachineservice.vmoperator.vmware.com/web` a line. */
export function renderNames(objects: readonly KubeObject[]): string {
  return objects.map((object) => `${sanitize(qualifiedName({ ...object, name: object.metadata.name }))}\n`).join('');
}

/**
 * What `get -o json|yaml` prints, in sorted order: the API's own objects without `managedFields`, one alone if one was asked for
 * by name (`single`), else a `v1` `List`.
 */
export function objectDocument(
  objects: readonly KubeObject[],
  options: { readonly single: boolean; readonly showManagedFields: boolean },
): JsonObject {
  const shown = objects.map((object) => jsonOf(options.showManagedFields ? object : withoutManagedFields(object)));
  const [only] = shown;
  return options.single && only !== undefined ? only : listOf(shown);
}

/** The `v1` `List` that kubectl makes of several objects. */
function listOf(items: readonly JsonObject[]): JsonObject {
  return { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } };
}

function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/**
 * Written here because a JavaScript object cannot hold every order: it puts keys that look like numbers first.
 * `newline` is a line feed and the indentation of the value, or nothing for a text without lines.
 */
function sortedJson(value: Json, newline: string, indent: string): string {
  const inner = `${newline}${indent}`;
  if (isList(value)) {
    const items = value.map((item) => sortedJson(item, inner, indent));
    return items.length === 0 ? '[]' : `[${inner}${items.join(`,${inner}`)}${newline}]`;
  }
  if (!isMap(value)) return JSON.stringify(value);
  const colon = indent === '' ? ':' : ': ';
  const fields = Object.keys(value)
    .sort()
    .flatMap((key) => {
      const field = value[key];
      return field === undefined ? [] : [`${JSON.stringify(key)}${colon}${sortedJson(field, inner, indent)}`];
    });
  return fields.length === 0 ? '{}' : `{${inner}${fields.join(`,${inner}`)}${newline}}`;
}

/** As Go's JSON writer: signs that mean something in HTML or JavaScript. Outside strings none of them occurs. */
function escapeMarkup(text: string): string {
  return text.replace(/[<>&\u2028\u2029]/g, (found) => jsonEscape(found.charCodeAt(0)));
}

/** JSON has no escape above U+FFFF but a pair. */
function jsonEscape(code: number): string {
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  const offset = code - 0x10000;
  return jsonEscape(0xd800 + (offset >> 10)) + jsonEscape(0xdc00 + (offset & 0x3ff));
}
