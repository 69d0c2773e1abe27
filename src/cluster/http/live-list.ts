import type { KubeObject } from '../../model/object.ts';
import type { Resource } from '../../model/resources.ts';
import { ApiError } from '../../model/status.ts';
import type { KubeList, ListOptions } from '../cluster.ts';
import { limits } from '../limits.ts';
import type { Asked } from './api-answer.ts';
import { type ComingList, listFromMemory } from './list-from-memory.ts';
import { type Listing, type Page, type Requested, readPage, requestPage } from './list-page.ts';
import type { Transport } from './transport.ts';

/** The pages do not belong together any more. */
class StaleListError extends Error {}

/**
 * All of a list, of one resourceVersion. It is asked for in pages, the next before this one is parsed; when they expire on the way (410),
 * or the server changes the version between them, once more and in one piece.
 *
 * Of a longer list, all but the first page comes out of etcd, which costs a server many times what its own memory would: whoever only
 * looks is answered out of that, where nobody said how long a page should be (`listFromMemory`).
 */
export async function listAll(
  transport: Transport,
  at: Omit<Asked, 'call'>,
  resource: Resource,
  version: string,
  options: ListOptions,
): Promise<KubeList> {
  // Of a namespace, the first page is most often all, or half, of the list; of all namespaces it is dropped for the whole.
  const readsPieces = options.namespace !== undefined;
  const pages = (chunkSize: number) => listPages({ transport, at, resource, version, options, chunkSize, readsPieces });
  try {
    return await pages(options.chunkSize ?? limits.chunkSize);
  } catch (error) {
    if (!(error instanceof StaleListError) && !(error instanceof ApiError && error.code === 410)) throw error;
    return await pages(0);
  }
}

async function listPages(listing: Listing): Promise<KubeList> {
  const first = requestPage(listing, { token: '' });
  const whole = await listFromMemory(listing, first);
  try {
    const all = (await whole?.headStart) === true ? await whole?.list : undefined;
    return all ?? (await pagesUnless(whole, listing, first));
  } finally {
    whole?.giveUp();
  }
}

/** The pages, or the whole where the server begins to send that before they are read. */
async function pagesUnless(whole: ComingList | undefined, listing: Listing, first: Requested): Promise<KubeList> {
  const items: KubeObject[] = [];
  const seen = new Set<string>();
  let resourceVersion: string | undefined;
  let token = '';
  let requested = first;
  for (;;) {
    const reading = readPage(listing, token, requested);
    const all = whole && (await wholeBefore(reading, whole));
    if (all !== undefined) return all;
    const page = await reading;
    if (resourceVersion !== undefined && page.resourceVersion !== resourceVersion) throw new StaleListError();
    resourceVersion = page.resourceVersion;
    for (const item of page.items) {
      // An object that moved while the pages were read may be on two of them.
      const uid = item.metadata.uid;
      if (uid !== undefined && seen.has(uid)) continue;
      if (uid !== undefined) seen.add(uid);
      items.push(item);
    }
    if (page.token === '') return { items, resourceVersion };
    token = page.token;
    requested = page.next ?? requestPage(listing, { token });
  }
}

/** The whole, if the server sends it before the page is there. */
async function wholeBefore(reading: Promise<Page>, { isComing, list }: ComingList): Promise<KubeList | undefined> {
  const isRead = reading.then(
    () => false,
    () => false,
  );
  return (await Promise.race([isComing, isRead])) ? list : undefined;
}
