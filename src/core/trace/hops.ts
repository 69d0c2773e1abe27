import { jsonOf } from '../../model/object.ts';
import {
  type EndpointAddress,
  type EndpointSlice,
  type EndpointSubset,
  type Endpoints,
  endpointAddresses,
  ingressAddresses,
  type Service,
} from '../../model/service.ts';
import { compareText } from '../../model/text-order.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { countTargets, targetOf } from '../endpoint-targets.ts';
import { addressesBeyondCapacity } from '../mirror-capacity.ts';
import { ownershipOf } from '../ownership.ts';
import { createMergePatch, patchedFields } from '../patch.ts';
import { type ControllerSetup, planMetadata, planService, type Refusal } from '../reconcile.ts';
import { isSeen, type Leg, type Unavailable } from '../snapshot.ts';
import { sameMembers } from '../subsets.ts';
import type { Lookup, World } from '../world.ts';

export type VipHop =
  | { readonly state: 'Assigned'; readonly addresses: readonly string[] }
  | { readonly state: 'Pending' }
  /** The type has none. */
  | { readonly state: 'NotNeeded' }
  | { readonly state: 'Unknown'; readonly unavailable: Unavailable };

export type ServiceHop =
  | { readonly state: 'Missing' }
  | { readonly state: 'Unknown'; readonly unavailable: Unavailable }
  /** Seen, and not held against what the controller would make of it. */
  | { readonly state: 'NotCompared'; readonly service: Service }
  | { readonly state: 'AsComputed'; readonly service: Service }
  /** The names of the fields that the controller would change; without an owner, it would take the Service over. */
  | { readonly state: 'Differs'; readonly service: Service; readonly fields: readonly string[]; readonly owned: boolean }
  | { readonly state: 'Refused'; readonly service: Service; readonly refusal: Refusal };

export type EndpointsHop =
  | { readonly state: 'Missing' }
  /** The selector is empty, so nobody computes them; undefined: there are none. */
  | { readonly state: 'LeftAlone'; readonly endpoints: Endpoints | undefined; readonly ready: number; readonly notReady: number }
  | { readonly state: 'Unknown'; readonly unavailable: Unavailable }
  | {
      readonly state: 'AsComputed' | 'OrderOnly' | 'Differs' | 'NotComputed';
      readonly endpoints: Endpoints;
      readonly ready: number;
      readonly notReady: number;
      /** Endpoints that the controller would add, remove or change. */
      readonly differences: number;
    };

export interface SliceHop {
  readonly slice: EndpointSlice;
  /** Undefined where the Endpoints could not be looked at. */
  readonly mirrors: boolean | undefined;
}

export function serviceHop(vmService: VirtualMachineService, world: World, setup: ControllerSetup, compare: boolean): ServiceHop {
  const lookup = world.service(vmService);
  if ('unavailable' in lookup) return { state: 'Unknown', unavailable: lookup.unavailable };
  if ('missing' in lookup) return { state: 'Missing' };
  const service = lookup.found;
  if (!compare) return { state: 'NotCompared', service };
  const source = world.providerSource(vmService.metadata.namespace ?? '');
  const metadata = planMetadata(vmService, source, setup);
  if ('refusal' in metadata) return { state: 'Refused', service, refusal: metadata.refusal };
  const planned = planService(metadata.plan, service, source, setup);
  if ('refusal' in planned) return { state: 'Refused', service, refusal: planned.refusal };
  const patch = createMergePatch(jsonOf(service), jsonOf(planned.plan));
  return patch === undefined
    ? { state: 'AsComputed', service }
    : { state: 'Differs', service, fields: patchedFields(patch), owned: ownershipOf(service, vmService).owner === 'ours' };
}

/** What the API server would make of a Service that is not there yet, as far as endpoints depend on it. */
export function assumedService(vmService: VirtualMachineService, world: World, setup: ControllerSetup): Service {
  const planned = planService(vmService, undefined, world.providerSource(vmService.metadata.namespace ?? ''), setup);
  const base: Service = 'plan' in planned ? planned.plan : { apiVersion: 'v1', kind: 'Service', metadata: vmService.metadata, spec: {} };
  if (base.spec.type === 'ExternalName' || (base.spec.ipFamilies ?? []).length > 0) return base;
  const headless = vmService.spec.clusterIp === 'None';
  return { ...base, spec: { ...base.spec, ipFamilies: headless ? ['IPv4', 'IPv6'] : ['IPv4'] } };
}

export function endpointsHop(lookup: Lookup<Endpoints>, computed: readonly EndpointSubset[] | undefined, leftAlone: boolean): EndpointsHop {
  if ('unavailable' in lookup) return { state: 'Unknown', unavailable: lookup.unavailable };
  const endpoints = 'found' in lookup ? lookup.found : undefined;
  const subsets = endpoints?.subsets ?? [];
  const counts = { ready: countTargets(subsets, 'addresses'), notReady: countTargets(subsets, 'notReadyAddresses') };
  if (leftAlone) return { state: 'LeftAlone', endpoints, ...counts };
  if (endpoints === undefined) return { state: 'Missing' };
  if (computed === undefined) return { state: 'NotComputed', endpoints, ...counts, differences: 0 };
  const sameText = JSON.stringify(subsets.map(ordered)) === JSON.stringify(computed.map(ordered));
  if (sameText) return { state: 'AsComputed', endpoints, ...counts, differences: 0 };
  const differences = differingEndpoints(subsets, computed);
  if (differences > 0) return { state: 'Differs', endpoints, ...counts, differences };
  if (!sameMembers(subsets, computed)) return { state: 'Differs', endpoints, ...counts, differences: 1 };
  return { state: 'OrderOnly', endpoints, ...counts, differences: 0 };
}

function ordered(subset: EndpointSubset): unknown {
  const plain = (address: EndpointAddress) => [address.ip, address.targetRef?.uid, address.targetRef?.apiVersion];
  const ports = (subset.ports ?? []).map((port) => [port.name ?? '', port.port, port.protocol]);
  return [(subset.addresses ?? []).map(plain), (subset.notReadyAddresses ?? []).map(plain), ports];
}

/** How many VMs stand otherwise in the stored subsets than in the computed ones. */
function differingEndpoints(stored: readonly EndpointSubset[], computed: readonly EndpointSubset[]): number {
  const [before, after] = [byTarget(stored), byTarget(computed)];
  const targets = new Set([...before.keys(), ...after.keys()]);
  return [...targets].filter((target) => before.get(target) !== after.get(target)).length;
}

function byTarget(subsets: readonly EndpointSubset[]): Map<string, string> {
  const parts = new Map<string, string[]>();
  for (const subset of subsets) {
    for (const list of ['addresses', 'notReadyAddresses'] as const) {
      for (const address of subset[list] ?? []) {
        const key = targetOf(address);
        parts.set(key, [...(parts.get(key) ?? []), `${list} ${address.ip}`]);
      }
    }
  }
  return new Map([...parts].map(([key, texts]) => [key, texts.toSorted().join('\n')]));
}

export function sliceHops(vmService: VirtualMachineService, endpoints: Lookup<Endpoints>, world: World): Leg<SliceHop> {
  const slices = world.slices(vmService);
  if (!isSeen(slices)) return slices;
  if ('unavailable' in endpoints) return { items: slices.items.map((slice) => ({ slice, mirrors: undefined })) };
  const expected = new Map<string, boolean>();
  for (const subset of 'found' in endpoints ? (endpoints.found.subsets ?? []) : []) {
    for (const address of subset.notReadyAddresses ?? []) expected.set(address.ip, false);
    for (const address of subset.addresses ?? []) expected.set(address.ip, true);
  }
  return {
    items: slices.items.map((slice) => ({
      slice,
      mirrors: (slice.endpoints ?? []).every((endpoint) =>
        endpoint.addresses.every((ip) => expected.get(ip) === (endpoint.conditions?.ready ?? true)),
      ),
    })),
  };
}

/** Addresses of the Endpoints that no slice has: whoever reads slices sends them nothing. */
export interface Unmirrored {
  /** That a slice should have. */
  readonly missing: readonly string[];
  /** That are more than Kubernetes mirrors. */
  readonly leftOut: ReadonlySet<string>;
}

export function unmirroredAddresses(subsets: readonly EndpointSubset[], slices: Leg<SliceHop>): Unmirrored {
  if (!isSeen(slices)) return { missing: [], leftOut: new Set() };
  const mirrored = new Set(slices.items.flatMap(({ slice }) => (slice.endpoints ?? []).flatMap(({ addresses }) => addresses)));
  const stored = endpointAddresses({ subsets });
  const unmirrored = [...new Set(stored.map(({ ip }) => ip))].filter((ip) => !mirrored.has(ip)).toSorted(compareText);
  const beyond = addressesBeyondCapacity(subsets);
  return { missing: unmirrored.filter((ip) => !beyond.has(ip)), leftOut: new Set(unmirrored.filter((ip) => beyond.has(ip))) };
}

export function vipHop(vmService: VirtualMachineService, world: World): VipHop {
  if (vmService.spec.type !== 'LoadBalancer') return { state: 'NotNeeded' };
  const lookup = world.service(vmService);
  // The copy may be old: it stands in only where nobody can look at the Service.
  const given = 'unavailable' in lookup ? vmService : 'found' in lookup ? lookup.found : undefined;
  const addresses = given === undefined ? [] : ingressAddresses(given);
  if (addresses.length > 0) return { state: 'Assigned', addresses };
  return 'unavailable' in lookup ? { state: 'Unknown', unavailable: lookup.unavailable } : { state: 'Pending' };
}
