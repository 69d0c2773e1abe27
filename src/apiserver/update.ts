import { type FieldError, invalid } from '../core/field-errors.ts';
import { goQuote } from '../core/go-quote.ts';
import { jsonEqual } from '../core/patch.ts';
import type { JsonObject } from '../model/object.ts';
import { listAt, mapAt, textAt } from '../model/raw-fields.ts';
import { endpointSlices, namespaces, services } from '../model/resources.ts';
import { charged, quotaCharges } from './admission/quota-admission.ts';
import {
  badRequest,
  bareError,
  conflict,
  failure,
  invalidObject,
  modifiedMeanwhile,
  notFound,
  Refusal,
  unsupportedPatch,
  withWarnings,
} from './answers.ts';
import { commitObject, commitRemoval, withMetadata } from './commit.ts';
import type { ServerConfig } from './config.ts';
import { asVersion, toStorage } from './conversion/conversion.ts';
import { createFrom, type Outcome, trackManager } from './create.ts';
import { storedObject } from './json.ts';
import { hasGeneration, mayCreateOnUpdate, mayUpdateUnconditionally, validateStatusUpdate, validateUpdate } from './kind-rules.ts';
import { validateCommonUpdate, validateObjectMetaUpdate } from './metadata/object-meta-validation.ts';
import { objectPatch, patchOperations } from './patch/patch-body.ts';
import type { ApiRequest } from './request.ts';
import { type ReadBody, readBody, readPatched } from './request-body.ts';
import type { ResourceEntry } from './resources.ts';
import type { PatchOutcome } from './schema/schema-types.ts';
import { storedSlice } from './service/endpoint-slice-stored.ts';
import { settleService, storedService } from './service/service-write.ts';
import { findObject, type State, type StoredObject } from './store.ts';
import { statusWarningsFor, warningsFor } from './write-warnings.ts';

interface Update {
  readonly state: State;
  readonly request: ApiRequest;
  readonly entry: ResourceEntry;
  readonly config: ServerConfig;
}

/** PUT, of an object or of its status. @throws Refusal */
export function updateObject(state: State, request: ApiRequest, entry: ResourceEntry, config: ServerConfig): Outcome {
  const name = request.name ?? '';
  const body = readBody(request, entry, config);
  const existing = findObject(state, entry.storage, request.namespace ?? '', name);
  withWarnings(body.warnings, () => checkUpdate(body, existing, request, entry));
  if (existing === undefined) {
    withWarnings(body.warnings, () => versionNumber(body.object.metadata.resourceVersion));
    return createFrom(state, body, request, entry, config);
  }
  return writeUpdate(existing, body, { state, request, entry, config });
}

/** What stands against a PUT before anybody looks at its content. @throws Refusal */
function checkUpdate({ object }: ReadBody, existing: StoredObject | undefined, request: ApiRequest, entry: ResourceEntry): void {
  const name = request.name ?? '';
  checkName(object, name);
  const { uid } = object.metadata;
  if (uid !== undefined && uid !== existing?.metadata.uid) {
    throw new Refusal(conflict(entry, name, wrongUid(entry, request, uid, existing?.metadata.uid ?? '')));
  }
  if (existing === undefined && (!mayCreateOnUpdate(entry) || request.subresource !== undefined)) throw new Refusal(notFound(entry, name));
}

/** PATCH, of an object or of its status. @throws Refusal */
export function patchObject(state: State, request: ApiRequest, entry: ResourceEntry, config: ServerConfig): Outcome {
  const name = request.name ?? '';
  const stored = findObject(state, entry.storage, request.namespace ?? '', name);
  if (entry.custom && request.patchType === 'strategic') {
    throw new Refusal(unsupportedPatch(['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml']));
  }
  // What is applied to an object creates it; what is applied to a part of one does not.
  if (stored === undefined && (request.patchType !== 'apply' || request.subresource !== undefined))
    throw new Refusal(notFound(entry, name));
  const existing = stored === undefined ? undefined : asVersion(stored, entry, config);
  const patched = applyPatch(existing, request, entry, config);
  const body = readPatched(patched, request, entry, config, stored === undefined);
  withWarnings(body.warnings, () => checkName(body.object, name));
  if (stored === undefined) {
    withWarnings(body.warnings, () => versionNumber(body.object.metadata.resourceVersion));
    return createFrom(state, body, request, entry, config);
  }
  return writeUpdate(stored, body, { state, request, entry, config });
}

function applyPatch(existing: StoredObject | undefined, request: ApiRequest, entry: ResourceEntry, config: ServerConfig): JsonObject {
  const { patches } = config;
  switch (request.patchType) {
    case 'apply':
      return serverSideApply(existing, request, entry, config);
    case 'json':
      return patchedObject(patches.applyJsonPatch(existing ?? {}, patchOperations(request)));
    case 'strategic':
      return patchedObject(patches.applyStrategicMerge(existing ?? {}, objectPatch(request), entry));
    default:
      return patchedObject(patches.applyMergePatch(existing ?? {}, objectPatch(request)));
  }
}

function patchedObject(outcome: PatchOutcome): JsonObject {
  if ('object' in outcome) return outcome.object;
  const { code, message } = outcome.error;
  throw new Refusal(code === 400 ? badRequest(message) : code === 500 ? bareError(message) : failure(422, 'Invalid', message, {}));
}

function serverSideApply(existing: StoredObject | undefined, request: ApiRequest, entry: ResourceEntry, config: ServerConfig): JsonObject {
  const { fieldManager = '', force = false } = request.options;
  const applied = objectPatch(request);
  if (fieldManager === '') {
    const errors = [{ reason: 'FieldValueRequired', message: 'Required value: is required for apply patch', field: 'fieldManager' }];
    throw new Refusal(invalidObject({ ...entry, group: 'meta.k8s.io', kind: 'PatchOptions' }, '', errors));
  }
  const options = { fieldManager, force, now: request.now, resource: entry, subresource: request.subresource };
  const outcome = config.patches.serverSideApply(existing, applied, options);
  if ('object' in outcome) return storedObject(outcome.object);
  if ('error' in outcome) return patchedObject(outcome);
  throw new Refusal(failure(409, 'Conflict', outcome.message, { causes: outcome.conflicts }));
}

function checkName(object: StoredObject, name: string): void {
  const sent = textAt(mapAt(object, 'metadata'), 'name');
  if (sent === name) return;
  throw new Refusal(
    badRequest(
      sent === ''
        ? `the name of the object (${name} based on URL) was undeterminable: name must be provided`
        : `the name of the object (${sent}) does not match the name on the URL (${name})`,
    ),
  );
}

function wrongUid(entry: ResourceEntry, request: ApiRequest, sent: string, found: string): string {
  // A dry run asks the storage under its own prefix.
  const root = request.options.dryRun === true ? '' : '/registry';
  const resource = entry.group === '' ? registryName(entry.plural) : `${entry.group}/${entry.plural}`;
  const key = [root, resource, request.namespace, request.name].filter((part) => part !== undefined).join('/');
  const detail = `Precondition failed: UID in precondition: ${sent}, UID in object meta: ${found}`;
  return `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${detail}`;
}

function registryName(plural: string): string {
  if (plural === 'services') return 'services/specs';
  return plural === 'endpoints' ? 'services/endpoints' : plural;
}

/** Everything that follows once the new object is known: metadata, allocation, validation, storing. */
function writeUpdate(stored: StoredObject, body: ReadBody, update: Update): Outcome {
  const { request, entry, config } = update;
  const existing = asVersion(stored, entry, config);
  const isStatus = request.subresource === 'status';
  return withWarnings(body.warnings, () => {
    checkResourceVersion(body.object.metadata.resourceVersion, existing, entry);
    const object = isStatus ? statusWrite(body.object, existing, update) : mainWrite(body.object, existing, update);
    const warnings = isStatus ? statusWarningsFor(object, entry) : warningsFor(object, existing, entry);
    return storeUpdate(stored, existing, object, { ...update, warnings: [...body.warnings, ...warnings] });
  });
}

function storeUpdate(
  stored: StoredObject,
  existing: StoredObject,
  object: StoredObject,
  { state, request, entry, config, warnings }: Update & { readonly warnings: readonly string[] },
): Outcome {
  const next = toStorage(object, entry, config);
  const dryRun = request.options.dryRun === true;
  // Of an object that is there only Services can take more than before.
  const write = { resource: entry.storage, object, before: existing };
  const charges = entry.storage === services && request.subresource === undefined ? quotaCharges(state, write) : [];
  const respond = (at: State, answer: StoredObject, events: Outcome['response']['events']): Outcome => ({
    state: at,
    response: { code: 200, body: asVersion(answer, entry, config), warnings, events },
  });
  if (isGone(object, existing, entry)) {
    const { resourceVersion } = stored.metadata;
    const last = withMetadata(next, { resourceVersion });
    if (dryRun) return respond(state, last, []);
    const commit = commitRemoval(state, entry.storage, last, request.now);
    return respond(commit.state, last, commit.events);
  }
  if (jsonEqual(next, stored)) return respond(state, stored, []);
  if (dryRun) return respond(state, next, []);
  const paid = charged(state, charges);
  const commit = commitObject(paid.state, entry.storage, next, stored);
  return respond(commit.state, commit.stored, [...paid.events, ...commit.events]);
}

/** An object whose deletion only waited for its finalizers goes with the last of them; a namespace has some in its spec, too. */
function isGone(object: StoredObject, existing: StoredObject, entry: ResourceEntry): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = existing.metadata;
  if (entry.storage === namespaces && listAt(mapAt(object, 'spec'), 'finalizers').length > 0) return false;
  return deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && !object.metadata.finalizers?.length;
}

function checkResourceVersion(sent: string | undefined, existing: StoredObject, entry: ResourceEntry): void {
  const { name } = existing.metadata;
  if (versionNumber(sent) !== 0n) {
    if (sent !== existing.metadata.resourceVersion) throw new Refusal(conflict(entry, name, modifiedMeanwhile));
  } else if (!mayUpdateUnconditionally(entry)) {
    const error = invalid('metadata.resourceVersion', '0x0', 'must be specified for an update');
    throw new Refusal(invalidObject({ ...entry, kind: entry.plural }, name, [error]));
  }
}

/** 0 for none, as for "0". @throws Refusal */
function versionNumber(resourceVersion = ''): bigint {
  if (resourceVersion === '') return 0n;
  const number = /^\d+$/.test(resourceVersion) ? BigInt(resourceVersion) : undefined;
  if (number !== undefined && number < 2n ** 64n) return number;
  const why = number === undefined ? 'invalid syntax' : 'value out of range';
  throw new Refusal(bareError(`strconv.ParseUint: parsing ${goQuote(resourceVersion)}: ${why}`));
}

/** The metadata that an update results in: what only the server may set stays as it is. */
function updatedMetadata(sent: StoredObject, existing: StoredObject): StoredObject {
  const before = existing.metadata;
  return withMetadata(sent, {
    uid: sent.metadata.uid ?? before.uid,
    resourceVersion: before.resourceVersion,
    selfLink: undefined,
    generation: before.generation,
    creationTimestamp: before.creationTimestamp ?? sent.metadata.creationTimestamp,
    deletionTimestamp: before.deletionTimestamp ?? sent.metadata.deletionTimestamp,
    deletionGracePeriodSeconds: sent.metadata.deletionGracePeriodSeconds ?? before.deletionGracePeriodSeconds,
  });
}

function mainWrite(sent: StoredObject, existing: StoredObject, update: Update): StoredObject {
  const { state, request, entry, config } = update;
  const kept = updatedMetadata(keepServerFields(sent, existing, entry), existing);
  const tracked = storedSlice(trackManager(kept, existing, request, entry, config, sent), entry);
  const isService = entry.group === '' && entry.kind === 'Service';
  const write = { state, config, entry, dryRun: request.options.dryRun === true };
  const settled = isService ? settleService(tracked, existing, write) : tracked;
  const object = hasGeneration(entry) ? withGeneration(settled, existing, entry) : settled;
  const common = validateCommonUpdate(object.metadata, existing.metadata, entry.namespaced);
  const errors = entry.custom ? customErrors(object, existing, common, update) : validateUpdate(object, existing, entry);
  refuse([...common, ...errors], object, entry);
  return isService ? storedService(object) : object;
}

/** A write of the object leaves its status as it is, and a namespace its finalizers. */
function keepServerFields(sent: StoredObject, existing: StoredObject, entry: ResourceEntry): StoredObject {
  const isNamespace = entry.group === '' && entry.kind === 'Namespace';
  const spec = isNamespace ? { spec: existing['spec'] } : {};
  if (!entry.subresources.some(({ name }) => name === 'status')) return storedObject({ ...sent, ...spec });
  const { status: _sent, ...rest } = sent;
  const status = existing['status'] === undefined ? {} : { status: existing['status'] };
  return storedObject({ ...rest, ...spec, ...status });
}

/** Rises when anything but metadata changes; of EndpointSlices, which are found by their labels, with these, too. */
function withGeneration(object: StoredObject, existing: StoredObject, entry: ResourceEntry): StoredObject {
  const { metadata: one, ...after } = object;
  const { metadata: other, ...before } = existing;
  const isFoundElsewhere = entry.storage === endpointSlices && !jsonEqual(one.labels ?? {}, other.labels ?? {});
  if (jsonEqual(after, before) && !isFoundElsewhere) return object;
  return withMetadata(object, { generation: (existing.metadata.generation ?? 0) + 1 });
}

/** A write of the status changes nothing else; built-in kinds let metadata through. */
function statusWrite(sent: StoredObject, existing: StoredObject, update: Update): StoredObject {
  const { request, entry, config } = update;
  const { status: _before, ...rest } = existing;
  const status = sent['status'] === undefined ? {} : { status: sent['status'] };
  const metadata = mapAt(entry.custom ? existing : updatedMetadata(sent, existing), 'metadata');
  const written = storedObject({ ...rest, ...status, metadata });
  const object = trackManager(withApplied(written, sent, request), existing, request, entry, config, sent);
  const common = validateCommonUpdate(object.metadata, existing.metadata, entry.namespaced);
  const errors = entry.custom
    ? statusErrors(customErrors(object, existing, common, update))
    : validateStatusUpdate(object, existing, entry);
  refuse([...common, ...errors], object, entry);
  return object;
}

/** Of a write to the status only the status is looked at, and messages name its fields from there. */
function statusErrors(errors: readonly FieldError[]): readonly FieldError[] {
  const ofStatus = errors.filter(({ field }) => field === 'status' || field.startsWith('status.'));
  const unchecked = ofStatus.length > 0 ? errors.filter(({ field }) => field === '<nil>') : [];
  const relative = ofStatus.map((error) => ({ ...error, message: error.message.replace(/: status\.?(\S* in body )/, ': $1') }));
  return [...relative, ...unchecked];
}

/** Server-side apply keeps its book in the metadata even where nothing else of it is written. */
function withApplied(written: StoredObject, sent: StoredObject, request: ApiRequest): StoredObject {
  if (request.patchType !== 'apply') return written;
  return withMetadata(written, { managedFields: mapAt(sent, 'metadata')['managedFields'] });
}

function customErrors(object: StoredObject, existing: StoredObject, common: readonly FieldError[], update: Update): readonly FieldError[] {
  const meta = validateObjectMetaUpdate(object.metadata, existing.metadata);
  return [...meta, ...update.config.schemas.validate(object, existing, update.entry, [...common, ...meta])];
}

function refuse(errors: readonly FieldError[], object: StoredObject, entry: ResourceEntry): void {
  if (errors.length > 0) throw new Refusal(invalidObject(entry, object.metadata.name, errors));
}
