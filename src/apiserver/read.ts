import { goQuote } from '../core/go-quote.ts';
import type { JsonObject } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import { apiVersionOf } from '../model/resources.ts';
import { compareText } from '../model/text-order.ts';
import { badRequest, bareError, expired, failure, notFound, Refusal } from './answers.ts';
import type { ServerConfig } from './config.ts';
import { asVersion } from './conversion/conversion.ts';
import type { Outcome } from './create.ts';
import type { ApiRequest, RequestOptions } from './request.ts';
import type { ResourceEntry } from './resources.ts';
import { type Selection, selectionOf } from './selection.ts';
import { findObject, type State, type StoredObject, tableOf } from './store.ts';

/** The state as it was at an earlier resourceVersion; undefined when it is forgotten. */
export type PastStates = (resourceVersion: number) => State | undefined;

/** GET of one object, or of its status, which is the same. @throws Refusal */
export function getObject(state: State, request: ApiRequest, entry: ResourceEntry, config: ServerConfig): Outcome {
  const name = request.name ?? '';
  const { resourceVersion = '' } = request.options;
  const why = unreadableVersion(resourceVersion);
  if (why !== undefined) throw new Refusal(bareError(why));
  checkNotFuture(resourceVersion, state);
  const stored = findObject(state, entry.storage, request.namespace ?? '', name);
  if (stored === undefined) throw new Refusal(notFound(entry, name));
  return { state, response: { code: 200, body: asVersion(stored, entry, config), warnings: [], events: [] } };
}

/**
 * A list, in pages where a limit is set. All pages show the state of the first one. @throws Refusal: 400 for a selector or a
 * token that cannot be read, 410 for a token whose state is forgotten.
 */
export function listObjects(state: State, request: ApiRequest, entry: ResourceEntry, config: ServerConfig, past: PastStates): Outcome {
  const { options } = request;
  const select = selectionOf(entry, options);
  const token = options.continue ? readToken(options.continue) : undefined;
  if (token !== undefined && options.resourceVersion && options.resourceVersion !== '0') {
    throw new Refusal(badRequest('specifying resource version is not allowed when using continue'));
  }
  const shown = token === undefined ? stateAskedFor(options, state, past) : stateOf(token, state, past);
  const limit = options.limit ?? 0;
  const items: StoredObject[] = [];
  let next: Page | undefined;
  let remaining = 0;
  for (const { key, stored } of inOrder(shown, entry, request.namespace)) {
    if (token !== undefined && key < token.start) continue;
    if (next !== undefined) {
      remaining += 1;
      continue;
    }
    const object = asVersion(stored, entry, config);
    if (!select(object)) continue;
    if (limit > 0 && items.length === limit) {
      next = { resourceVersion: shown.resourceVersion, start: key };
      remaining = 1;
    } else {
      items.push(object);
    }
  }
  const counted = !options.labelSelector && !options.fieldSelector;
  const metadata = {
    ...listMetadata(entry, shown),
    ...(next === undefined ? {} : { continue: writeToken(next), ...(counted ? { remainingItemCount: remaining } : {}) }),
  };
  return { state, response: { code: 200, body: listBody(entry, metadata, items), warnings: [], events: [] } };
}

/** Lists of custom resources say that they do not go on. */
export function listMetadata(entry: ResourceEntry, state: State): JsonObject {
  const resourceVersion = String(state.resourceVersion);
  return entry.custom ? { continue: '', resourceVersion } : { resourceVersion };
}

/** Objects of built-in kinds say in a list neither what they are nor in which version. */
export function listBody(entry: ResourceEntry, metadata: JsonObject, items: readonly StoredObject[]): JsonObject {
  const head = { kind: entry.listKind, apiVersion: apiVersionOf(entry, entry.version), metadata };
  if (entry.custom) return { ...head, items };
  return { ...head, items: items.map(({ apiVersion: _version, kind: _kind, ...rest }) => rest) };
}

/** The objects that a selection of a request names, as they are stored, in the order of their keys. */
export function selectStored(state: State, request: ApiRequest, entry: ResourceEntry, config: ServerConfig): readonly StoredObject[] {
  const select: Selection = selectionOf(entry, request.options);
  return inOrder(state, entry, request.namespace)
    .map(({ stored }) => stored)
    .filter((stored) => select(asVersion(stored, entry, config)));
}

interface Keyed {
  readonly key: string;
  readonly stored: StoredObject;
}

/** By namespace and name, as keys in the store are ordered: by their bytes. */
function inOrder(state: State, entry: ResourceEntry, namespace: string | undefined): readonly Keyed[] {
  const found: Keyed[] = [];
  for (const [place, objects] of tableOf(state, entry.storage)) {
    if (namespace !== undefined && place !== namespace) continue;
    const prefix = entry.namespaced && namespace === undefined ? `${place}/` : '';
    for (const [name, stored] of objects) found.push({ key: `${prefix}${name}`, stored });
  }
  return found.sort((one, other) => compareText(one.key, other.key));
}

/** The state that a list without a token shows: the newest is new enough for everybody who does not ask for an exact one. */
function stateAskedFor({ resourceVersion = '', resourceVersionMatch }: RequestOptions, state: State, past: PastStates): State {
  const why = unreadableVersion(resourceVersion);
  if (why !== undefined) throw new Refusal(badRequest(`invalid resource version: ${why}`));
  if (resourceVersionMatch !== 'Exact') {
    checkNotFuture(resourceVersion, state);
    return state;
  }
  const asked = Number(resourceVersion);
  if (asked > state.resourceVersion) throw new Refusal(bareError('etcdserver: mvcc: required revision is a future revision'));
  const found = asked === state.resourceVersion ? state : past(asked);
  if (found === undefined) throw new Refusal(expired('The resourceVersion for the provided list is too old.'));
  return found;
}

/** Why a resourceVersion that was sent is none; undefined for one that is, and for none. */
export function unreadableVersion(sent: string): string | undefined {
  if (sent === '' || /^\d+$/.test(sent)) return undefined;
  return `resourceVersion: Invalid value: ${goQuote(sent)}: strconv.ParseUint: parsing ${goQuote(sent)}: invalid syntax`;
}

function checkNotFuture(sent: string, state: State): void {
  if (sent === '' || Number(sent) <= state.resourceVersion) return;
  const message = `Timeout: Too large resource version: ${sent}, current: ${state.resourceVersion}`;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  throw new Refusal(failure(504, 'Timeout', message, { causes, retryAfterSeconds: 1 }));
}

interface Page {
  readonly resourceVersion: number;
  /** The key of the first object of the page. */
  readonly start: string;
}

function stateOf(token: Page, state: State, past: PastStates): State {
  if (token.resourceVersion === state.resourceVersion || token.resourceVersion < 0) return state;
  const found = past(token.resourceVersion);
  if (found !== undefined) return found;
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the ' +
    'continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with ' +
    'the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the ' +
    'first chunk was returned and now may show up in the list.';
  throw new Refusal(expired(message, writeToken({ resourceVersion: -1, start: token.start })));
}

function writeToken(page: Page): string {
  const json = JSON.stringify({ v: 'meta.k8s.io/v1', rv: page.resourceVersion, start: page.start });
  const bytes = new TextEncoder().encode(json);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

function readToken(token: string): Page {
  const unreadable = (why: string): Refusal => new Refusal(badRequest(`invalid continue token: continue key is not valid: ${why}`));
  let json: unknown;
  try {
    const binary = atob(token.replaceAll('-', '+').replaceAll('_', '/'));
    json = JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0))));
  } catch {
    throw unreadable('it was not issued by this server');
  }
  if (!isMap(json)) throw unreadable('it was not issued by this server');
  const { v, rv, start } = json;
  if (v !== 'meta.k8s.io/v1') throw unreadable('server does not recognize this encoded version');
  if (typeof rv !== 'number' || typeof start !== 'string') throw unreadable('incorrect encoded start resourceVersion');
  return { resourceVersion: rv, start };
}
