import type { KubeObject } from '../model/object.ts';
import { ApiError } from '../model/status.ts';
import type { Clock } from './clock.ts';
import { ConnectionError, type KubeList, type WatchEvent } from './cluster.ts';
import type { OnTrouble } from './gathered-troubles.ts';
import { NotLoggedInError } from './http/api-answer.ts';
import { CertificateError } from './http/network-errors.ts';
import { limits } from './limits.ts';
import type { WatchFrame } from './watch-frame.ts';

/** A collection that can be listed, and watched from a version on. */
export interface Watchable {
  list(): Promise<KubeList>;
  /** Ends, or throws, when the connection does; `onOpen` is told that the server took the watch up, which may send nothing for long. */
  frames(resourceVersion: string, onOpen: () => void): AsyncIterable<WatchFrame>;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly onTrouble: OnTrouble;
}

/** The promise of `Cluster.watch`, over connections that come and go. */
export async function* watchChanges(watched: Watchable): AsyncGenerator<WatchEvent> {
  const { signal, clock, random } = watched;
  const known = new KnownObjects();
  const first = await unlessAborted(() => watched.list(), signal);
  if (first === undefined) return;
  yield { type: 'Listed', objects: known.begin(first.items) };
  let version = first.resourceVersion;
  let polls = false;
  let troubled = false;
  let denied = false;
  const settle = (): void => {
    if (troubled) watched.onTrouble(undefined);
    troubled = false;
  };
  for (let failures = 0; !signal.aborted; ) {
    let opened: number | undefined;
    // A server that ends every watch at once may well send a bookmark before: what did not last is no success.
    const hasLasted = (): boolean => opened !== undefined && clock.now() - opened >= limits.watchLongestPause;
    const open = (): void => {
      opened = clock.now();
      settle();
    };
    try {
      if (version === undefined) {
        const list = await unlessAborted(() => watched.list(), signal);
        if (list === undefined) return;
        settle();
        // Who may list again may watch again, or hears otherwise.
        if (denied) polls = false;
        denied = false;
        yield* known.compare(list.items);
        version = list.resourceVersion;
      }
      if (!polls && version !== undefined) {
        for await (const frame of watched.frames(version, open)) {
          version = frame.object.metadata.resourceVersion ?? version;
          const news = [...known.take(frame)];
          if (news.length > 0) failures = 0;
          yield* news;
          if (signal.aborted) return;
        }
        if (hasLasted()) failures = 0;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (hasLasted()) failures = 0;
      if (isExpired(error)) version = undefined;
      else if (isWithheld(error) && version !== undefined) polls = true;
      else if (isWithheld(error)) denied = true;
      else if (!willPass(error)) throw error;
      if ((denied || (failures > 0 && willPass(error))) && !troubled) {
        troubled = true;
        watched.onTrouble(`${sentenceOf(error)}; trying again`);
      }
    }
    failures += 1;
    if (polls) version = undefined;
    const pause =
      polls || denied ? limits.pollPause : Math.min(limits.watchFirstPause * 2 ** Math.min(failures - 1, 16), limits.watchLongestPause);
    await clock.sleep(pause * (0.5 + random() / 2), signal);
  }
}

/** The objects that a watch has told of, and what is new in what it hears. */
class KnownObjects {
  readonly #objects = new Map<string, KubeObject>();

  begin(objects: readonly KubeObject[]): readonly KubeObject[] {
    for (const object of objects) this.#objects.set(keyOf(object), object);
    return objects;
  }

  /** What a list that was read anew says of the time in between. */
  *compare(objects: readonly KubeObject[]): Generator<WatchEvent> {
    const listed = new Set(objects.map(keyOf));
    for (const [key, object] of this.#objects) {
      if (listed.has(key)) continue;
      this.#objects.delete(key);
      yield { type: 'Deleted', object };
    }
    for (const object of objects) yield* this.#store(object);
  }

  *take({ type, object }: WatchFrame): Generator<WatchEvent> {
    if (type === 'BOOKMARK') return;
    if (type !== 'DELETED') return yield* this.#store(object);
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (before === undefined || before.metadata.uid !== object.metadata.uid) return;
    this.#objects.delete(key);
    yield { type: 'Deleted', object };
  }

  *#store(object: KubeObject): Generator<WatchEvent> {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (before !== undefined && before.metadata.resourceVersion === object.metadata.resourceVersion) return;
    this.#objects.set(key, object);
    if (before === undefined) return yield { type: 'Added', object };
    if (before.metadata.uid === object.metadata.uid) return yield { type: 'Modified', object };
    yield { type: 'Deleted', object: before };
    yield { type: 'Added', object };
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}\0${metadata.name}`;
}

/** The server forgot that version; or never had it, as one that was set back to what it was before. */
function isExpired(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.code === 410 || error.status.details?.causes?.some(({ reason }) => reason === 'ResourceVersionTooLarge') === true;
}

/**
 * What could be listed before and is refused now: the watch alone, or a right that was taken away, or a kind of which the definition was.
 * Nobody knows what became of the objects, and both may come back. A request that is refused as a bad one stays bad.
 */
function isWithheld(error: unknown): boolean {
  return error instanceof ApiError && [403, 404, 405].includes(error.code);
}

/** Trouble of a server or of the way to it, which ends by itself. */
export function willPass(error: unknown): boolean {
  if (error instanceof ApiError) return error.code >= 500 || error.code === 429;
  return error instanceof ConnectionError && !(error instanceof NotLoggedInError || error instanceof CertificateError);
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Undefined when the signal came first: nobody waits for the answer any more. */
async function unlessAborted<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
  const end = (): void => resolve(undefined);
  signal.addEventListener('abort', end, { once: true });
  act()
    .then(resolve, reject)
    .finally(() => signal.removeEventListener('abort', end));
  return promise;
}
