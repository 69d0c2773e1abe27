import type { VirtualMachine } from '../../model/virtual-machine.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { computeSubsets, decideEndpoint, endpointRules } from '../endpoints.ts';
import { addressesBeyondCapacity } from '../mirror-capacity.ts';
import { isMeant, type NearMiss, nearMisses } from '../near-miss.ts';
import { asControllerSees, type ControllerSetup, leavesEndpointsAlone } from '../reconcile.ts';
import { isEmptySelector } from '../selector.ts';
import type { ServiceStatus } from '../service-status.ts';
import { isSeen, itemsOf, type Leg } from '../snapshot.ts';
import type { World } from '../world.ts';
import {
  assumedService,
  type EndpointsHop,
  endpointsHop,
  type ServiceHop,
  type SliceHop,
  serviceHop,
  sliceHops,
  type Unmirrored,
  unmirroredAddresses,
  type VipHop,
  vipHop,
} from './hops.ts';
import { decidedMembers, type Member, otherVms, selectVms, staleMembers } from './members.ts';
import { readyCount, statusOf } from './status.ts';

/** The whole path of one VirtualMachineService, from the client to each VM. */
export interface ServiceTrace {
  readonly vmService: VirtualMachineService;
  readonly status: ServiceStatus;
  /** VMs that receive traffic: computed ready and stored ready. Undefined when that could not be looked at. */
  readonly ready: number | undefined;
  /** Undefined: the selector is empty and selects nothing, or VMs could not be looked at. */
  readonly selected: number | undefined;
  readonly vip: VipHop;
  readonly service: ServiceHop;
  readonly endpoints: EndpointsHop;
  readonly slices: Leg<SliceHop>;
  /** Of the stored Endpoints; nothing where slices could not be looked at. */
  readonly unmirrored: Unmirrored;
  readonly members: Leg<Member>;
  /** Empty unless they were asked for. */
  readonly nearMisses: readonly NearMiss[];
  /** VMs of the namespace that are not selected; empty unless they were asked for. */
  readonly otherVms: readonly VirtualMachine[];
}

export interface TraceOptions {
  readonly now: Date;
  /** Near misses and the VMs that are not selected cost a look at every VM of the namespace, for each service. */
  readonly others: boolean;
  /** Hold the Service against the plan: it takes the provider and the capabilities. Endpoints are always compared. */
  readonly compareService: boolean;
}

/** Follows one service through everything that was seen. The members are the decisions that the subsets are made of. */
export function traceService(stored: VirtualMachineService, everything: World, options: TraceOptions): ServiceTrace {
  const world = everything.within(stored.metadata.namespace);
  const vmService = asControllerSees(stored);
  const setup: ControllerSetup = { traits: world.facts.traits, workloadIPv6: world.facts.workloadIPv6, role: 'guest', adopt: true };
  const selector = vmService.spec.selector ?? {};
  const leftAlone = leavesEndpointsAlone(vmService, setup.traits);
  const service = serviceHop(vmService, world, setup, options.compareService);
  const lookup = world.endpoints(vmService);
  const storedEndpoints = 'found' in lookup ? lookup.found : undefined;
  const basis = 'service' in service ? service.service : assumedService(vmService, world, setup);

  const selection = selectVms(vmService, selector, world, leftAlone);
  const rules = endpointRules(basis, storedEndpoints, setup.traits);
  const decisions = itemsOf(selection).map((vm) => decideEndpoint(vm, rules));
  const computed = isSeen(selection) && !leftAlone ? computeSubsets(decisions, basis) : undefined;
  const endpoints = endpointsHop(lookup, computed, leftAlone);
  const members: Leg<Member> = isSeen(selection)
    ? { items: leftAlone ? [] : [...decidedMembers(decisions, lookup), ...staleMembers(storedEndpoints, decisions, selector, world)] }
    : selection;

  const ready = readyCount(endpoints, members, addressesBeyondCapacity(storedEndpoints?.subsets ?? []));
  const slices = sliceHops(vmService, lookup, world);
  const selected = leftAlone || !isSeen(selection) ? undefined : decisions.length;
  const vip = vipHop(vmService, world);
  const others = options.others ? otherVms(vmService, itemsOf(selection), world) : [];
  return {
    vmService: stored,
    status: statusOf({ vmService, service, endpoints, members, vip, ready, selected, leftAlone, now: options.now }),
    ready,
    selected,
    vip,
    service,
    endpoints,
    slices,
    unmirrored: unmirroredAddresses(storedEndpoints?.subsets ?? [], slices),
    members,
    nearMisses: isEmptySelector(selector) ? [] : nearMissesOf(vmService, others, world, decisions.length > 0),
    otherVms: others,
  };
}

function nearMissesOf(
  { metadata, spec }: VirtualMachineService,
  others: readonly VirtualMachine[],
  world: World,
  selectsOthers: boolean,
): readonly NearMiss[] {
  const near = nearMisses(spec.selector ?? {}, others);
  return near.filter((miss) => !isMeant(miss, (label) => world.askingFor(metadata.namespace, label).length > 0, selectsOthers));
}
