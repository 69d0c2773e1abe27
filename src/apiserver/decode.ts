import { isList, type Json, type JsonObject } from '../model/object.ts';
import { isMap, ownField, rawNumber } from '../model/raw-json.ts';
import { canonicalBase64 } from './base64.ts';
import { decodeTime } from './metadata/go-time.ts';
import { decodeMetadata } from './metadata/metadata-decoding.ts';
import { type WireStruct, type WireType, wireStruct } from './patch/wire-types.ts';
import type { ServedResource } from './request.ts';

export type Decoded =
  | { readonly object: JsonObject; readonly unknownFields: readonly string[] }
  /** A value has the wrong type: the decoder's words, to be answered with 400. */
  | { readonly error: string };

/**
 * Reads a built-in object the way kube-apiserver's decoder does: absent, null, empty and zero become one, fields that the kind
 * does not have are dropped and named, fields stand in the server's order. Kinds without a table are stored as they are sent.
 * @param unknown `keep` for objects of a newer Kubernetes that are only looked at: their unknown fields stay.
 */
export function decodeBuiltIn(body: JsonObject, resource: ServedResource, unknown: 'drop' | 'keep' = 'drop'): Decoded {
  const decoded = decodeMetadata(body['metadata'], 'metadata.');
  if ('error' in decoded) return decoded;
  const head = {
    kind: resource.kind,
    apiVersion: resource.group === '' ? resource.version : `${resource.group}/${resource.version}`,
    metadata: decoded.metadata,
  };
  const type = wireStruct(resource.group, resource.kind);
  const rest = Object.fromEntries(Object.entries(body).filter(([field]) => !identity.has(field)));
  if (type === undefined) return { object: { ...head, ...rest }, unknownFields: decoded.unknownFields };
  const unknownFields = [...decoded.unknownFields];
  try {
    const fields = readStruct(rest, type, { field: '', path: '' }, unknown === 'keep' ? 'keep' : unknownFields);
    return { object: { ...head, ...fields }, unknownFields };
  } catch (error) {
    if (error instanceof Undecodable) return { error: error.message };
    throw error;
  }
}

/** Fields as a Go type would write them after reading them; undefined where a value has the wrong type. */
export function wireForm(fields: JsonObject, type: WireStruct): JsonObject | undefined {
  try {
    return readStruct(fields, type, { field: '', path: '' }, 'keep');
  } catch (error) {
    if (error instanceof Undecodable) return undefined;
    throw error;
  }
}

const identity: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** Where the paths of unknown fields go; the fields themselves stay where this says `keep`. */
type Unknown = string[] | 'keep';

/** Carries the text of the first wrong value out of the recursion. */
class Undecodable extends Error {}

interface Place {
  /** As messages name the field: `spec.ports.port`. */
  readonly field: string;
  /** As unknown fields are named: `spec.ports[0].colour`. */
  readonly path: string;
}

function readStruct(sent: JsonObject, type: WireStruct, place: Place, unknown: Unknown): JsonObject {
  const values = new Map<string, Json>();
  const kept: [string, Json][] = [];
  for (const [name, value] of Object.entries(sent)) {
    if (value === undefined) continue;
    const field = type.fields.get(name);
    const inner = { field: joined(place.field, name), path: joined(place.path, name) };
    if (field === undefined) {
      if (unknown === 'keep') kept.push([name, value]);
      else unknown.push(inner.path);
    } else if (value !== null) {
      const read = readValue(value, field, { ...inner, struct: type.name }, unknown);
      if (!isLeftOut(read, field)) values.set(name, read);
    }
  }
  const entries: [string, Json][] = [];
  for (const [name, field] of type.fields) {
    const value = values.get(name) ?? (field.presence === 'filled' ? emptyOf(field) : undefined);
    if (value !== undefined) entries.push([name, value]);
  }
  return Object.fromEntries([...entries, ...kept]);
}

function joined(place: string, name: string): string {
  return place === '' ? name : `${place}.${name}`;
}

function isLeftOut(value: Json, field: WireType): boolean {
  if (field.presence !== 'omitted') return false;
  if (isList(value)) return value.length === 0;
  if (isMap(value)) return Object.keys(value).length === 0;
  return value === '' || value === 0 || value === false;
}

function emptyOf(field: WireType): Json {
  switch (field.as) {
    case 'text':
      return '';
    case 'int32':
    case 'intOrString':
      return 0;
    case 'boolean':
      return false;
    case 'time':
    case 'list':
      return null;
    case 'map':
    case 'byteMap':
      return {};
    case 'struct':
      return readStruct({}, field.struct, { field: '', path: '' }, []);
  }
}

function readValue(value: Json, field: WireType, place: Place & { readonly struct: string }, unknown: Unknown): Json {
  switch (field.as) {
    case 'text':
      if (typeof value !== 'string') throw wrong(value, field.goType, place);
      return value;
    case 'time':
      if (typeof value !== 'string') throw wrong(value, 'string', place);
      return field.goType === 'v1.Time' ? timeIn(value) : value;
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong(value, field.goType, place);
      return value;
    case 'int32':
      return readInt32(value, field.goType, place);
    case 'intOrString':
      return typeof value === 'string' ? value : readInt32(value, 'int32', place);
    case 'list': {
      if (!isList(value)) throw wrong(value, field.goType, place);
      return value.map((item, index) => readItem(item, field.items, { ...place, path: `${place.path}[${index}]` }, unknown));
    }
    case 'map':
      return readMap(value, field.goType, 'string', place);
    case 'byteMap':
      return bytesIn(readMap(value, field.goType, '[]uint8', place));
    case 'struct':
      if (!isMap(value) || rawNumber(value) !== undefined) throw wrong(value, field.goType, place);
      return readStruct(value, field.struct, place, unknown);
  }
}

function timeIn(text: string): string {
  const read = decodeTime(text);
  if ('error' in read) throw new Undecodable(read.error);
  return read.time;
}

/** Null is the empty value of its type inside a list. */
function readItem(item: Json, field: WireType, place: Place & { readonly struct: string }, unknown: Unknown): Json {
  return item === null ? emptyOf(field) : readValue(item, field, place, unknown);
}

function readMap(
  value: Json,
  goType: string,
  itemType: string,
  place: Place & { readonly struct: string },
): Readonly<Record<string, string>> {
  if (!isMap(value) || rawNumber(value) !== undefined) throw wrong(value, goType, place);
  return Object.fromEntries(
    Object.keys(value).flatMap((key): [string, string][] => {
      const item = ownField(value, key);
      if (item === undefined) return [];
      if (item !== null && typeof item !== 'string') throw wrong(item, itemType, place);
      return [[key, item ?? '']];
    }),
  );
}

function bytesIn(texts: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => {
      const read = canonicalBase64(text);
      if ('corruptAt' in read) throw new Undecodable(`illegal base64 data at input byte ${read.corruptAt}`);
      return [key, read.text];
    }),
  );
}

function readInt32(value: Json, goType: string, place: Place & { readonly struct: string }): number {
  if (typeof value !== 'number') throw wrong(value, goType, place);
  if (!Number.isInteger(value) || Math.abs(value) > 2 ** 31 - 1) throw wrong(value, goType, place);
  return value;
}

/** @returns the error; numbers that are of the right type but do not fit are shown. */
function wrong(value: Json, goType: string, place: Place & { readonly struct: string }): Undecodable {
  const shown = goType === 'int32' ? numberText(value) : '';
  return new Undecodable(
    `json: cannot unmarshal ${jsonType(value)}${shown} into Go struct field ${place.struct}.${place.field} of type ${goType}`,
  );
}

function numberText(value: Json): string {
  const raw = rawNumber(value) ?? (typeof value === 'number' ? String(value) : undefined);
  return raw === undefined ? '' : ` ${raw}`;
}

function jsonType(value: Json): string {
  if (Array.isArray(value)) return 'array';
  if (rawNumber(value) !== undefined) return 'number';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
