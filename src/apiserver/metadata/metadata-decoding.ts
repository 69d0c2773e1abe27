import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { isMap, rawNumber } from '../../model/raw-json.ts';
import { isInt64 } from '../go-syntax.ts';
import { decodeTime } from './go-time.ts';

/** How kube-apiserver's own type stores a field; `goType` is what its message calls the type. */
type Shape =
  | { readonly as: 'text'; readonly goType: string; readonly keepEmpty?: boolean }
  | { readonly as: 'integer' | 'boolean' | 'time' | 'raw' }
  | { readonly as: 'texts' | 'textMap'; readonly goType: string }
  | { readonly as: 'structs'; readonly goType: string; readonly struct: string; readonly fields: ReadonlyMap<string, Shape> };

const text: Shape = { as: 'text', goType: 'string' };
const requiredText: Shape = { as: 'text', goType: 'string', keepEmpty: true };
const uid: Shape = { as: 'text', goType: 'types.UID' };
const textMap: Shape = { as: 'textMap', goType: 'map[string]string' };

const ownerReference = new Map<string, Shape>([
  ['apiVersion', requiredText],
  ['kind', requiredText],
  ['name', requiredText],
  ['uid', { as: 'text', goType: 'types.UID', keepEmpty: true }],
  ['controller', { as: 'boolean' }],
  ['blockOwnerDeletion', { as: 'boolean' }],
]);

const managedFields = new Map<string, Shape>([
  ['manager', text],
  ['operation', { as: 'text', goType: 'v1.ManagedFieldsOperationType' }],
  ['apiVersion', text],
  ['time', { as: 'time' }],
  ['fieldsType', text],
  ['fieldsV1', { as: 'raw' }],
  ['subresource', text],
]);

const objectMeta = new Map<string, Shape>([
  ['name', text],
  ['generateName', text],
  ['namespace', text],
  ['selfLink', text],
  ['uid', uid],
  ['resourceVersion', text],
  ['generation', { as: 'integer' }],
  ['creationTimestamp', { as: 'time' }],
  ['deletionTimestamp', { as: 'time' }],
  ['deletionGracePeriodSeconds', { as: 'integer' }],
  ['labels', textMap],
  ['annotations', textMap],
  ['ownerReferences', { as: 'structs', goType: '[]v1.OwnerReference', struct: 'OwnerReference', fields: ownerReference }],
  ['finalizers', { as: 'texts', goType: '[]string' }],
  ['managedFields', { as: 'structs', goType: '[]v1.ManagedFieldsEntry', struct: 'ManagedFieldsEntry', fields: managedFields }],
]);

export interface DecodedMetadata {
  /** As kube-apiserver would write it back: absent, null, empty and zero are one, times are in UTC. */
  readonly metadata: JsonObject;
  /** `metadata.colour`, `metadata.ownerReferences[0].colour`. */
  readonly unknownFields: readonly string[];
}

/**
 * Reads an object's metadata the way kube-apiserver's JSON decoder does; a number as a label is the classic mistake.
 * @param root what precedes the fields in messages: nothing for custom resources, `metadata.` for built-in kinds.
 * @returns the error's text where a value has the wrong type, to be answered with 400 and the kind in front.
 */
export function decodeMetadata(sent: unknown, root: '' | 'metadata.' = ''): DecodedMetadata | { readonly error: string } {
  if (sent === undefined || sent === null) return { metadata: {}, unknownFields: [] };
  if (!isMap(sent)) {
    const place = root === '' ? 'Go value of type v1.ObjectMeta' : 'Go struct field .metadata of type v1.ObjectMeta';
    return { error: `json: cannot unmarshal ${jsonType(sent)} into ${place}` };
  }
  if (isDecoded(sent)) return { metadata: sent, unknownFields: [] };
  const unknownFields: string[] = [];
  try {
    const metadata = decodeStruct(sent, objectMeta, { struct: 'ObjectMeta', field: root, path: 'metadata' }, unknownFields);
    return { metadata, unknownFields };
  } catch (error) {
    if (error instanceof Undecodable) return { error: error.message };
    throw error;
  }
}

/** Most metadata has a name, labels and annotations, all of them texts in order: there is nothing to do about it. */
function isDecoded(sent: JsonObject): boolean {
  return Object.keys(sent).every((name) => {
    const value = sent[name];
    const shape = objectMeta.get(name);
    if (shape?.as === 'text') return typeof value === 'string' && value !== '';
    return shape?.as === 'textMap' && isMap(value) && isDecodedTextMap(value);
  });
}

function isDecodedTextMap(value: JsonObject): boolean {
  let last: string | undefined;
  for (const key of Object.keys(value)) {
    if (typeof value[key] !== 'string' || (last !== undefined && last > key)) return false;
    last = key;
  }
  return last !== undefined;
}

/** Carries the text of the first wrong value out of the recursion. */
class Undecodable extends Error {}

interface Place {
  /** The Go type that has the field. */
  readonly struct: string;
  /** The field as messages name it: without indices. */
  readonly field: string;
  /** The field as unknown fields are named: with indices. */
  readonly path: string;
}

function decodeStruct(sent: JsonObject, fields: ReadonlyMap<string, Shape>, place: Place, unknown: string[]): JsonObject {
  const decoded = new Map<string, Json>();
  const names = Object.keys(sent);
  // The metadata of a custom resource is encoded anew before it is decoded: of two wrong values the first by name is reported.
  for (const name of place.field.startsWith('metadata.') ? names : names.sort()) {
    const value = sent[name];
    const shape = fields.get(name);
    if (shape === undefined) {
      if (value !== undefined) unknown.push(`${place.path}.${name}`);
      continue;
    }
    const inner = { struct: place.struct, field: `${place.field}${name}`, path: `${place.path}.${name}` };
    const result = value === undefined || value === null ? emptyOf(shape) : decode(value, shape, inner, unknown);
    if (result !== undefined) decoded.set(name, result);
  }
  for (const [name, shape] of fields) {
    const empty = emptyOf(shape);
    if (empty !== undefined && !decoded.has(name)) decoded.set(name, empty);
  }
  return Object.fromEntries(inOrder(decoded, Object.keys(sent)));
}

/** The order sent, then what was added. */
function inOrder(fields: ReadonlyMap<string, Json>, order: readonly string[]): readonly (readonly [string, Json])[] {
  const known = new Set(order);
  const kept = order.flatMap((name) => {
    const value = fields.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return [...kept, ...[...fields].filter(([name]) => !known.has(name))];
}

/** What is written for a field that is not there; undefined where nothing is. */
function emptyOf(shape: Shape): Json | undefined {
  return shape.as === 'text' && shape.keepEmpty ? '' : undefined;
}

function decode(value: Json, shape: Shape, place: Place, unknown: string[]): Json | undefined {
  switch (shape.as) {
    case 'text':
      if (typeof value !== 'string') throw wrong(value, shape.goType, place);
      return value === '' ? emptyOf(shape) : value;
    case 'integer':
      if (!isInt64(rawNumber(value) ?? JSON.stringify(value))) throw wrong(value, 'int64', place);
      return value === 0 && place.field.endsWith('generation') ? undefined : value;
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong(value, 'bool', place);
      return value;
    case 'time':
      if (typeof value !== 'string') throw wrong(value, 'string', place);
      return timeIn(value);
    case 'raw':
      return value;
    case 'texts':
      if (!isList(value)) throw wrong(value, shape.goType, place);
      return value.length === 0 ? undefined : value.map((item) => decodeText(item, place));
    case 'textMap':
      return decodeTextMap(value, shape.goType, place);
    case 'structs': {
      if (!isList(value)) throw wrong(value, shape.goType, place);
      const { struct, fields } = shape;
      const items = value.map((written, index) => {
        // Null is the empty struct inside lists.
        const item = written ?? {};
        if (!isMap(item)) throw wrong(item, goTypeOfItem(shape.goType), place);
        return decodeStruct(item, fields, { struct, field: `${place.field}.`, path: `${place.path}[${index}]` }, unknown);
      });
      return items.length === 0 ? undefined : items;
    }
  }
}

function timeIn(text: string): string {
  const read = decodeTime(text);
  if ('error' in read) throw new Undecodable(read.error);
  return read.time;
}

function goTypeOfItem(goType: string): string {
  return goType.slice(2);
}

function decodeTextMap(value: Json, goType: string, place: Place): JsonObject | undefined {
  if (!isMap(value)) throw wrong(value, goType, place);
  const entries = Object.keys(value)
    .sort()
    .flatMap((key): [string, Json][] => {
      const item = value[key];
      return item === undefined ? [] : [[key, decodeText(item, place)]];
    });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Null is the empty text inside lists and maps. */
function decodeText(value: Json, place: Place): string {
  if (value === null) return '';
  if (typeof value !== 'string') throw wrong(value, 'string', place);
  return value;
}

function wrong(value: Json, goType: string, place: Place): Undecodable {
  const number = jsonType(value) === 'number' && goType === 'int64' ? ` ${JSON.stringify(value)}` : '';
  return new Undecodable(
    `json: cannot unmarshal ${jsonType(value)}${number} into Go struct field ${place.struct}.${place.field} of type ${goType}`,
  );
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (rawNumber(value) !== undefined) return 'number';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
