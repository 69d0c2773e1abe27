import type { Json, JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { badRequest, failure, Refusal } from '../answers.ts';
import { jsonTypeOf } from '../patch/patch-body.ts';
import type { PatchType } from '../request.ts';
import { bodyTypeOf } from './media-types.ts';
import { decodeProtobuf } from './protobuf.ts';

/** Reads text into plain values, and throws for a text that is none. This layer has no YAML, and no long numbers, of its own. */
export interface Parsers {
  json(text: string): unknown;
  yaml(text: string): unknown;
}

/**
 * The object in a request's body.
 * @param kind what was expected, for the message.
 * @throws Refusal 415 for another media type, 400 for a body that is not one object.
 */
export function objectOf(body: Uint8Array, contentType: string | undefined, kind: string, parsers: Parsers): JsonObject {
  switch (bodyTypeOf(contentType)) {
    case 'application/json':
      return asObject(parseWith(parsers.json, textOf(body), kind), kind, textOf(body));
    case 'application/yaml':
      return asObject(parseWith(parsers.yaml, textOf(body), kind), kind, textOf(body));
    case 'application/vnd.kubernetes.protobuf':
      return fromProtobuf(body, kind);
    default:
      throw unknownFormat(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']);
  }
}

/**
 * The body of a DELETE, which may be empty.
 * @throws Refusal as `objectOf`.
 */
export function deleteBodyOf(body: Uint8Array, contentType: string | undefined, parsers: Parsers): JsonObject {
  const isEmpty = body.length === 0 || textOf(body).trim() === 'null';
  return isEmpty ? {} : objectOf(body, contentType, 'DeleteOptions', parsers);
}

export interface Patch {
  readonly type: PatchType;
  /** Its shape is looked at when the object is there. */
  readonly body: Json;
}

/**
 * The patch in a request's body; its media type says which kind of patch it is.
 * @throws Refusal 415 for a media type that is no patch, 400 for a body that is not one.
 */
export function patchOf(body: Uint8Array, contentType: string | undefined, kind: string, parsers: Parsers): Patch {
  const type = patchTypes.get(bodyTypeOf(contentType));
  if (type === undefined) throw new Refusal(failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {}));
  return { type, body: asJson(parseWith(type === 'apply' ? parsers.yaml : parsers.json, textOf(body), kind)) };
}

const patchTypes = new Map<string, PatchType>([
  ['application/merge-patch+json', 'merge'],
  ['application/json-patch+json', 'json'],
  ['application/strategic-merge-patch+json', 'strategic'],
  ['application/apply-patch+yaml', 'apply'],
]);

function textOf(body: Uint8Array): string {
  return new TextDecoder().decode(body);
}

function parseWith(parse: (text: string) => unknown, text: string, kind: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why}`));
  }
}

function asObject(value: unknown, kind: string, text: string): JsonObject {
  if (isMap(value)) return value;
  const json = asJson(value);
  const why =
    json === null
      ? "Object 'Kind' is missing in 'null'"
      : `couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonTypeOf(json)} into Go value of type ${typeMeta}`;
  throw new Refusal(badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${summaryOf(text)})`));
}

const typeMeta = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** The first bytes of a body that is no object. */
function summaryOf(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const shown = [...bytes.subarray(0, 30)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return bytes.length > 30 ? `${shown} ...` : shown;
}

/** Parsers give JSON and nothing else. */
function asJson(value: unknown): Json {
  if (isJson(value)) return value;
  throw new Error('a parser gave something that is not JSON');
}

function isJson(value: unknown): value is Json {
  return value !== undefined && ['string', 'number', 'boolean', 'object'].includes(typeof value);
}

function fromProtobuf(body: Uint8Array, kind: string): JsonObject {
  const decoded = decodeProtobuf(body);
  if ('object' in decoded) return decoded.object;
  if ('malformed' in decoded) {
    throw new Refusal(badRequest(`the object provided is unrecognized (must be of type ${kind}): ${decoded.malformed}`));
  }
  const message = `the sandbox does not read protobuf of ${decoded.unknownKind}: create it from a manifest, which travels as JSON`;
  throw new Refusal(failure(415, 'UnsupportedMediaType', message));
}

function unknownFormat(accepted: readonly string[]): Refusal {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new Refusal(failure(415, 'UnsupportedMediaType', message));
}
