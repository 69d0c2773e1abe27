import type { KubeObject } from '../../model/object.ts';
import { apiVersionOf } from '../../model/resources.ts';
import { ApiError } from '../../model/status.ts';
import type { KubeList } from '../cluster.ts';
import { limits } from '../limits.ts';
import type { BodyReader } from './answer-body.ts';
import { jsonObjectIn, UndecodableError } from './api-answer.ts';
import { itemsIn, type Listing, outlook, pageOf, type Requested, requestPage } from './list-page.ts';
import { ListReader } from './list-reader.ts';
import { isWithoutAnswer } from './network-errors.ts';
import { withWantedManagedFields } from './wanted-managed-fields.ts';

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
  const bytes = (answer.body.length / listing.chunkSize) * (listing.chunkSize + remaining);
  // One more page is half of what the whole would be.
  if (token === '' || remaining <= listing.chunkSize || resourceVersion === '' || bytes > limits.listInOneAnswer) return undefined;
  return comingList(listing, resourceVersion, limits.memoryTimeout + bytes / limits.memoryBytesPerMillisecond);
}

function comingList(listing: Listing, notOlderThan: string, patience: number): ComingList {
  const { options, resource, transport } = listing;
  const type = { apiVersion: apiVersionOf(resource, listing.version), kind: resource.kind };
  const { promise: isComing, resolve: decided } = Promise.withResolvers<boolean>();
  const { promise: headStart, resolve: endHeadStart } = Promise.withResolvers<boolean>();
  const cancel = transport.clock.after(limits.memoryHeadStart, () => endHeadStart(false));
  isComing.then(endHeadStart).then(cancel);
  let isGivenUp = false;
  let items: KubeObject[] = [];
  let reader = new ListReader(type, () => {});
  const begin = (): BodyReader => {
    if (isGivenUp) return unread;
    decided(true);
    items = [];
    reader = new ListReader(type, (piece) => {
      if (isGivenUp) throw new GivenUpError();
      for (const object of itemsIn(listing, requested.asked, jsonObjectIn(withWantedManagedFields(piece, options), requested.asked)))
        items.push(object);
    });
    return reader;
  };
  const requested = requestPage(listing, { notOlderThan }, { reader: begin, patience });

  const whole = async (): Promise<KubeList | undefined> => {
    try {
      const answer = await requested.answer;
      const last = pageOf(listing, answer.code === 200 ? { ...answer, body: reader.rest() } : answer, requested.asked);
      return last.token === '' ? { items: items.concat(last.items), resourceVersion: last.resourceVersion } : undefined;
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
      items = [];
    },
  };
}

class GivenUpError extends Error {}

/** Ends an answer as soon as it comes. */
const unread: BodyReader = {
  add: () => {
    throw new GivenUpError();
  },
};
