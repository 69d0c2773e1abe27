import { namespaces } from '../model/resources.ts';
import { charged, quotaCharges } from './admission/quota-admission.ts';
import { alreadyExists, bareError, forbiddenRequest, invalidObject, notFound, Refusal, withWarnings } from './answers.ts';
import { commitObject, withMetadata } from './commit.ts';
import type { ServerConfig } from './config.ts';
import { asVersion, toStorage } from './conversion/conversion.ts';
import { storedObject } from './json.ts';
import { hasGeneration, nameRuleOf, prepareNew, validateCreation } from './kind-rules.ts';
import { validateObjectMeta } from './metadata/object-meta-validation.ts';
import type { ApiRequest, ApiResponse } from './request.ts';
import { type ReadBody, readBody } from './request-body.ts';
import type { ResourceEntry } from './resources.ts';
import { storedSlice } from './service/endpoint-slice-stored.ts';
import { hashOf } from './service/service-cluster-ips.ts';
import { settleService, storedService } from './service/service-write.ts';
import { findObject, type State, type StoredObject } from './store.ts';
import { warningsFor } from './write-warnings.ts';

export interface Outcome {
  readonly state: State;
  readonly response: ApiResponse;
}

/** POST. @throws Refusal */
export function createObject(state: State, request: ApiRequest, entry: ResourceEntry, config: ServerConfig): Outcome {
  const body = readBody(request, entry, config);
  return createFrom(state, body, request, entry, config);
}

/** Creates an object that was read from a body or made by a patch. Comes with all checks of a creation. @throws Refusal */
export function createFrom(state: State, body: ReadBody, request: ApiRequest, entry: ResourceEntry, config: ServerConfig): Outcome {
  return withWarnings(body.warnings, () => {
    const object = newObject(state, body.object, request, entry, config);
    const about = warningsFor(object, undefined, entry);
    const warnings = [...body.warnings, ...about];
    return withWarnings(about, () => storeNew(state, object, { body, request, entry, config, warnings }));
  });
}

interface Creation {
  readonly body: ReadBody;
  readonly request: ApiRequest;
  readonly entry: ResourceEntry;
  readonly config: ServerConfig;
  readonly warnings: readonly string[];
}

/** The object as it will be stored: named, stamped, allocated and found valid. */
function newObject(state: State, sent: StoredObject, request: ApiRequest, entry: ResourceEntry, config: ServerConfig): StoredObject {
  const named = withGeneratedName(state, sent, request, entry);
  checkNamespace(state, named, entry);
  const fresh = withMetadata(named, {
    uid: request.newUid(),
    creationTimestamp: request.now,
    selfLink: undefined,
    // Only POST takes these away.
    ...(request.verb === 'create' && { deletionTimestamp: undefined, deletionGracePeriodSeconds: undefined }),
    generation: hasGeneration(entry) ? 1 : named.metadata.generation,
  });
  const tracked = storedSlice(trackManager(prepareNew(fresh, entry), undefined, request, entry, config, sent), entry);
  const isService = entry.group === '' && entry.kind === 'Service';
  const write = { state, config, entry, dryRun: request.options.dryRun === true };
  const object = isService ? settleService(tracked, undefined, write) : tracked;
  const errors = entry.custom ? customErrors(object, entry, config) : validateCreation(object, entry);
  if (errors.length > 0) throw new Refusal(invalidObject(entry, object.metadata.name, errors));
  return isService ? storedService(object) : object;
}

function storeNew(state: State, object: StoredObject, creation: Creation): Outcome {
  const { body, request, entry, config, warnings } = creation;
  const { name, namespace = '', resourceVersion = '0' } = object.metadata;
  const dryRun = request.options.dryRun === true;
  // Before the storage is asked whether there is one of that name; what is refused there takes nothing here.
  const charges = quotaCharges(state, { resource: entry.storage, object, before: undefined });
  // A PUT that creates may name a resourceVersion, a POST may not: the storage says so, which a dry run does not reach.
  if (request.verb === 'create' && !dryRun && /^0*[1-9]\d*$/.test(resourceVersion)) {
    throw new Refusal(bareError('resourceVersion should not be set on objects to be created'));
  }
  const there = findObject(state, entry.storage, namespace, name);
  if (there !== undefined) {
    const isGenerated = Boolean(body.object.metadata.generateName);
    throw new Refusal(alreadyExists(entry, name, { isGoing: there.metadata.deletionTimestamp !== undefined, isGenerated }));
  }
  const stored = toStorage(withMetadata(object, { resourceVersion: undefined }), entry, config);
  if (dryRun) {
    // Only the storage would have taken the resourceVersion of a PUT away.
    const sent = request.verb === 'create' ? undefined : object.metadata.resourceVersion;
    return answer(state, asVersion(withMetadata(stored, { resourceVersion: sent }), entry, config), warnings, []);
  }
  const paid = charged(state, charges);
  const commit = commitObject(paid.state, entry.storage, stored);
  return answer(commit.state, asVersion(commit.stored, entry, config), warnings, [...paid.events, ...commit.events]);
}

function answer(state: State, body: StoredObject, warnings: readonly string[], events: ApiResponse['events']): Outcome {
  return { state, response: { code: 201, body, warnings, events } };
}

/** The written object with its fields' manager on record; server-side apply has done that itself. */
export function trackManager(
  written: StoredObject,
  existing: StoredObject | undefined,
  request: ApiRequest,
  entry: ResourceEntry,
  config: ServerConfig,
  sent: StoredObject,
): StoredObject {
  if (request.patchType === 'apply') return written;
  const fieldManager = request.options.fieldManager ?? 'unknown';
  const options = { fieldManager, now: request.now, resource: entry, subresource: request.subresource };
  return storedObject(config.patches.recordUpdate(existing, written, options, sent));
}

function customErrors(object: StoredObject, entry: ResourceEntry, config: ServerConfig): Parameters<typeof invalidObject>[2] {
  const meta = validateObjectMeta(object.metadata, entry.namespaced, nameRuleOf(entry));
  return [...meta, ...config.schemas.validate(object, undefined, entry, meta)];
}

const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789';

/** Five letters that cannot make a word, drawn from a fresh uid. */
function nameSuffix(newUid: () => string): string {
  let rest = hashOf(newUid());
  let suffix = '';
  for (let length = 0; length < 5; length += 1) {
    suffix += suffixLetters[Number(rest % 27n)] ?? '';
    rest /= 27n;
  }
  return suffix;
}

const longestPrefix = 58;
const attempts = 8;

/** A few suffixes are tried before a collision is reported. */
function withGeneratedName(state: State, object: StoredObject, request: ApiRequest, entry: ResourceEntry): StoredObject {
  const prefix = object.metadata.generateName;
  if (object.metadata.name || !prefix) return object.metadata.name ? object : withMetadata(object, { name: '' });
  let name = '';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    name = `${prefix.slice(0, longestPrefix)}${nameSuffix(request.newUid)}`;
    if (findObject(state, entry.storage, object.metadata.namespace ?? '', name) === undefined) break;
  }
  return withMetadata(object, { name });
}

/** Nothing is created in a namespace that is not there, or that is going. */
function checkNamespace(state: State, object: StoredObject, entry: ResourceEntry): void {
  const name = object.metadata.namespace;
  if (!entry.namespaced || name === undefined) return;
  const namespace = findObject(state, namespaces, '', name);
  if (namespace === undefined) throw new Refusal(notFound(namespaces, name));
  if (namespace.metadata.deletionTimestamp === undefined) return;
  const why = `unable to create new content in namespace ${name} because it is being terminated`;
  const causes = [{ reason: 'NamespaceTerminating', message: `namespace ${name} is being terminated`, field: 'metadata.namespace' }];
  throw new Refusal(forbiddenRequest(entry, object.metadata.name, why, causes));
}
