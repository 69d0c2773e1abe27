import { jsonOf, type KubeObject } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import type { EndpointSlice, Endpoints, Service } from '../model/service.ts';
import type { VirtualMachineService } from '../model/virtual-machine-service.ts';
import { lazyIndex } from './lazy-index.ts';
import { nsxHealthCheckAnnotation, type Provider, type ProviderSource, resolveProvider, serviceProxyLabel } from './load-balancer.ts';
import type { ProfileTraits } from './profile.ts';
import { indexVms, type VmIndex } from './selector.ts';
import { isSeen, itemsOf, type Leg, type Snapshot, type Unavailable } from './snapshot.ts';

/** How the controller of this cluster behaves, as far as it is known, and how that was found out. */
export interface ReleaseFacts {
  readonly traits: ProfileTraits;
  /** What people call it: `9.1`, `8.0.1 or 8.0.2` where the versions do not tell. */
  readonly release: string;
  /** The API version in use. */
  readonly version: string;
  readonly workloadIPv6: boolean;
  /** It counts as off, and nobody could see whether it is. */
  readonly workloadIPv6Unknown?: boolean;
  /** What `--provider` said; `auto` looks at the namespace. */
  readonly provider: 'auto' | 'namespace' | Provider;
  /** The capability `supports_per_namespace_network_provider`: NetworkSettings decide, and their absence is an error. */
  readonly perNamespaceProvider: boolean;
}

/** One object of a snapshot: found, surely not there, or not to be known. */
export type Lookup<T> = { readonly found: T } | { readonly missing: true } | { readonly unavailable: Unavailable };

/** A snapshot that can be asked by name, so that a thousand services do not scan each list a thousand times. */
export interface World {
  readonly snapshot: Snapshot;
  readonly facts: ReleaseFacts;
  readonly vms: { readonly index: VmIndex } | { readonly unavailable: Unavailable };
  service(vmService: VirtualMachineService): Lookup<Service>;
  endpoints(vmService: VirtualMachineService): Lookup<Endpoints>;
  slices(vmService: VirtualMachineService): Leg<EndpointSlice>;
  /** The events that regard an object, oldest first. */
  events(object: KubeObject): readonly KubeObject[];
  providerSource(namespace: string): ProviderSource;
  /** The services of a namespace whose selectors ask for a label. */
  askingFor(namespace: string | undefined, label: { readonly key: string; readonly value: string }): readonly VirtualMachineService[];
  /** What is known of one namespace. Of several that were read apart, each has its own holes. */
  within(namespace: string | undefined): World;
}

export function worldOf(snapshot: Snapshot, facts: ReleaseFacts): World {
  const services = lookupIn(snapshot.services);
  const endpoints = lookupIn(snapshot.endpoints);
  const slices = Map.groupBy(itemsOf(snapshot.slices), (slice) => {
    const service = slice.metadata.labels?.['kubernetes.io/service-name'];
    return service === undefined ? undefined : keyOf(slice.metadata.namespace, service);
  });
  const events = Map.groupBy(itemsOf(snapshot.events), regardingKey);
  const settings = new Map(itemsOf(snapshot.networkSettings).map((object) => [object.metadata.namespace ?? '', object]));
  const servicesByNamespace = Map.groupBy(itemsOf(snapshot.services), (service) => service.metadata.namespace ?? '');
  const sources = new Map<string, ProviderSource>();
  const parts = new Map(snapshot.parts?.map((part) => [part.namespace, part]));
  const apart = new Map<string | undefined, World>();
  const world: World = {
    snapshot,
    facts,
    vms: isSeen(snapshot.vms) ? { index: indexVms(snapshot.vms.items) } : snapshot.vms,
    service: services,
    endpoints,
    slices: (vmService) =>
      isSeen(snapshot.slices) ? { items: slices.get(keyOf(vmService.metadata.namespace, vmService.metadata.name)) ?? [] } : snapshot.slices,
    events: (object) => events.get(`${object.kind}\0${keyOf(object.metadata.namespace, object.metadata.name)}`) ?? [],
    providerSource: (namespace) => {
      const source =
        sources.get(namespace) ??
        providerSource(facts, settingsOf(snapshot, settings, namespace), servicesByNamespace.get(namespace) ?? []);
      sources.set(namespace, source);
      return source;
    },
    askingFor: askingIndex(snapshot),
    within: (namespace) => {
      const part = parts.get(namespace);
      if (part === undefined) return world;
      const own = apart.get(namespace) ?? worldOf(part, facts);
      apart.set(namespace, own);
      return own;
    },
  };
  return world;
}

function settingsOf(snapshot: Snapshot, settings: ReadonlyMap<string, KubeObject>, namespace: string): Lookup<KubeObject> {
  const found = settings.get(namespace);
  if (found !== undefined) return { found };
  const leg = snapshot.networkSettings;
  return isSeen(leg) || leg.unavailable.because === 'NotServed' ? { missing: true } : leg;
}

/**
 * Who decides about the load-balancer provider in a namespace: the flag; the namespace's NetworkSettings, where they are there
 * or must be; otherwise the traces that NSX leaves on the namespace's Services.
 */
export function providerSource(facts: ReleaseFacts, settings: Lookup<KubeObject>, services: readonly Service[]): ProviderSource {
  if (facts.provider === 'nsx' || facts.provider === 'none') return { from: 'setting', provider: facts.provider };
  const networkSettings = 'found' in settings ? settings.found : undefined;
  if (facts.provider === 'namespace' || facts.perNamespaceProvider) {
    if ('unavailable' in settings)
      return { from: 'nowhere', problem: `NetworkSettings could not be looked at: ${settings.unavailable.message}` };
    return { from: 'namespace', networkSettings };
  }
  if (networkSettings !== undefined) {
    const source: ProviderSource = { from: 'namespace', networkSettings };
    if ('provider' in resolveProvider(source)) return source;
  }
  return { from: 'setting', provider: services.some(bearsNsxTraces) ? 'nsx' : 'none' };
}

function bearsNsxTraces({ metadata }: Service): boolean {
  const keys = Object.keys(metadata.annotations ?? {});
  return (
    metadata.labels?.[serviceProxyLabel] === 'nsx-t' ||
    keys.some((key) => key.startsWith('ncp/') && key !== nsxHealthCheckAnnotation) ||
    keys.some((key) => key.startsWith('nsx.vmware.com/'))
  );
}

/** Who asks for which label: worked out once, when somebody first wants to know. */
function askingIndex({ vmServices }: Snapshot): World['askingFor'] {
  const labelKey = (namespace: string | undefined, key: string, value: string) => `${namespace ?? ''}\0${key}\0${value}`;
  const asking = lazyIndex(() =>
    itemsOf(vmServices).flatMap((vmService) =>
      Object.entries(vmService.spec.selector ?? {}).map(
        ([key, value]) => [labelKey(vmService.metadata.namespace, key, value), vmService] as const,
      ),
    ),
  );
  return (namespace, { key, value }) => asking(labelKey(namespace, key, value));
}

function lookupIn<T extends KubeObject>(leg: Leg<T>): (vmService: VirtualMachineService) => Lookup<T> {
  const byKey = new Map(itemsOf(leg).map((object) => [keyOf(object.metadata.namespace, object.metadata.name), object]));
  return ({ metadata }) => {
    if (!isSeen(leg)) return leg;
    const found = byKey.get(keyOf(metadata.namespace, metadata.name));
    return found === undefined ? { missing: true } : { found };
  };
}

function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}\0${name}`;
}

/** Both event APIs: `involvedObject` in core/v1, `regarding` in events.k8s.io/v1. */
function regardingKey(event: KubeObject): string | undefined {
  const raw = jsonOf(event);
  const regarding = raw.involvedObject ?? raw.regarding;
  if (!isMap(regarding)) return undefined;
  const text = (field: string) => (typeof regarding[field] === 'string' ? regarding[field] : '');
  return `${text('kind')}\0${keyOf(text('namespace'), text('name'))}`;
}
