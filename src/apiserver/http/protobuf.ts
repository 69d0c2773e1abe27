import type { Json, JsonObject } from '../../model/object.ts';
import { type Field, fieldsOf, messageOf } from './protobuf-messages.ts';

export type DecodedProtobuf = { readonly object: JsonObject } | { readonly unknownKind: string } | { readonly malformed: string };

/**
 * Reads the protobuf form of a built-in object, which kubectl sends for what it creates by itself, and Go's clients for
 * everything that is not a custom resource. Answers are JSON all the same: such clients take either.
 *
 * Mirrors the serializer of apimachinery's runtime package: four letters, an envelope that names the kind, the object.
 */
export function decodeProtobuf(body: Uint8Array): DecodedProtobuf {
  if (!magic.every((byte, index) => body[index] === byte))
    return { malformed: 'the body does not begin with the four bytes of a Kubernetes object' };
  try {
    const envelope = readMessage(body.subarray(magic.length), fieldsOf('Envelope'));
    const { apiVersion, kind } = { apiVersion: '', kind: '', ...textsOf(envelope.typeMeta) };
    const message = messageOf(apiVersion, kind);
    if (message === undefined) return { unknownKind: `${apiVersion}, Kind=${kind}` };
    const raw = envelope.raw;
    const bytes = typeof raw === 'string' ? fromBase64(raw) : new Uint8Array();
    return { object: { apiVersion, kind, ...readMessage(bytes, fieldsOf(message)) } };
  } catch (error) {
    if (error instanceof Malformed) return { malformed: error.message };
    throw error;
  }
}

/** `k8s` and a zero. */
const magic = [0x6b, 0x38, 0x73, 0x00];

class Malformed extends Error {}

type Wire = { readonly number: bigint } | { readonly bytes: Uint8Array };

function readMessage(bytes: Uint8Array, fields: ReadonlyMap<number, Field>): JsonObject {
  const values = new Map<string, Json>();
  for (const [number, wire] of entriesOf(bytes)) {
    const field = fields.get(number);
    if (field === undefined) continue;
    const value = fieldValue(wire, field);
    if (field.shape === 'list') {
      const list = values.get(field.name);
      values.set(field.name, [...(Array.isArray(list) ? list : []), value ?? null]);
    } else if (field.shape === 'map') {
      const [key, entry] = mapEntry(wire, field);
      values.set(field.name, Object.fromEntries([...Object.entries(values.get(field.name) ?? {}), [key, entry]]));
    } else if (value !== undefined) {
      values.set(field.name, value);
    }
  }
  return Object.fromEntries(values);
}

/** Undefined for a zero value that JSON leaves out; a pointer's zero is a value. */
function fieldValue(wire: Wire, field: Field): Json | undefined {
  if (field.shape === 'map') return undefined;
  const keepsZero = field.shape !== 'plain';
  switch (field.type) {
    case 'text': {
      const value = text(wire);
      return value === '' && !keepsZero ? undefined : value;
    }
    case 'int': {
      const value = Number(BigInt.asIntN(64, number(wire)));
      return value === 0 && !keepsZero ? undefined : value;
    }
    case 'bool':
      return number(wire) !== 0n || (keepsZero ? false : undefined);
    case 'bytes':
      return toBase64(bytesOf(wire));
    case 'time':
      return time(wire, 0);
    case 'microTime':
      return time(wire, 6);
    case 'intOrString': {
      const { type, intVal, strVal } = { type: 0, intVal: 0, strVal: '', ...readMessage(bytesOf(wire), fieldsOf('IntOrString')) };
      return type === 0 ? intVal : strVal;
    }
    case 'json':
      return json(wire);
    default:
      return readMessage(bytesOf(wire), fieldsOf(field.type));
  }
}

function mapEntry(wire: Wire, field: Field): readonly [string, Json] {
  let key = '';
  let value: Json = '';
  for (const [number, part] of entriesOf(bytesOf(wire))) {
    if (number === 1) key = text(part);
    else if (number === 2) value = mapValue(part, field.type);
  }
  return [key, value];
}

/** A quantity is a text within a message of its own. */
function mapValue(wire: Wire, type: string): Json {
  if (type === 'bytes') return toBase64(bytesOf(wire));
  if (type === 'text') return text(wire);
  return { string: '', ...readMessage(bytesOf(wire), fieldsOf(type)) }.string;
}

/** The fields of a message in the order they were written. */
function* entriesOf(bytes: Uint8Array): Generator<readonly [number, Wire]> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw new Malformed('a number is cut short');
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new Malformed('a number is longer than 64 bits');
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new Malformed('a field is cut short');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Number(tag >> 3n);
    switch (tag & 7n) {
      case 0n:
        yield [field, { number: varint() }];
        break;
      case 1n:
        yield [field, { bytes: take(8) }];
        break;
      case 2n:
        yield [field, { bytes: take(Number(varint())) }];
        break;
      case 5n:
        yield [field, { bytes: take(4) }];
        break;
      default:
        throw new Malformed('a field is of a type that does not exist');
    }
  }
}

function number(wire: Wire): bigint {
  if ('number' in wire) return wire.number;
  throw new Malformed('a number was expected');
}

function bytesOf(wire: Wire): Uint8Array {
  if ('bytes' in wire) return wire.bytes;
  throw new Malformed('a text or a message was expected');
}

function text(wire: Wire): string {
  return new TextDecoder().decode(bytesOf(wire));
}

/** RFC 3339 with as many digits behind the second; the zero time is none. */
function time(wire: Wire, digits: number): string | undefined {
  const { seconds, nanos } = { seconds: 0, nanos: 0, ...readMessage(bytesOf(wire), fieldsOf('Time')) };
  if (seconds === 0 && nanos === 0) return undefined;
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return digits === 0 ? `${whole}Z` : `${whole}.${String(nanos).padStart(9, '0').slice(0, digits)}Z`;
}

/** A message with one field that holds JSON. */
function json(wire: Wire): Json | undefined {
  for (const [field, part] of entriesOf(bytesOf(wire))) {
    if (field !== 1) continue;
    try {
      return JSON.parse(text(part));
    } catch {
      throw new Malformed('the JSON within it cannot be read');
    }
  }
  return undefined;
}

function textsOf(value: Json | undefined): { readonly apiVersion?: string; readonly kind?: string } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  const { apiVersion, kind } = { apiVersion: undefined, kind: undefined, ...value };
  return { ...(typeof apiVersion === 'string' ? { apiVersion } : {}), ...(typeof kind === 'string' ? { kind } : {}) };
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function fromBase64(encoded: string): Uint8Array {
  return Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
}
