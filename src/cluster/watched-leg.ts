import type { Leg } from '../core/snapshot.ts';
import type { KubeObject } from '../model/object.ts';
import type { WatchEvent } from './cluster.ts';
import type { OnTrouble } from './gathered-troubles.ts';

/** That something changed, or went wrong, since somebody last looked. */
export interface News {
  changed(): void;
  failed(error: unknown): void;
  /** Begins anew. @throws what went wrong */
  check(): void;
  /** Over at once when there is something already, or the signal is aborted. */
  next(): Promise<void>;
}

export function newsOf(signal: AbortSignal): News {
  let failure: { readonly error: unknown } | undefined;
  let isNew = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => isNew.resolve(), { once: true });
  return {
    changed: () => isNew.resolve(),
    failed(error) {
      failure ??= { error };
      isNew.resolve();
    },
    check() {
      if (failure !== undefined) throw failure.error;
      if (!signal.aborted) isNew = Promise.withResolvers();
    },
    next: () => isNew.promise,
  };
}

/** One kind of object as a watch keeps it. */
export interface WatchedLeg<T> {
  /** When the first list was read, or refused. */
  readonly begun: Promise<void>;
  now(): Leg<T>;
}

export function fixedLeg<T>(leg: Leg<T>): WatchedLeg<T> {
  return { begun: Promise.resolve(), now: () => leg };
}

export function watchedLeg<T>(
  watched: AsyncIterable<WatchEvent>,
  narrow: (object: KubeObject) => T,
  news: News,
  onTrouble: OnTrouble,
  refused: (error: unknown) => Leg<T>,
): WatchedLeg<T> {
  const { promise: begun, resolve, reject } = Promise.withResolvers<void>();
  const objects = new Map<string, T>();
  let refusal: Leg<T> | undefined;
  const follow = async (): Promise<void> => {
    for await (const event of watched) {
      for (const object of event.type === 'Listed' ? event.objects : [event.object]) {
        if (event.type === 'Deleted') objects.delete(keyOf(object));
        else objects.set(keyOf(object), narrow(object));
      }
      resolve();
      news.changed();
    }
  };
  follow()
    .catch((error: unknown) => {
      // Whatever it is from now on, it is not gone by itself.
      onTrouble(undefined);
      refusal = refused(error);
      news.changed();
    })
    .then(resolve, (error: unknown) => {
      reject(error);
      news.failed(error);
    });
  // Whoever awaits it hears of the failure; later ones are news.
  begun.catch(() => {});
  return { begun, now: () => refusal ?? { items: [...objects.values()] } };
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}\0${metadata.name}`;
}
