import { jsonEqual } from '../core/patch.ts';
import { isList, type Json, type JsonObject, jsonOf, type KubeObject, type ObjectRef, refOf } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import { ApiError, isNotFound } from '../model/status.ts';
import { type Cluster, ConnectionError } from './cluster.ts';
import { UnknownOutcomeError } from './unknown-outcome.ts';

/**
 * The same cluster, but a write whose answer was lost is neither called done nor failed: the object is read back. What is there
 * as it was sent counts as done; what is not there, or still is as before, is sent once more.
 *
 * @throws UnknownOutcomeError only where reading back, or the second try, tells nothing either; an ApiError `AlreadyExists` or
 * `Conflict` where somebody else's object is there.
 */
export function confirmWrites(cluster: Cluster): Cluster {
  return {
    get: (ref) => cluster.get(ref),
    list: (resource, version, options) => cluster.list(resource, version, options),
    create: (object, options) =>
      confirmed(
        refOf(object),
        () => cluster.create(object, options),
        async () => {
          const found = await readBack(cluster, refOf(object));
          if (found === undefined) return 'again';
          if (contains(jsonOf(found), jsonOf(object))) return { done: found };
          throw meanwhile(refOf(object), 'AlreadyExists', `${nameOf(object)} already exists`);
        },
      ),
    patch: (ref, patch, options) =>
      confirmed(
        ref,
        () => cluster.patch(ref, patch, options),
        async () => {
          const found = await readBack(cluster, ref);
          const { version, fields } = withoutVersion(patch);
          if (found === undefined) throw meanwhile(ref, 'NotFound', `${nameOf(ref)} not found`);
          if (contains(jsonOf(found), fields)) return { done: found };
          if (version === undefined || version === found.metadata.resourceVersion) return 'again';
          throw meanwhile(ref, 'Conflict', `${nameOf(ref)} has been modified`);
        },
      ),
    delete: (ref, options) =>
      confirmed(
        ref,
        () => cluster.delete(ref, options),
        async () => {
          const found = await readBack(cluster, ref);
          return found === undefined || found.metadata.deletionTimestamp !== undefined ? { done: undefined } : 'again';
        },
      ),
    discover: () => cluster.discover(),
    discoverGroup: (group) => cluster.discoverGroup(group),
    accessReview: (attributes) => cluster.accessReview(attributes),
    serverTime: () => cluster.serverTime(),
    close: () => cluster.close(),
  };
}

type Verdict<T> = { readonly done: T } | 'again';

/** @throws UnknownOutcomeError when nobody can tell */
async function confirmed<T>(ref: ObjectRef, write: () => Promise<T>, lookBack: () => Promise<Verdict<T>>): Promise<T> {
  try {
    return await write();
  } catch (lost) {
    if (!(lost instanceof UnknownOutcomeError)) throw lost;
    try {
      const verdict = await lookBack();
      return verdict === 'again' ? await write() : verdict.done;
    } catch (error) {
      if (error instanceof ConnectionError) throw unknown(ref, error);
      throw error;
    }
  }
}

function unknown(ref: ObjectRef, cause: unknown): UnknownOutcomeError {
  return new UnknownOutcomeError(`outcome unknown: ${nameOf(ref)} may have been written; run again, it is safe`, { cause });
}

async function readBack(cluster: Cluster, ref: ObjectRef): Promise<KubeObject | undefined> {
  try {
    return await cluster.get(ref);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw unknown(ref, error);
  }
}

/** Whether everything that was sent is there; what the server added does not matter. In a patch null means absent. */
function contains(found: Json | undefined, sent: Json | undefined): boolean {
  if (sent === undefined) return true;
  if (sent === null) return found === undefined || found === null;
  if (isMap(sent))
    return (
      isMap(found) && Object.entries(sent).every(([key, value]) => contains(Object.hasOwn(found, key) ? found[key] : undefined, value))
    );
  if (isList(sent)) return isList(found) && found.length === sent.length && sent.every((item, index) => contains(found[index], item));
  return jsonEqual(found, sent);
}

function withoutVersion(patch: JsonObject): { readonly version: Json | undefined; readonly fields: JsonObject } {
  const { metadata } = patch;
  if (!isMap(metadata)) return { version: undefined, fields: patch };
  const { resourceVersion, ...rest } = metadata;
  return { version: resourceVersion, fields: { ...patch, metadata: rest } };
}

function meanwhile(ref: ObjectRef, reason: 'AlreadyExists' | 'Conflict' | 'NotFound', message: string): ApiError {
  const code = reason === 'NotFound' ? 404 : 409;
  return new ApiError({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code, message, details: { name: ref.name } });
}

function nameOf(object: KubeObject | ObjectRef): string {
  return `${object.kind.toLowerCase()}/${'name' in object ? object.name : object.metadata.name}`;
}
