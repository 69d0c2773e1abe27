import { jsonEqual } from '../../core/patch.ts';
import { isList, type Json, type JsonObject, jsonOf, type KubeObject, nameOf, type ObjectRef, refOf } from '../../model/object.ts';
import { isMap, ownField } from '../../model/raw-json.ts';
import { resourceOf } from '../../model/resources.ts';
import { ApiError, isGone } from '../../model/status.ts';
import { type Cluster, ConnectionError } from '../cluster.ts';
import { UnknownOutcomeError } from '../http/unknown-outcome.ts';

/**
 * The same cluster, but a write whose answer was lost is neither called done nor failed: the object is read back. What is there
 * as it was sent counts as done, and `onConfirmed` is told; what is not there, or still is as before, is sent once more.
 *
 * @throws UnknownOutcomeError only where reading back, or the second try, tells nothing either; an ApiError `AlreadyExists`,
 * `NotFound` or `Conflict` where it is somebody else's object that is there, or nothing.
 */
export function confirmWrites(cluster: Cluster, onConfirmed: (ref: ObjectRef) => void = () => {}): Cluster {
  return {
    ...cluster,
    create: (object, options) => {
      const ref = refOf(object);
      const lookBack = async (): Promise<Verdict<KubeObject>> => {
        const found = await readBack(cluster, ref);
        if (found === undefined) return 'again';
        if (contains(jsonOf(found), jsonOf(object))) return { done: found };
        throw meanwhile(ref, 'AlreadyExists', `${nameOf(ref)} already exists`);
      };
      return confirmed(ref, () => cluster.create(object, options), lookBack, onConfirmed);
    },
    patch: (ref, patch, options) => {
      const lookBack = async (): Promise<Verdict<KubeObject>> => {
        const found = await readBack(cluster, ref);
        const { version, fields } = withoutVersion(patch);
        if (found === undefined) throw meanwhile(ref, 'NotFound', `${nameOf(ref)} not found`);
        if (contains(jsonOf(found), fields)) return { done: found };
        if (version === undefined || version === found.metadata.resourceVersion) return 'again';
        throw meanwhile(ref, 'Conflict', `${nameOf(ref)} has been modified`);
      };
      return confirmed(ref, () => cluster.patch(ref, patch, options), lookBack, onConfirmed);
    },
    delete: (ref, options) => {
      const lookBack = async (): Promise<Verdict<void>> => {
        const found = await readBack(cluster, ref);
        const goes = found === undefined || found.metadata.deletionTimestamp !== undefined;
        const isAnother = options.uid !== undefined && found?.metadata.uid !== options.uid;
        return goes || isAnother ? { done: undefined } : 'again';
      };
      return confirmed(ref, () => cluster.delete(ref, options), lookBack, onConfirmed);
    },
  };
}

type Verdict<T> = { readonly done: T } | 'again';

/** @throws UnknownOutcomeError when nobody can tell */
async function confirmed<T>(
  ref: ObjectRef,
  write: () => Promise<T>,
  lookBack: () => Promise<Verdict<T>>,
  onConfirmed: (ref: ObjectRef) => void,
): Promise<T> {
  let lost: unknown;
  for (const attempt of [1, 2]) {
    try {
      return await write();
    } catch (error) {
      // What is refused the second time may be so because the first, which was late, has arrived by now.
      const mayBeThere = error instanceof UnknownOutcomeError || (attempt === 2 && error instanceof ApiError);
      if (!mayBeThere) throw attempt === 2 && error instanceof ConnectionError ? unknown(ref, error) : error;
      lost = error;
    }
    const verdict = await lookBack();
    if (verdict === 'again') continue;
    onConfirmed(ref);
    return verdict.done;
  }
  throw lost instanceof UnknownOutcomeError ? unknown(ref, lost) : lost;
}

/** With what the server said, where it said something. */
function unknown(ref: ObjectRef, cause: unknown): UnknownOutcomeError {
  const said = cause instanceof UnknownOutcomeError && cause.status?.message !== undefined ? ` (${cause.status.message})` : '';
  return new UnknownOutcomeError(`outcome unknown: ${nameOf(ref)} may have been written${said}; run again, it is safe`, { cause });
}

async function readBack(cluster: Cluster, ref: ObjectRef): Promise<KubeObject | undefined> {
  try {
    return await cluster.get(ref);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw unknown(ref, error);
  }
}

/** Whether everything that was sent is there; what the server added does not matter. In a patch null means absent. */
function contains(found: Json | undefined, sent: Json | undefined): boolean {
  if (sent === undefined) return true;
  if (sent === null) return found === undefined || found === null;
  if (isMap(sent)) return isMap(found) && Object.entries(sent).every(([key, value]) => contains(ownField(found, key), value));
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
  const details = { name: ref.name, kind: resourceOf(ref).plural };
  return new ApiError({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code, message, details });
}
