import type { LegName } from '../core/snapshot.ts';
import { eventOf } from '../model/event.ts';
import type { KubeObject } from '../model/object.ts';
import { endpointSlices, endpoints, events, type Resource, services, virtualMachineServices, virtualMachines } from '../model/resources.ts';
import { endpointSliceOf, endpointsOf, serviceOf } from '../model/service.ts';
import { vmOf } from '../model/virtual-machine.ts';
import { vmServiceOf } from '../model/virtual-machine-service.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Cluster, WatchOptions } from './cluster.ts';
import { gatheredTroubles } from './gathered-troubles.ts';
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
import { fixedLeg, type News, newsOf, type WatchedLeg, watchedLeg } from './watched-leg.ts';

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
  const version = await request.version;
  try {
    const legs = watchedLegs(cluster, { ...request, version }, { signal: either, onTrouble, news });
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

interface LegsOptions {
  readonly signal: AbortSignal;
  readonly onTrouble: WatchOptions['onTrouble'] | undefined;
  readonly news: News;
}

/** A watch for each leg that is asked for; of one service only what has its name, where names are all that tells. */
function watchedLegs(cluster: Cluster, request: SnapshotRequest & { readonly version: string }, options: LegsOptions) {
  const { namespace, names, version, chunkSize } = request;
  const troubleOf = gatheredTroubles((sentence) => options.onTrouble?.(sentence));
  const watch = <T>(
    name: LegName,
    resource: Resource,
    legVersion: string,
    narrow: (object: KubeObject) => T,
    filter: Pick<WatchOptions, 'labelSelector' | 'fieldSelector'> = {},
  ): WatchedLeg<T> => {
    if (!request.legs.includes(name)) return fixedLeg(notAskedFor(resource, namespace));
    const onTrouble = troubleOf();
    const watched = cluster.watch(resource, legVersion, {
      namespace,
      ...filter,
      ...(chunkSize !== undefined && { chunkSize }),
      ...keptOf(name, request),
      signal: options.signal,
      onTrouble,
    });
    const refused = (error: unknown) => ({ unavailable: unavailableOf('list', resource, namespace, error) });
    return watchedLeg(watched, narrow, options.news, onTrouble, refused);
  };
  const one = names.length === 1 && namespace !== undefined ? names[0] : undefined;
  const byName = one === undefined ? {} : { fieldSelector: `metadata.name=${one}` };
  const bySliceLabel = one === undefined ? {} : { labelSelector: `kubernetes.io/service-name=${one}` };
  // Who gives a namespace its load balancers is seen on any of its Services.
  const needsEveryService = request.legs.includes('networkSettings');
  return {
    vmServices: watch('vmServices', virtualMachineServices, version, vmServiceOf, { ...byName, ...selectorsOf(request) }),
    vms: watch('vms', virtualMachines, version, vmOf),
    services: watch('services', services, 'v1', serviceOf, needsEveryService ? {} : byName),
    endpoints: watch('endpoints', endpoints, 'v1', endpointsOf, byName),
    slices: watch('slices', endpointSlices, 'v1', endpointSliceOf, bySliceLabel),
    events: watch('events', events, 'v1', eventOf),
  };
}
