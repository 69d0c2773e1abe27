import type { Json, JsonObject } from '../../model/object.ts';
import { apiVersionOf } from '../../model/resources.ts';
import { badRequest, failure, Refusal } from '../answers.ts';
import type { ServerConfig } from '../config.ts';
import { decodeBuiltIn } from '../decode.ts';
import { goQuote } from '../go-syntax.ts';
import { isJsonObject, objectAt, storedObject, textAt } from '../json.ts';
import type { ApiRequest } from '../request.ts';
import { findKind, type ResourceEntry, servedResources } from '../resources.ts';
import { applyDefaults } from '../service/defaults.ts';
import type { StoredObject } from '../store.ts';

export interface ReadBody {
  /** In the version of the request, with defaults, without unknown fields, in its namespace. */
  readonly object: StoredObject;
  readonly warnings: readonly string[];
}

/** The object in the body of a creation or of a PUT. @throws Refusal (400) for anything that is not one. */
export function readBody(request: ApiRequest, entry: ResourceEntry, config: ServerConfig): ReadBody {
  const { body } = request;
  if (!isJsonObject(body))
    throw new Refusal(badRequest(`the object provided is unrecognized (must be of type ${entry.kind}): expected a JSON object`));
  checkKind(body, entry, config);
  const decoded = decode(body, entry, config);
  const unreadable = (why: string): Refusal =>
    new Refusal(badRequest(`${entry.kind} in version ${goQuote(entry.version)} cannot be handled as a ${entry.kind}: ${why}`));
  if ('error' in decoded) throw unreadable(decoded.error);
  const unknown = decoded.unknownFields.map((field) => `unknown field ${goQuote(field)}`);
  const validation = request.options.fieldValidation ?? 'Warn';
  if (validation === 'Strict' && unknown.length > 0) throw unreadable(`strict decoding error: ${unknown.join(', ')}`);
  return { object: inNamespace(decoded.object, request, entry), warnings: validation === 'Warn' ? unknown : [] };
}

/** The object that a patch made. @throws Refusal: 422 naming the patch where the result is not an object of the kind. */
export function readPatched(patched: JsonObject, request: ApiRequest, entry: ResourceEntry, config: ServerConfig): ReadBody {
  const decoded = decode(patched, entry, config);
  const unreadable = (why: string): Refusal => {
    const message = `Invalid value: ${goQuote(JSON.stringify(patched))}: ${why}`;
    const causes = [{ reason: 'FieldValueInvalid', message, field: 'patch' }];
    return new Refusal(failure(422, 'Invalid', ` "" is invalid: patch: ${message}`, { causes }));
  };
  if ('error' in decoded) throw unreadable(decoded.error);
  const unknown = decoded.unknownFields.map((field) => `unknown field ${goQuote(field)}`);
  const validation = request.options.fieldValidation ?? 'Warn';
  if (validation === 'Strict' && unknown.length > 0) throw unreadable(`strict decoding error: ${unknown.join(', ')}`);
  return { object: inNamespace(decoded.object, request, entry), warnings: validation === 'Warn' ? unknown : [] };
}

type DecodedObject = { readonly object: StoredObject; readonly unknownFields: readonly string[] } | { readonly error: string };

/** An object in the entry's version, read by its types or its schema, with defaults. */
function decode(body: JsonObject, entry: ResourceEntry, config: ServerConfig): DecodedObject {
  const identified = { ...body, apiVersion: apiVersionOf(entry, entry.version), kind: entry.kind };
  if (!entry.custom) {
    const decoded = decodeBuiltIn(identified, entry);
    if ('error' in decoded) return decoded;
    return { object: storedObject(applyDefaults(decoded.object, entry)), unknownFields: decoded.unknownFields };
  }
  const object = storedObject({ ...identified, metadata: body['metadata'] ?? {} });
  const pruned = config.schemas.prune(object, entry);
  if (pruned.undecodable !== undefined) return { error: pruned.undecodable };
  return { object: storedObject(config.schemas.default(pruned.object, entry)), unknownFields: pruned.unknownFields };
}

function checkKind(body: JsonObject, entry: ResourceEntry, config: ServerConfig): void {
  const expected = apiVersionOf(entry, entry.version);
  const apiVersion = textAt(body, 'apiVersion');
  const kind = textAt(body, 'kind');
  if (entry.custom && kind === '') {
    const text = JSON.stringify(body);
    throw new Refusal(
      badRequest(`the object provided is unrecognized (must be of type ${entry.kind}): Object 'Kind' is missing in '${text}' (${text})`),
    );
  }
  if (apiVersion !== '' && apiVersion !== expected) {
    const message = `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`;
    throw new Refusal(badRequest(message));
  }
  if (kind === '' || kind === entry.kind) return;
  throw new Refusal(badRequest(wrongKind(kind, entry, config)));
}

function wrongKind(kind: string, entry: ResourceEntry, config: ServerConfig): string {
  const expected = apiVersionOf(entry, entry.version);
  if (entry.custom) return `invalid kind ${kind}: must be ${entry.kind}`;
  if (findKind(config.profile, expected, kind) === undefined) {
    return `no kind ${goQuote(kind)} is registered for version ${goQuote(expected)} in scheme "pkg/api/legacyscheme/scheme.go:30"`;
  }
  const internal = entry.group === '' ? 'core' : (entry.group.split('.')[0] ?? '');
  const conversion = `converting (${entry.version}.${kind}) to (${internal}.${entry.kind}): unknown conversion`;
  return `${kind} in version ${goQuote(entry.version)} cannot be handled as a ${entry.kind}: ${conversion}`;
}

/** The object with the namespace of the request. */
function inNamespace(object: StoredObject, request: ApiRequest, entry: ResourceEntry): StoredObject {
  const { namespace: sent, ...metadata } = objectAt(object, 'metadata');
  if (!entry.namespaced) return sent === undefined ? object : storedObject({ ...object, metadata });
  if (sent !== undefined && sent !== request.namespace) {
    throw new Refusal(badRequest('the namespace of the provided object does not match the namespace sent on the request'));
  }
  return storedObject({ ...object, metadata: { ...metadata, namespace: request.namespace } });
}

/** What the server writes for an entry that a path names; undefined when the profile does not serve it. */
export function entryOf(request: Pick<ApiRequest, 'resource'>, config: ServerConfig): ResourceEntry | undefined {
  const { group, version, plural } = request.resource;
  return servedResources(config.profile).find((entry) => entry.group === group && entry.version === version && entry.plural === plural);
}

/** A patch as JSON, whatever stands in it. */
export function patchBody(request: ApiRequest): Json {
  const { body } = request;
  return body === undefined ? {} : body;
}
