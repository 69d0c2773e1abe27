import type { JsonObject, KubeObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { apiVersionOf, pathOf, type Resource } from '../../model/resources.ts';
import { ApiError } from '../../model/status.ts';
import type { KubeList, ListOptions } from '../cluster.ts';
import { kubeObjectOf } from '../kube-object.ts';
import { limits } from '../limits.ts';
import { type Asked, objectOf, UndecodableError, undecodable } from './api-answer.ts';
import type { Answer, Transport } from './transport.ts';
import { withWantedManagedFields } from './wanted-managed-fields.ts';

/** The pages do not belong together any more. */
class StaleListError extends Error {}

/**
 * All pages of a list, all of one resourceVersion. When the pages expire on the way (410), or the server changes the
 * version between them, the list is asked for once more and in one piece. The next page is asked for before this one is parsed.
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
  let requested = requestPage(listing, token);
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
    requested = page.next ?? requestPage(listing, token);
  }
}

interface Requested {
  readonly asked: Asked;
  readonly answer: Promise<Answer>;
}

function requestPage({ transport, at, resource, version, options, chunkSize }: Listing, token: string): Requested {
  const query = new URLSearchParams();
  if (chunkSize > 0) query.set('limit', String(chunkSize));
  if (token !== '') query.set('continue', token);
  if (options.labelSelector) query.set('labelSelector', options.labelSelector);
  if (options.fieldSelector) query.set('fieldSelector', options.fieldSelector);
  const path = pathOf(resource, apiVersionOf(resource, version), { namespace: options.namespace });
  const call = { method: 'GET', path: query.size === 0 ? path : `${path}?${query}`, held: options.held } as const;
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
  for (let tries = 1, requested = first; ; tries++, requested = requestPage(listing, token)) {
    const answer = await requested.answer;
    const guess = answer.code === 200 ? continueToken(answer.body) : '';
    const next = guess === '' ? undefined : requestPage(listing, guess);
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
 * The token of the next page, found without parsing: list metadata stands before the items or behind them, never within.
 * A guess only: the parsed page decides.
 */
function continueToken(body: Buffer): string {
  const items = body.indexOf('"items":[');
  const head = items < 0 ? '' : body.toString('utf8', 0, Math.min(items, 8192));
  const end = body.lastIndexOf(']');
  const tail = end < 0 || body.length - end > 8192 ? '' : body.toString('utf8', end);
  return /"continue":"([^"\\]+)"/.exec(head)?.[1] ?? /"continue":"([^"\\]+)"/.exec(tail)?.[1] ?? '';
}

function pageOf({ resource, version, options }: Listing, answer: Answer, asked: Asked): Omit<Page, 'next'> {
  const body = answer.code === 200 ? withWantedManagedFields(answer.body, options) : answer.body;
  const list = objectOf(answer, asked, body);
  const apiVersion = apiVersionOf(resource, version);
  if (list.kind !== `${resource.kind}List` || list.apiVersion !== apiVersion) {
    throw undecodable(asked, `it is ${textOf(list['kind']) ?? 'of no kind'}, not ${apiVersion} ${resource.kind}List`);
  }
  // Go writes an empty list as null.
  const items = list.items === null ? [] : list.items;
  if (!Array.isArray(items)) throw undecodable(asked, 'its items are not a list');
  const metadata = metadataOf(list);
  return {
    items: items.map((item) => {
      const object = kubeObjectOf(item, { apiVersion, kind: resource.kind });
      if (object === undefined) throw undecodable(asked, 'one of its items is not an object with a name');
      return options.keep?.(object) ?? object;
    }),
    resourceVersion: textOf(metadata.resourceVersion),
    token: textOf(metadata.continue) ?? '',
  };
}

function metadataOf(list: JsonObject): JsonObject {
  const { metadata } = list;
  return isMap(metadata) ? metadata : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
