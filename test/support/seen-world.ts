import { type Profile, releaseLabel, traitsOf } from '../../src/core/profile.ts';
import type { Leg, Snapshot, Unavailable } from '../../src/core/snapshot.ts';
import { type ReleaseFacts, type World, worldOf } from '../../src/core/world.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { type EndpointSlice, type Endpoints, endpointSliceOf, endpointsOf, type Service, serviceOf } from '../../src/model/service.ts';
import { type VirtualMachine, vmOf } from '../../src/model/virtual-machine.ts';
import { type VirtualMachineService, vmServiceOf } from '../../src/model/virtual-machine-service.ts';

type Hidden = Partial<Record<Exclude<keyof Snapshot, 'namespace'>, Unavailable['because']>>;

export interface SeenWorldOptions extends Partial<Omit<ReleaseFacts, 'traits'>> {
  readonly profile?: Profile;
  /** The kinds that could not be looked at, and why. */
  readonly hidden?: Hidden;
}

/** The facts of a release as they are known after looking: main, everything off, the provider looked for. */
export function someFacts({ profile = 'E', ...facts }: Omit<SeenWorldOptions, 'hidden'> = {}): ReleaseFacts {
  const traits = traitsOf(profile);
  const known = {
    release: releaseLabel(profile),
    version: traits.hubVersion,
    workloadIPv6: false,
    provider: 'auto',
    perNamespaceProvider: false,
  } as const;
  return { traits, ...known, ...facts };
}

/** A world as it was read from a cluster: each object in the leg of its kind. Kinds that nobody gave are surely not there. */
export function seenWorld(objects: readonly KubeObject[], { hidden = {}, ...facts }: SeenWorldOptions = {}): World {
  const legOf = <T>(name: keyof Hidden, kind: string, narrow: (object: KubeObject) => T): Leg<T> => {
    const because = hidden[name];
    if (because !== undefined) return { unavailable: unavailable(name.toLowerCase(), because) };
    return { items: objects.filter((object) => object.kind === kind).map(narrow) };
  };
  const snapshot: Snapshot = {
    namespace: 'prod',
    vmServices: legOf<VirtualMachineService>('vmServices', 'VirtualMachineService', vmServiceOf),
    vms: legOf<VirtualMachine>('vms', 'VirtualMachine', vmOf),
    services: legOf<Service>('services', 'Service', serviceOf),
    endpoints: legOf<Endpoints>('endpoints', 'Endpoints', endpointsOf),
    slices: legOf<EndpointSlice>('slices', 'EndpointSlice', endpointSliceOf),
    events: legOf('events', 'Event', (object) => object),
    networkSettings: legOf('networkSettings', 'NetworkSettings', (object) => object),
  };
  return worldOf(snapshot, someFacts(facts));
}

/** A kind that could not be looked at. */
export function unavailable(resource: string, because: Unavailable['because'] = 'Forbidden'): Unavailable {
  return {
    verb: 'list',
    resource,
    group: '',
    namespace: 'prod',
    because,
    message: because === 'Failed' ? 'the server is currently unable to handle the request' : `${resource} is forbidden`,
  };
}
