import type { NetworkSettings } from '../model/network-settings.ts';
import type { KubeObject } from '../model/object.ts';
import { endpoints, networkSettings, services, virtualMachineServices, virtualMachines } from '../model/resources.ts';
import type { EndpointSlice, Endpoints, Service } from '../model/service.ts';
import type { VirtualMachine } from '../model/virtual-machine.ts';
import type { VirtualMachineService } from '../model/virtual-machine-service.ts';

/** Why something could not be looked at. It is a fact of its own, never "none found". */
export interface Unavailable {
  /** `create`: an access review, which is how a right is asked for. */
  readonly verb: 'get' | 'list' | 'create';
  /** `virtualmachines`, `endpoints`: the resource, without its group. */
  readonly resource: string;
  readonly group: string;
  /** Undefined: asked for in all namespaces. */
  readonly namespace: string | undefined;
  /** `NotAsked`: this command had no use for it. */
  readonly because: 'Forbidden' | 'NotServed' | 'Failed' | 'NotAsked';
  /** What the server or the network said. */
  readonly message: string;
  /** Why a kind is not served, where its definition says so. */
  readonly why?: string;
}

/** One kind of object as it was seen, or why it was not. */
export type Leg<T> = { readonly items: readonly T[] } | { readonly unavailable: Unavailable };

/** Everything that was read, at one time. */
export interface Snapshot {
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
  readonly vmServices: Leg<VirtualMachineService>;
  readonly vms: Leg<VirtualMachine>;
  readonly services: Leg<Service>;
  readonly endpoints: Leg<Endpoints>;
  readonly slices: Leg<EndpointSlice>;
  readonly events: Leg<KubeObject>;
  /** The NetworkSettings `default` of each namespace; `NotServed` where the kind does not exist. */
  readonly networkSettings: Leg<NetworkSettings>;
  /** Why nothing is here of namespaces that were to be in it. */
  readonly leftOut?: readonly Unavailable[];
  /** Each namespace by itself, where several were read apart: what could not be seen in one hides nothing of the others. */
  readonly parts?: readonly Snapshot[];
}

export type LegName = Exclude<keyof Snapshot, 'namespace' | 'leftOut' | 'parts'>;

export function isSeen<T>(leg: Leg<T>): leg is { readonly items: readonly T[] } {
  return 'items' in leg;
}

export function itemsOf<T>(leg: Leg<T>): readonly T[] {
  return isSeen(leg) ? leg.items : [];
}

/**
 * What was read of several namespaces, as one. A kind that could not be looked at in one of them is not whole; the parts know in which.
 * @param without the holes for which a namespace is left out rather, so that it hides nothing of the others; one is always taken
 */
export function joinSnapshots(snapshots: readonly Snapshot[], without: (hole: Unavailable) => boolean = () => false): Snapshot {
  const seen = snapshots.filter((snapshot) => !holesOf(snapshot).some(without));
  const taken = seen.length > 0 ? seen : snapshots.slice(0, 1);
  const leftOut = snapshots.filter((snapshot) => !taken.includes(snapshot)).flatMap(holesOf);
  const joined = <T>(legOf: (snapshot: Snapshot) => Leg<T>): Leg<T> => {
    const legs = taken.map(legOf);
    return legs.find((leg) => !isSeen(leg)) ?? { items: legs.flatMap(itemsOf) };
  };
  return {
    namespace: undefined,
    vmServices: joined(({ vmServices }) => vmServices),
    vms: joined(({ vms }) => vms),
    services: joined(({ services }) => services),
    endpoints: joined(({ endpoints }) => endpoints),
    slices: joined(({ slices }) => slices),
    events: joined(({ events }) => events),
    networkSettings: joined(({ networkSettings }) => networkSettings),
    parts: taken,
    ...(leftOut.length > 0 && { leftOut }),
  };
}

/** What could not be looked at though it was asked for, in a fixed order. */
export function holesOf(snapshot: Snapshot): readonly Unavailable[] {
  return [...(snapshot.parts?.flatMap(holesOf) ?? ownHoles(snapshot)), ...(snapshot.leftOut ?? [])];
}

function ownHoles(snapshot: Snapshot): readonly Unavailable[] {
  const legs: readonly Leg<unknown>[] = [
    snapshot.vmServices,
    snapshot.vms,
    snapshot.services,
    snapshot.endpoints,
    snapshot.slices,
    snapshot.events,
    snapshot.networkSettings,
  ];
  return legs.flatMap((leg) => ('unavailable' in leg && isHole(leg.unavailable) ? [leg.unavailable] : []));
}

/** Whether an answer is not whole without what was not seen; events, slices and NetworkSettings only add to it. */
export function isEssential({ resource }: Unavailable): boolean {
  return essential.includes(resource);
}

const essential: readonly string[] = [virtualMachineServices, virtualMachines, services, endpoints].map(({ plural }) => plural);

/** NetworkSettings exist on some Supervisors only: where the kind is not served there is nothing that was missed. */
function isHole({ because, resource }: Unavailable): boolean {
  return because !== 'NotAsked' && !(because === 'NotServed' && resource === networkSettings.plural);
}
