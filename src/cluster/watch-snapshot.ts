import type { Leg, LegName } from '../core/snapshot.ts';
import { eventOf } from '../model/event.ts';
import type { KubeObject } from '../model/object.ts';
import { endpointSlices, endpoints, events, type Resource, services, virtualMachineServices, virtualMachines } from '../model/resources.ts';
import { endpointSliceOf, endpointsOf, serviceOf } from '../model/service.ts';
import { vmOf } from '../model/virtual-machine.ts';
import { vmServiceOf } from '../model/virtual-machine-service.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Cluster, WatchEvent, WatchOptions } from './cluster.ts';
import { gatheredTroubles, type OnTrouble } from './gathered-troubles.ts';
import {
  keptOf,
  type LoadedSnapshot,
  loadSnapshot,
  type NotFound,
  notAskedFor,
  pickNamed,
  type SnapshotRequest,
  selectorsOf,
  unavailableOf,
} from './load-snapshot.ts';

export interface SnapshotWatchOptions extends Pick<WatchOptions, 'signal' | 'onTrouble'> {
  readonly clock?: Clock;
  /** Milliseconds in which changes are gathered before they are told of, since one cause changes several objects. */
  readonly settle?: number;
}

const usualSettle = 100;

/**
 * What `loadSnapshot` reads, and again whenever something of it has changed. A leg that may not be looked at stays a fact; the
 * NetworkSettings, which a namespace gets once, are read once. A name that does not exist is in `notFound` until it does.
 * It is over when the signal is aborted.
 * @throws as loadSnapshot, and later what will not pass by itself
 */
export async function* watchSnapshot(
  cluster: Cluster,
  request: SnapshotRequest,
  { signal, onTrouble, clock = systemClock, settle = usualSettle }: SnapshotWatchOptions,
): AsyncGenerator<LoadedSnapshot> {
  const ends = new AbortController();
  const either = AbortSignal.any([signal, ends.signal]);
  const news = newsOf(either);
  const { namespace, names } = request;
  const one = names.length === 1 && namespace !== undefined ? names[0] : undefined;
  const byName = one === undefined ? {} : { fieldSelector: `metadata.name=${one}` };
  const own = selectorsOf(request);
  const needsEveryService = request.legs.includes('networkSettings');
  const version = await request.version;
  const troubleOf = gatheredTroubles((sentence) => onTrouble?.(sentence));

  const watch = <T>(
    name: LegName,
    resource: Resource,
    legVersion: string,
    narrow: (object: KubeObject) => T,
    filter: Pick<WatchOptions, 'labelSelector' | 'fieldSelector'> = {},
  ): WatchedLeg<T> => {
    if (!request.legs.includes(name)) return fixedLeg(notAskedFor(resource, namespace));
    const { chunkSize } = request;
    const onLegTrouble = troubleOf();
    const options = {
      namespace,
      ...filter,
      ...(chunkSize !== undefined && { chunkSize }),
      ...keptOf(name, request),
      signal: either,
      onTrouble: onLegTrouble,
    };
    return watchedLeg(cluster.watch(resource, legVersion, options), narrow, news, onLegTrouble, (error) => ({
      unavailable: unavailableOf('list', resource, namespace, error),
    }));
  };

  try {
    const legs = {
      vmServices: watch('vmServices', virtualMachineServices, version, vmServiceOf, { ...byName, ...own }),
      vms: watch('vms', virtualMachines, version, vmOf),
      services: watch('services', services, 'v1', serviceOf, needsEveryService ? {} : byName),
      endpoints: watch('endpoints', endpoints, 'v1', endpointsOf, byName),
      slices: watch(
        'slices',
        endpointSlices,
        'v1',
        endpointSliceOf,
        one === undefined ? {} : { labelSelector: `kubernetes.io/service-name=${one}` },
      ),
      events: watch('events', events, 'v1', eventOf),
    };
    const [{ snapshot }] = await Promise.all([
      loadSnapshot(cluster, { namespace, names: [], version, legs: request.legs.filter((name) => name === 'networkSettings') }),
      ...Object.values(legs).map(({ begun }) => begun),
    ]);
    while (!signal.aborted) {
      news.check();
      const notFound: NotFound[] = [];
      const vmServices = legs.vmServices.now();
      yield {
        snapshot: {
          namespace,
          vmServices: names.length === 0 ? vmServices : pickNamed(vmServices, request, notFound),
          vms: legs.vms.now(),
          services: legs.services.now(),
          endpoints: legs.endpoints.now(),
          slices: legs.slices.now(),
          events: legs.events.now(),
          networkSettings: snapshot.networkSettings,
        },
        notFound,
      };
      await news.next();
      await clock.sleep(settle, either);
    }
  } finally {
    ends.abort();
  }
}

/** That something changed, or went wrong, since somebody last looked. */
interface News {
  changed(): void;
  failed(error: unknown): void;
  /** Begins anew. @throws what went wrong */
  check(): void;
  /** Over at once when there is something already, or the signal is aborted. */
  next(): Promise<void>;
}

function newsOf(signal: AbortSignal): News {
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

interface WatchedLeg<T> {
  /** When the first list was read, or refused. */
  readonly begun: Promise<void>;
  now(): Leg<T>;
}

function fixedLeg<T>(leg: Leg<T>): WatchedLeg<T> {
  return { begun: Promise.resolve(), now: () => leg };
}

function watchedLeg<T>(
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
