import type { JsonObject, KubeObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { apiVersionOf, pathOf, type Resource } from '../../model/resources.ts';
import type { ListOptions } from '../cluster.ts';
import { kubeObjectOf } from '../kube-object.ts';
import { limits } from '../limits.ts';
import type { BodyReader } from './answer-body.ts';
import { type Asked, jsonObjectIn, objectOf, UndecodableError, undecodable } from './api-answer.ts';
import type { Answer, ApiCall } from './api-call.ts';
import { ListReader } from './list-reader.ts';
import type { Transport } from './transport.ts';
import { withWantedManagedFields } from './wanted-managed-fields.ts';

/** What is listed, and in pages of how many objects. */
export interface Listing {
  readonly transport: Transport;
  readonly at: Omit<Asked, 'call'>;
  readonly resource: Resource;
  readonly version: string;
  readonly options: ListOptions;
  readonly chunkSize: number;
  /** Whether objects are made while their text comes, which is in vain where a page will be dropped for the whole list. */
  readonly readsPieces: boolean;
}

/** Which part of a list: the page of a token, the first by an empty one; or all of it, no older than a version. */
export type Part = { readonly token: string } | { readonly notOlderThan: string };

/** A part of a list that is on its way. */
export interface Requested {
  readonly asked: Asked;
  readonly answer: Promise<PartAnswer>;
}

/** An answer whose body has the items that were not read while it came. */
export interface PartAnswer extends Answer {
  readonly early: readonly KubeObject[];
  /** Bytes of all that came. */
  readonly size: number;
  /** What was wrong with a piece of it. */
  readonly broken?: unknown;
}

/** How a part is asked for. */
interface Manner {
  /** In how many milliseconds its answer must have begun. */
  readonly patience?: number;
  /** Hears that it begins, and goes on. @throws where nobody needs it any more: then nothing more of it is read */
  readonly onBytes?: () => void;
}

/** Sends the request at once. */
export function requestPage(listing: Listing, part: Part, { patience, onBytes }: Manner = {}): Requested {
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
  let pieces: Pieces | undefined;
  const reader = (): BodyReader => {
    onBytes?.();
    const begun = new Pieces(listing, asked);
    pieces = begun;
    return {
      add: (bytes) => {
        onBytes?.();
        begun.add(bytes);
      },
    };
  };
  const call: ApiCall = {
    method: 'GET',
    path: query.size === 0 ? path : `${path}?${query}`,
    held: options.held,
    ...(listing.readsPieces && { reader }),
    ...(patience !== undefined && { patience }),
  };
  const asked: Asked = { ...at, call };
  const answer = transport
    .send(call)
    .then((whole) =>
      pieces !== undefined && whole.code === 200 ? pieces.partOf(whole) : { ...whole, early: [], size: whole.body.length },
    );
  // Whoever awaits it hears of the failure; a page that nobody needs any more may fail in silence.
  answer.catch(() => {});
  return { asked, answer };
}

/** Makes the objects of a list while its text comes. */
class Pieces implements BodyReader {
  readonly #reader: ListReader;
  readonly #early: KubeObject[] = [];
  #size = 0;
  #broken: unknown;

  constructor(listing: Listing, asked: Asked) {
    const { resource, version, options } = listing;
    this.#reader = new ListReader({ apiVersion: apiVersionOf(resource, version), kind: resource.kind }, (piece) => {
      const list = jsonObjectIn(withWantedManagedFields(piece, options), asked);
      for (const object of itemsIn(listing, asked, list)) this.#early.push(object);
    });
  }

  add(bytes: Buffer): void {
    this.#size += bytes.length;
    if (this.#broken !== undefined) return;
    try {
      this.#reader.add(bytes);
    } catch (error) {
      this.#broken = error;
    }
  }

  partOf(answer: Answer): PartAnswer {
    return { ...answer, body: this.#reader.rest(), early: this.#early, size: this.#size, broken: this.#broken };
  }
}

export interface Page {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string | undefined;
  readonly token: string;
  readonly next: Requested | undefined;
}

/** A page, and the request for the next, which leaves before this one is parsed. */
export async function readPage(listing: Listing, token: string, first: Requested): Promise<Page> {
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

export interface Outlook {
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
export function outlook({ code, body }: Answer): Outlook {
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

/** @throws what was wrong with it: UndecodableError where asking again may help */
export function pageOf(listing: Listing, answer: PartAnswer, asked: Asked): Omit<Page, 'next'> {
  if (answer.broken !== undefined) throw answer.broken;
  const { resource, version, options } = listing;
  const list = objectOf(answer, asked, answer.code === 200 ? withWantedManagedFields(answer.body, options) : answer.body);
  const apiVersion = apiVersionOf(resource, version);
  if (list.kind !== `${resource.kind}List` || list.apiVersion !== apiVersion) {
    throw undecodable(asked, `it is ${textOf(list['kind']) ?? 'of no kind'}, not ${apiVersion} ${resource.kind}List`);
  }
  const metadata = metadataOf(list);
  return {
    items: answer.early.concat(itemsIn(listing, asked, list)),
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
