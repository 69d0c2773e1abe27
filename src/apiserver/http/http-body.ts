import type { Json, JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { badRequest, failure, Refusal } from '../answers.ts';
import { jsonTypeOf } from '../patch/patch-body.ts';
import type { PatchType } from '../request.ts';
import { jsonComplaint } from './json-complaint.ts';
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
      return asObject(
        parsed(() => fromJson(body, parsers, (why) => unrecognized(kind, noKind(why, body))), kind),
        kind,
        body,
      );
    case 'application/yaml':
      return asObject(
        parsed(() => parsers.yaml(textOf(body)), kind),
        kind,
        body,
      );
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
  const json = parsed(() => (type === 'apply' ? fromYaml(body, parsers) : fromJson(body, parsers, (why) => badPatch(type, why))), kind);
  return { type, body: asJson(json) };
}

/** Only strategic patches are not said to be patches. */
function badPatch(type: PatchType, why: string): string {
  return type === 'strategic' ? why : `error decoding patch: ${why}`;
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

/** @throws Refusal with what `message` makes of Go's complaint */
function fromJson(body: Uint8Array, parsers: Parsers, message: (why: string) => string): unknown {
  try {
    return parsers.json(textOf(body));
  } catch (error) {
    const why = jsonComplaint(body);
    throw why === undefined ? error : new Refusal(badRequest(message(why)));
  }
}

/** An empty document is null. @throws Refusal */
function fromYaml(body: Uint8Array, parsers: Parsers): unknown {
  const text = textOf(body);
  if (text.trim() === '') return null;
  try {
    return parsers.yaml(text);
  } catch (error) {
    throw new Refusal(badRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${messageOf(error)}`));
  }
}

/** @throws Refusal for what the parser cannot read, in its own words */
function parsed(parse: () => unknown, kind: string): unknown {
  try {
    return parse();
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(badRequest(unrecognized(kind, messageOf(error))));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function unrecognized(kind: string, why: string): string {
  return `the object provided is unrecognized (must be of type ${kind}): ${why}`;
}

function noKind(why: string, body: Uint8Array): string {
  return `couldn't get version/kind; json parse error: ${why} (${summaryOf(body)})`;
}

function asObject(value: unknown, kind: string, body: Uint8Array): JsonObject {
  if (isMap(value)) return value;
  const json = asJson(value);
  const why =
    json === null
      ? `Object 'Kind' is missing in 'null' (${summaryOf(body)})`
      : noKind(`json: cannot unmarshal ${jsonTypeOf(json)} into Go value of type ${typeMeta}`, body);
  throw new Refusal(badRequest(unrecognized(kind, why)));
}

const typeMeta = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** The beginning of a body that is no object. */
function summaryOf(body: Uint8Array): string {
  if (body.length === 0) return '<empty>';
  const shown = body.subarray(0, 30);
  const text = body[0] === 0x7b ? textOf(shown) : [...shown].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return body.length > 30 ? `${text} ...` : text;
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
