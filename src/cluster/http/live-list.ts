import type { JsonObject, KubeObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { apiVersionOf, pathOf, type Resource } from '../../model/resources.ts';
import { ApiError } from '../../model/status.ts';
import type { KubeList, ListOptions } from '../cluster.ts';
import { kubeObjectOf } from '../kube-object.ts';
import { limits } from '../limits.ts';
import { type Asked, jsonObjectIn, objectOf, UndecodableError, undecodable } from './api-answer.ts';
import { ListReader } from './list-reader.ts';
import { isWithoutAnswer } from './network-errors.ts';
import type { Answer, ApiCall, Transport } from './transport.ts';
import { withWantedManagedFields } from './wanted-managed-fields.ts';

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
  const pages = (chunkSize: number) => listPages({ transport, at, resource, version, options, chunkSize });
  try {
    return await pages(options.chunkSize ?? limits.chunkSize);
  } catch (error) {
    if (!(error instanceof StaleListError) && !(error instanceof ApiError && error.code === 410)) throw error;
    return await pages(0);
  }
}

interface Listing {
  readonly transport: Transport;
  readonly at: Omit<Asked, 'call'>;
  readonly resource: Resource;
  readonly version: string;
  readonly options: ListOptions;
  readonly chunkSize: number;
}

async function listPages(listing: Listing): Promise<KubeList> {
  const items: KubeObject[] = [];
  const seen = new Set<string>();
  let resourceVersion: string | undefined;
  let token = '';
  let requested = requestPage(listing, { token });
  const all = await listFromMemory(listing, requested);
  if (all !== undefined) return all;
  for (;;) {
    const page = await readPage(listing, token, requested);
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

interface Requested {
  readonly asked: Asked;
  readonly answer: Promise<Answer>;
}

/** Which part of a list: the page of a token, the first by an empty one; or all of it, no older than a version. */
type Part = { readonly token: string } | { readonly notOlderThan: string };

function requestPage(listing: Listing, part: Part, how: Pick<ApiCall, 'reader' | 'patience'> = {}): Requested {
  const { transport, at, resource, version, options, chunkSize } = listing;
  const query = new URLSearchParams();
  if ('notOlderThan' in part) {
    query.set('resourceVersion', part.notOlderThan);
    query.set('resourceVersionMatch', 'NotOlderThan');
  } else {
    if (chunkSize > 0) query.set('limit', String(chunkSize));
    if (part.token !== '') query.set('continue', part.token);
  }
  if (options.labelSelector) query.set('labelSelector', options.labelSelector);
  if (options.fieldSelector) query.set('fieldSelector', options.fieldSelector);
  const path = pathOf(resource, apiVersionOf(resource, version), { namespace: options.namespace });
  const call = { method: 'GET', path: query.size === 0 ? path : `${path}?${query}`, held: options.held, ...how } as const;
  const answer = transport.send(call);
  // Whoever awaits it hears of the failure; a page that nobody needs any more may fail in silence.
  answer.catch(() => {});
  return { asked: { ...at, call }, answer };
}

interface Page {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string | undefined;
  readonly token: string;
  readonly next: Requested | undefined;
}

async function readPage(listing: Listing, token: string, first: Requested): Promise<Page> {
  for (let tries = 1, requested = first; ; tries++, requested = requestPage(listing, { token })) {
    const answer = await requested.answer;
    const { token: guess } = outlook(answer);
    const next = guess === '' ? undefined : requestPage(listing, { token: guess });
    // So that the request really leaves before the parser keeps the thread busy.
    if (next !== undefined) await new Promise(setImmediate);
    try {
      const page = pageOf(listing, answer, requested.asked);
      return { ...page, next: page.token === guess ? next : undefined };
    } catch (error) {
      if (!(error instanceof UndecodableError) || tries >= limits.tries) throw error;
    }
  }
}

/**
 * The whole of a list that has more than one page, as the server's memory has it: no older than the first page, which the server read
 * for us where all is written. Undefined where a page is enough, or pages are better: for lists of a size that nobody knows or that is
 * too much for one answer, and for a server that cannot do it.
 *
 * A server whose etcd does not tell it that nothing happened to a kind has not reached the version of the first page as soon as anything
 * else was written. It waits three seconds for it and gives up: so we do not wait as long, and do not ask twice.
 */
async function listFromMemory(listing: Listing, first: Requested): Promise<KubeList | undefined> {
  const { options, resource } = listing;
  if (options.chunkSize !== undefined || listing.chunkSize === 0) return undefined;
  const answer = await first.answer;
  const { token, remaining, resourceVersion } = outlook(answer);
  const bytes = (answer.body.length / listing.chunkSize) * (listing.chunkSize + remaining);
  if (token === '' || remaining === 0 || resourceVersion === '' || bytes > limits.listInOneAnswer) return undefined;
  const type = { apiVersion: apiVersionOf(resource, listing.version), kind: resource.kind };
  let items: KubeObject[] = [];
  let reader = new ListReader(type, () => {});
  const readerOfAll = () => {
    items = [];
    reader = new ListReader(type, (piece) => {
      for (const object of itemsIn(listing, requested.asked, jsonObjectIn(withWantedManagedFields(piece, options), requested.asked)))
        items.push(object);
    });
    return reader;
  };
  const patience = limits.memoryTimeout + bytes / limits.memoryBytesPerMillisecond;
  const requested = requestPage(listing, { notOlderThan: resourceVersion }, { reader: readerOfAll, patience });
  try {
    const answer = await requested.answer;
    const last = pageOf(listing, answer.code === 200 ? { ...answer, body: reader.rest() } : answer, requested.asked);
    return last.token === '' ? { items: items.concat(last.items), resourceVersion: last.resourceVersion } : undefined;
  } catch (error) {
    if (error instanceof ApiError || error instanceof UndecodableError || isWithoutAnswer(error)) return undefined;
    throw error;
  }
}

interface Outlook {
  /** Of the next page; empty for none. */
  readonly token: string;
  /** How many objects are still to come; 0 where the server does not say, as for selectors. */
  readonly remaining: number;
  readonly resourceVersion: string;
}

/**
 * What is said of a list besides its items, found without parsing: its metadata stands before the items or behind them, never within.
 * A guess only: the parsed page decides.
 */
function outlook({ code, body }: Answer): Outlook {
  const items = code === 200 ? body.indexOf('"items":[') : -1;
  const head = items < 0 ? '' : body.toString('utf8', 0, Math.min(items, 8192));
  const end = code === 200 ? body.lastIndexOf(']') : -1;
  const tail = end < 0 || body.length - end > 8192 ? '' : body.toString('utf8', end);
  const find = (pattern: RegExp): string => pattern.exec(head)?.[1] ?? pattern.exec(tail)?.[1] ?? '';
  return {
    token: find(/"continue":"([^"\\]+)"/),
    remaining: Number(find(/"remainingItemCount":(\d{1,9})[,}]/)),
    resourceVersion: find(/"resourceVersion":"(\d+)"/),
  };
}

function pageOf(listing: Listing, answer: Answer, asked: Asked): Omit<Page, 'next'> {
  const { resource, version, options } = listing;
  const list = objectOf(answer, asked, answer.code === 200 ? withWantedManagedFields(answer.body, options) : answer.body);
  const apiVersion = apiVersionOf(resource, version);
  if (list.kind !== `${resource.kind}List` || list.apiVersion !== apiVersion) {
    throw undecodable(asked, `it is ${textOf(list['kind']) ?? 'of no kind'}, not ${apiVersion} ${resource.kind}List`);
  }
  const metadata = metadataOf(list);
  return {
    items: itemsIn(listing, asked, list),
    resourceVersion: textOf(metadata.resourceVersion),
    token: textOf(metadata.continue) ?? '',
  };
}

function itemsIn({ resource, version, options }: Listing, asked: Asked, list: JsonObject): readonly KubeObject[] {
  const type = { apiVersion: apiVersionOf(resource, version), kind: resource.kind };
  // Go writes an empty list as null.
  const items = list.items === null ? [] : list.items;
  if (!Array.isArray(items)) throw undecodable(asked, 'its items are not a list');
  return items.map((item) => {
    const object = kubeObjectOf(item, type);
    if (object === undefined) throw undecodable(asked, 'one of its items is not an object with a name');
    if (object.kind !== type.kind) throw undecodable(asked, `one of its items is not a ${type.kind}`);
    return options.keep?.(object) ?? object;
  });
}

function metadataOf(list: JsonObject): JsonObject {
  const { metadata } = list;
  return isMap(metadata) ? metadata : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
