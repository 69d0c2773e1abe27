import { nameOf, type ObjectRef, refOf } from '../../model/object.ts';
import { type Cluster, ConnectionError, isUnanswered } from '../cluster.ts';
import { UnknownOutcomeError } from '../http/unknown-outcome.ts';

/** A cluster as one reconcile sees it, and afterwards whether it was let finish. */
export interface StoppableWrites {
  readonly cluster: Cluster;
  /** Whether a write was held back, or cut off, because the run was told to stop. */
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
 * Lets the writes of one reconcile be stopped. Once `signal` is aborted the write under way is finished and the next is not
 * begun, so that what was done and what was not is always known.
 */
export function stoppableWrites(cluster: Cluster, signal: AbortSignal): StoppableWrites {
  let stopped = false;

  const attempt = async <T>(ref: ObjectRef, act: () => Promise<T>): Promise<T> => {
    if (signal.aborted) {
      stopped = true;
      throw new StoppedError();
    }
    try {
      return await act();
    } catch (error) {
      if (isUnanswered(error) || !signal.aborted) throw error;
      // A request that was cut off because the run ended leaves nobody any wiser.
      stopped = true;
      throw new UnknownOutcomeError(`outcome unknown: ${nameOf(ref)} may have been written; run again, it is safe`, { cause: error });
    }
  };

  return {
    stopped: () => stopped,
    cluster: {
      ...cluster,
      create: (object, options) => attempt(refOf(object), () => cluster.create(object, options)),
      patch: (ref, mergePatch, options) => attempt(ref, () => cluster.patch(ref, mergePatch, options)),
      delete: (ref, options) => attempt(ref, () => cluster.delete(ref, options)),
    },
  };
}
