import type { JsonObject } from '../../model/object.ts';
import { badRequest, failure, Refusal } from '../answers.ts';
import { isJsonObject } from '../json.ts';
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
      return asObject(parseWith(parsers.json, textOf(body), kind), kind);
    case 'application/yaml':
      return asObject(parseWith(parsers.yaml, textOf(body), kind), kind);
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
  return body.length === 0 ? {} : objectOf(body, contentType, 'DeleteOptions', parsers);
}

export interface Patch {
  readonly type: PatchType;
  readonly body: JsonObject | readonly JsonObject[];
}

/**
 * The patch in a request's body; its media type says which kind of patch it is.
 * @throws Refusal 415 for a media type that is no patch, 400 for a body that is not one.
 */
export function patchOf(body: Uint8Array, contentType: string | undefined, kind: string, parsers: Parsers): Patch {
  const type = patchTypes.get(bodyTypeOf(contentType));
  if (type === undefined) throw new Refusal(failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {}));
  const text = textOf(body);
  if (type === 'apply') return { type, body: asObject(parseWith(parsers.yaml, text, kind), kind) };
  const parsed = parseWith(parsers.json, text, kind);
  if (type !== 'json') return { type, body: asObject(parsed, kind) };
  if (!Array.isArray(parsed) || !parsed.every(isJsonObject)) {
    throw new Refusal(badRequest('the body of a JSON patch is a list of operations'));
  }
  return { type, body: parsed };
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

function asObject(value: unknown, kind: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new Refusal(badRequest(`the object provided is unrecognized (must be of type ${kind}): it is not a JSON object`));
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
