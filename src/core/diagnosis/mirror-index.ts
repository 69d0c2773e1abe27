import { ingressAddresses, type Service } from '../../model/service.ts';
import { lazyIndex } from '../lazy-index.ts';
import { isEmptySelector } from '../selector.ts';
import { isSupervisorName, type Mirror, type MirrorPlace, mirrorsIn } from './mirror-place.ts';

/** The copies of all places, to be asked by what they are copies of: a thousand services do not look at a thousand copies each. */
export interface MirrorIndex {
  readonly all: readonly Mirror[];
  /** Those that say so; `namespace/name`. */
  ofSource(source: string): readonly Mirror[];
  /** Those that do not say whose they are, and point there. */
  pointingAt(address: string): readonly Mirror[];
  /** The first Service of a copy in the same place that takes connections at one of its addresses. */
  nextOf(mirror: Mirror): Service | undefined;
}

/** Made when somebody first asks. */
export function mirrorIndex(places: readonly MirrorPlace[]): () => MirrorIndex {
  let index: MirrorIndex | undefined;
  return () => {
    index ??= indexMirrors(places);
    return index;
  };
}

function indexMirrors(places: readonly MirrorPlace[]): MirrorIndex {
  const all = places.flatMap(mirrorsIn);
  const fronts = new Map<MirrorPlace, Map<string, { readonly service: Service; readonly at: number }>>();
  for (const [at, { service, place }] of all.entries()) {
    if (service === undefined || !isEmptySelector(service.spec.selector)) continue;
    const front = fronts.get(place) ?? new Map<string, { readonly service: Service; readonly at: number }>();
    fronts.set(place, front);
    for (const address of frontOf(service)) if (!front.has(address)) front.set(address, { service, at });
  }
  return {
    all,
    ofSource: lazyIndex(() => all.flatMap((mirror) => (mirror.source === undefined ? [] : [[mirror.source, mirror] as const]))),
    pointingAt: lazyIndex(() => all.filter(isNameless).flatMap((mirror) => mirror.addresses.map((address) => [address, mirror] as const))),
    nextOf: ({ place, addresses }) => {
      const next = addresses.flatMap((address) => fronts.get(place)?.get(address) ?? []);
      return next.toSorted((left, right) => left.at - right.at)[0]?.service;
    },
  };
}

/** Where a Service takes connections. */
function frontOf(service: Service): readonly string[] {
  return [...ingressAddresses(service), ...(service.spec.clusterIPs ?? []), ...(service.spec.externalIPs ?? [])];
}

/** It does not say whose copy it is. */
function isNameless({ source, endpoints }: Mirror): boolean {
  return source === undefined && !isSupervisorName(endpoints);
}
