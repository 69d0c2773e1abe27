import type { JsonObject, ObjectRef } from '../model/object.ts';
import { refOf } from '../model/object.ts';
import { ApiError } from '../model/status.ts';
import { type Cluster, ConnectionError } from './cluster.ts';

/** A write that did not happen, or of which nobody knows whether it did. */
export interface FailedWrite {
  readonly ref: ObjectRef;
  readonly error: ApiError | ConnectionError;
  /** The version that the write was computed from; undefined when it had none. */
  readonly resourceVersion: string | undefined;
}

/** A cluster as one reconcile sees it, and afterwards what became of its writes. */
export interface WatchedWrites {
  readonly cluster: Cluster;
  /** The first write that failed. */
  failed(): FailedWrite | undefined;
  /** Whether a write was held back because the run was told to stop. */
  stopped(): boolean;
}

/** Thrown in place of a write that is no longer wanted. */
class StoppedError extends ConnectionError {
  constructor() {
    super('stopped before this was written');
    this.name = 'StoppedError';
  }
}

/**
 * Watches the writes of one reconcile. Once `signal` is aborted the write under way is finished and the next is not begun, so
 * that what was done and what was not is always known.
 */
export function watchWrites(cluster: Cluster, signal: AbortSignal): WatchedWrites {
  let failed: FailedWrite | undefined;
  let stopped = false;

  const attempt = async <T>(ref: ObjectRef, resourceVersion: string | undefined, act: () => Promise<T>): Promise<T> => {
    if (signal.aborted) {
      stopped = true;
      throw new StoppedError();
    }
    try {
      return await act();
    } catch (caught) {
      const error = knownError(caught, signal);
      failed ??= { ref, error, resourceVersion };
      throw error;
    }
  };

  return {
    failed: () => failed,
    stopped: () => stopped,
    cluster: {
      get: (ref) => cluster.get(ref),
      list: (resource, version, options) => cluster.list(resource, version, options),
      create: (object, options) => attempt(refOf(object), undefined, () => cluster.create(object, options)),
      patch: (ref, mergePatch, options) => attempt(ref, preconditionOf(mergePatch), () => cluster.patch(ref, mergePatch, options)),
      delete: (ref, options) => attempt(ref, undefined, () => cluster.delete(ref, options)),
      discover: () => cluster.discover(),
      discoverGroup: (group) => cluster.discoverGroup(group),
      accessReview: (attributes) => cluster.accessReview(attributes),
      serverTime: () => cluster.serverTime(),
      close: () => cluster.close(),
    },
  };
}

/** A request that was cut off because the run ended leaves nobody any wiser. @throws whatever else is not a server's or the network's word */
function knownError(error: unknown, signal: AbortSignal): ApiError | ConnectionError {
  if (error instanceof ApiError || error instanceof ConnectionError) return error;
  if (signal.aborted)
    return new ConnectionError('interrupted: it may have been written; running the command again is safe', { cause: error });
  throw error;
}

function preconditionOf(patch: JsonObject): string | undefined {
  const metadata = patch['metadata'];
  if (typeof metadata !== 'object' || metadata === null || !('resourceVersion' in metadata)) return undefined;
  return typeof metadata.resourceVersion === 'string' ? metadata.resourceVersion : undefined;
}
