import { ApiError } from '../../model/status.ts';
import type { KubeList } from '../cluster.ts';
import { limits } from '../limits.ts';
import { UndecodableError } from './api-answer.ts';
import { type Listing, outlook, pageOf, type Requested, requestPage } from './list-page.ts';
import { isWithoutAnswer } from './network-errors.ts';

/** The whole of a list, which is asked for beside its pages. */
export interface ComingList {
  /** True as soon as the server sends it, false if it never will. */
  readonly isComing: Promise<boolean>;
  /** The same, but false too when that takes so long that the pages should be asked for meanwhile. */
  readonly headStart: Promise<boolean>;
  /** Undefined where the server cannot do it. */
  readonly list: Promise<KubeList | undefined>;
  /** Nobody needs it any more: what comes is not read. */
  giveUp(): void;
}

/**
 * The whole of a list that has more than one page, as the server's memory has it: no older than the first page, which the server read
 * for us where all is written. Undefined where a page is enough, or pages are better: for lists of a size that nobody knows or that is
 * too much for one answer.
 *
 * A server whose etcd does not tell it that nothing happened to a kind has not reached the version of the first page as soon as anything
 * else was written. It waits three seconds for it and gives up: so nobody should wait for it alone, or ask twice.
 */
export async function listFromMemory(listing: Listing, first: Requested): Promise<ComingList | undefined> {
  const { options } = listing;
  if (options.chunkSize !== undefined || listing.chunkSize === 0) return undefined;
  const answer = await first.answer;
  const { token, remaining, resourceVersion } = outlook(answer);
  const bytes = (answer.size / listing.chunkSize) * (listing.chunkSize + remaining);
  // One more page is half of what the whole would be.
  if (token === '' || remaining <= listing.chunkSize || resourceVersion === '' || bytes > limits.listInOneAnswer) return undefined;
  return comingList(listing, resourceVersion, limits.memoryTimeout + bytes / limits.memoryBytesPerMillisecond);
}

function comingList(listing: Listing, notOlderThan: string, patience: number): ComingList {
  const { promise: isComing, resolve: decided } = Promise.withResolvers<boolean>();
  const { promise: headStart, resolve: endHeadStart } = Promise.withResolvers<boolean>();
  const cancel = listing.transport.clock.after(limits.memoryHeadStart, () => endHeadStart(false));
  isComing.then(endHeadStart).then(cancel);
  let isGivenUp = false;
  const onBytes = () => {
    if (isGivenUp) throw new GivenUpError();
    decided(true);
  };
  const requested = requestPage({ ...listing, readsPieces: true }, { notOlderThan }, { onBytes, patience });

  const whole = async (): Promise<KubeList | undefined> => {
    try {
      const { items, resourceVersion, token } = pageOf(listing, await requested.answer, requested.asked);
      return token === '' ? { items, resourceVersion } : undefined;
    } catch (error) {
      const isRefused = error instanceof ApiError || error instanceof UndecodableError || isWithoutAnswer(error);
      if (isRefused || isGivenUp) return undefined;
      throw error;
    }
  };
  const list = whole().finally(() => decided(false));
  // Whoever awaits it hears of the failure; beside pages that are read it may fail in silence.
  list.catch(() => {});
  return {
    isComing,
    headStart,
    list,
    giveUp: () => {
      isGivenUp = true;
    },
  };
}

/** Ends an answer that nobody needs any more. */
class GivenUpError extends Error {}
