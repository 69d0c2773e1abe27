import { invalid } from '../core/field-errors.ts';
import { goQuote } from '../core/go-quote.ts';
import { groupOf, type JsonObject, versionOf } from '../model/object.ts';
import { mapAt, textAt } from '../model/raw-fields.ts';
import { isMap } from '../model/raw-json.ts';
import { apiVersionOf } from '../model/resources.ts';
import { badRequest, bareError, conflict, failure, invalidObject, Refusal, withWarnings } from './answers.ts';
import type { ServerConfig } from './config.ts';
import { decodeBuiltIn } from './decode.ts';
import { storedObject } from './json.ts';
import type { ApiRequest, ApiResponse } from './request.ts';
import { findKind, type ResourceEntry, servedResources } from './resources.ts';
import { applyDefaults } from './service/defaults.ts';
import type { StoredObject } from './store.ts';

export interface ReadBody {
  /** In the version of the request, with defaults, without unknown fields, in its namespace. */
  readonly object: StoredObject;
  readonly warnings: readonly string[];
}

/** The object in the body of a creation or of a PUT. @throws Refusal (400) for anything that is not one. */
export function readBody(request: ApiRequest, entry: ResourceEntry, config: ServerConfig): ReadBody {
  const { body } = request;
  if (!isMap(body))
    throw new Refusal(badRequest(`the object provided is unrecognized (must be of type ${entry.kind}): expected a JSON object`));
  const validation = request.options.fieldValidation ?? 'Warn';
  checkKind(body, validation, entry, config);
  const decoded = decode(body, entry, config);
  const unreadable = (why: string): Refusal =>
    new Refusal(badRequest(`${entry.kind} in version ${goQuote(entry.version)} cannot be handled as a ${entry.kind}: ${why}`));
  if ('error' in decoded) throw unreadable(decoded.error);
  const unknown = decoded.unknownFields.map((field) => `unknown field ${goQuote(field)}`);
  if (validation === 'Strict' && unknown.length > 0) throw unreadable(`strict decoding error: ${unknown.join(', ')}`);
  const warnings = validation === 'Warn' ? unknown : [];
  return { object: withWarnings(warnings, () => inNamespace(decoded.object, request, entry)), warnings };
}

/**
 * The object that a patch made; `creates` where there was none before.
 * @throws Refusal: 422 naming the patch where the result is not an object of the kind.
 */
export function readPatched(
  patched: JsonObject,
  request: ApiRequest,
  entry: ResourceEntry,
  config: ServerConfig,
  creates: boolean,
): ReadBody {
  const isApply = request.patchType === 'apply';
  const decoded = decode(patched, entry, config, isApply ? 'keep' : 'drop');
  const unreadable = (why: string): Refusal => {
    if (isApply && !entry.custom) return new Refusal(bareError(unconvertible(request, entry, why)));
    const message = `Invalid value: ${goQuote(JSON.stringify(patched))}: ${why}`;
    const causes = [{ reason: 'FieldValueInvalid', message, field: 'patch' }];
    return new Refusal(failure(422, 'Invalid', ` "" is invalid: patch: ${message}`, { causes }));
  };
  const another = patchedIntoAnother(patched, entry, config);
  if (another !== undefined) throw unreadable(another);
  if ('error' in decoded) throw unreadable(decoded.error);
  // A patched object is written anew before it is read, its fields sorted.
  const unknown = decoded.unknownFields.map((field) => `unknown field ${goQuote(field)}`).sort();
  const validation = request.options.fieldValidation ?? 'Warn';
  if (validation === 'Strict' && unknown.length > 0) throw unreadable(`strict decoding error: ${unknown.join(', ')}`);
  const warnings = validation === 'Warn' ? unknown : [];
  const place = () => {
    if (creates) checkNoUid(decoded.object, entry);
    return inNamespace(decoded.object, request, entry);
  };
  return { object: withWarnings(warnings, place), warnings };
}

/** Who applies to an object of a certain uid means one that exists. */
function checkNoUid({ metadata }: StoredObject, entry: ResourceEntry): void {
  if (metadata.uid === undefined) return;
  const why = `uid mismatch: the provided object specified uid ${metadata.uid}, and no existing object was found`;
  throw new Refusal(conflict(entry, metadata.name, why));
}

/** Applied configurations become objects in another way than those that are sent, and it has words of its own. */
function unconvertible({ body }: ApiRequest, entry: ResourceEntry, why: string): string {
  const { name, namespace } = isMap(body) ? mapAt(body, 'metadata') : {};
  const kind = `${entry.group}/${entry.version}, Kind=${entry.kind}`;
  const place = `${typeof namespace === 'string' ? namespace : ''}/${typeof name === 'string' ? name : ''}; ${kind}`;
  const [, number = '', type = ''] = /^json: cannot unmarshal (number [^ ]+) into Go struct field .* of type (\S+)$/.exec(why) ?? [];
  const isEither = /\.targetPort of type/.test(why);
  const other = why.startsWith('illegal base64 data') ? `error decoding from json: ${why}` : why;
  const numeric = isEither ? `json: cannot unmarshal ${number} into Go value of type ${type}` : `cannot convert float64 to ${type}`;
  return `failed to convert new object (${place}) to proper version: unable to convert unstructured object to ${kind}: ${type === '' ? other : numeric}`;
}

type DecodedObject = { readonly object: StoredObject; readonly unknownFields: readonly string[] } | { readonly error: string };

/** An object in the entry's version, read by its types or its schema, with defaults. */
function decode(body: JsonObject, entry: ResourceEntry, config: ServerConfig, nulls: 'drop' | 'keep' = 'drop'): DecodedObject {
  const identified = { ...body, apiVersion: apiVersionOf(entry, entry.version), kind: entry.kind };
  if (!entry.custom) {
    const decoded = decodeBuiltIn(identified, entry);
    if ('error' in decoded) return decoded;
    return { object: storedObject(applyDefaults(decoded.object, entry)), unknownFields: decoded.unknownFields };
  }
  const object = storedObject({ ...identified, metadata: body['metadata'] ?? {} });
  const pruned = config.schemas.prune(object, entry, nulls);
  if (pruned.undecodable !== undefined) return { error: pruned.undecodable };
  return { object: storedObject(config.schemas.default(pruned.object, entry)), unknownFields: pruned.unknownFields };
}

function checkKind(body: JsonObject, validation: Validation, entry: ResourceEntry, config: ServerConfig): void {
  const expected = apiVersionOf(entry, entry.version);
  const apiVersion = textAt(body, 'apiVersion');
  const kind = textAt(body, 'kind');
  if (entry.custom) {
    if (kind === '') throw new Refusal(badRequest(withoutKind(entry, body, validation)));
    if (apiVersion !== expected) throw new Refusal(badRequest(otherVersion(apiVersion, expected)));
    if (kind !== entry.kind) throw new Refusal(otherKind(body, kind, entry));
    return;
  }
  const sent = { apiVersion: apiVersion || expected, kind: kind || entry.kind };
  if (sent.apiVersion === expected && sent.kind === entry.kind) return;
  const known = findKind(config.profile, sent.apiVersion, sent.kind) !== undefined || everywhere.has(sent.kind);
  // The same kind is known in another version, which this path does not take.
  if (known && sent.kind === entry.kind) throw new Refusal(badRequest(otherVersion(sent.apiVersion, expected)));
  const version = versionOf(sent.apiVersion);
  const why = foreignKind(sent, known, entry);
  throw new Refusal(badRequest(`${sent.kind} in version ${goQuote(version)} cannot be handled as a ${entry.kind}: ${why}`));
}

interface SentKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Why an object of one built-in kind is none of another. */
function foreignKind({ apiVersion, kind }: SentKind, known: boolean, entry: ResourceEntry): string {
  if (!known) return `no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme "pkg/runtime/scheme.go:110"`;
  const internal = entry.group === '' ? 'core' : (entry.group.split('.')[0] ?? '');
  return `converting (${versionOf(apiVersion)}.${kind}) to (${internal}.${entry.kind}): unknown conversion`;
}

/** Why a patched object is none of the kind that was patched; undefined when it is. @throws Refusal (422) for a custom resource */
function patchedIntoAnother(patched: JsonObject, entry: ResourceEntry, config: ServerConfig): string | undefined {
  const expected = apiVersionOf(entry, entry.version);
  const apiVersion = textAt(patched, 'apiVersion');
  const kind = textAt(patched, 'kind');
  if (!entry.custom) {
    const sent = { apiVersion: apiVersion || expected, kind: kind || entry.kind };
    if (sent.apiVersion === expected && sent.kind === entry.kind) return undefined;
    return foreignKind(sent, findKind(config.profile, sent.apiVersion, sent.kind) !== undefined, entry);
  }
  if (kind === '') return `Object 'Kind' is missing in '${JSON.stringify(patched)}'`;
  if (kind !== entry.kind) throw new Refusal(otherKind(patched, kind, entry));
  if (apiVersion === expected) return undefined;
  const name = textAt(mapAt(patched, 'metadata'), 'name');
  const error = invalid('apiVersion', goQuote(apiVersion), `must be ${expected}`);
  throw new Refusal(invalidObject({ ...entry, group: groupOf(apiVersion) }, name, [error]));
}

/** Kinds that every group has, and that are stored nowhere. */
const everywhere: ReadonlySet<string> = new Set(['Status', 'DeleteOptions', 'List', 'CreateOptions', 'ListOptions', 'WatchEvent']);

type Validation = NonNullable<ApiRequest['options']['fieldValidation']>;

/** A decoder that ignores unknown fields has other words. */
function withoutKind(entry: ResourceEntry, body: JsonObject, validation: Validation): string {
  const text = JSON.stringify(body);
  const why = `Object 'Kind' is missing in '${text}'`;
  if (validation === 'Ignore') return `${entry.kind} in version ${goQuote(entry.version)} cannot be handled as a ${entry.kind}: ${why}`;
  const shown = text.length > shownText ? `${text.slice(0, shownText)} ...` : text;
  return `the object provided is unrecognized (must be of type ${entry.kind}): ${why} (${shown})`;
}

/** How much of a body that nobody understands is repeated. */
const shownText = 30;

function otherVersion(apiVersion: string, expected: string): string {
  return `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`;
}

function otherKind(body: JsonObject, kind: string, entry: ResourceEntry): ApiResponse {
  const name = textAt(mapAt(body, 'metadata'), 'name');
  return invalidObject({ ...entry, kind }, name, [invalid('kind', goQuote(kind), `must be ${entry.kind}`)]);
}

/** The object with the namespace of the request. */
function inNamespace(object: StoredObject, request: ApiRequest, entry: ResourceEntry): StoredObject {
  const { namespace: sent, ...metadata } = mapAt(object, 'metadata');
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
