import type { EndpointAddress, EndpointPort, EndpointSubset, Endpoints, Service } from '../model/service.ts';
import { compareText } from '../model/text-order.ts';
import type { VirtualMachineService } from '../model/virtual-machine-service.ts';
import { targetOf } from './endpoint-targets.ts';
import { decideEndpoint, endpointRules } from './endpoints.ts';
import { itemsOf } from './snapshot.ts';
import { sameMembers } from './subsets.ts';
import { decidedMembers, type Member, memberName, selectVms, staleMembers } from './trace/members.ts';
import type { World } from './world.ts';

/** How one part of an object stands after a change, against before. */
export type Mark = 'same' | 'added' | 'removed' | 'changed';

/** A VM's place in stored Endpoints. */
export interface StoredEndpoint {
  readonly addresses: readonly string[];
  readonly ready: boolean;
}

/** One VM in changed Endpoints, with the reason for what becomes of it. */
export interface EndpointChange {
  readonly name: string;
  readonly mark: Mark;
  readonly member: Member;
  readonly before: StoredEndpoint | undefined;
}

export interface EndpointCounts {
  readonly ready: number;
  readonly notReady: number;
}

/** What a change of Endpoints comes to, VM by VM. */
export interface EndpointsChange {
  readonly members: readonly EndpointChange[];
  readonly portsBefore: readonly EndpointPort[];
  readonly portsAfter: readonly EndpointPort[];
  /** VMs, not addresses. */
  readonly countsBefore: EndpointCounts;
  readonly countsAfter: EndpointCounts;
  readonly differs: SubsetsDifference;
}

/**
 * How subsets differ: in who is in them or in their ports; in how the VMs are referred to, as after an upgrade of VM Operator;
 * in their order alone; or not at all.
 */
export type SubsetsDifference = 'Members' | 'References' | 'Order' | 'Nothing';

/**
 * Compares stored Endpoints with those that follow from the same decisions that they were computed from, so that every line has
 * its reason. `service` is as the API server returned it.
 */
export function endpointsChange(
  vmService: VirtualMachineService,
  service: Service,
  before: Endpoints | undefined,
  after: Endpoints | undefined,
  world: World,
): EndpointsChange {
  const selector = vmService.spec.selector ?? {};
  const selected = selectVms(vmService, selector, world, false);
  const rules = endpointRules(service, before, world.facts.traits);
  const decisions = itemsOf(selected).map((vm) => decideEndpoint(vm, rules));
  const lookup = before === undefined ? { missing: true as const } : { found: before };
  const decidedUids = new Set(decisions.map(({ vm }) => vm.metadata.uid));
  const targets = storedTargets(before?.subsets ?? []);
  const stale = staleMembers(before, decisions, selector, world).filter(
    // What became of a VM that is still selected, its decision says.
    (member) => member.kind === 'stale' && !(member.vm !== undefined && decidedUids.has(member.vm.metadata.uid)),
  );
  const members = [...decidedMembers(decisions, lookup), ...stale]
    .map((member) => memberChange(member, targets))
    .toSorted((left, right) => compareText(left.name, right.name));
  const [old, computed] = [before?.subsets ?? [], after?.subsets ?? []];
  return {
    members,
    portsBefore: portsOf(old),
    portsAfter: portsOf(computed),
    countsBefore: countsOf(old),
    countsAfter: countsOf(computed),
    differs: differenceOf(old, computed, members),
  };
}

function differenceOf(
  before: readonly EndpointSubset[],
  after: readonly EndpointSubset[],
  members: readonly EndpointChange[],
): SubsetsDifference {
  if (JSON.stringify(before.map(inOrder)) === JSON.stringify(after.map(inOrder))) return 'Nothing';
  if (sameMembers(before, after)) return 'Order';
  const samePorts = JSON.stringify(portsOf(before)) === JSON.stringify(portsOf(after));
  return samePorts && members.every(({ mark }) => mark === 'same') ? 'References' : 'Members';
}

/** A subset's fields in one order, so that its text can be compared. */
function inOrder({ addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset): unknown {
  const address = ({ ip, hostname, nodeName, targetRef: ref }: EndpointAddress) => [
    [ip, hostname, nodeName],
    [ref?.apiVersion, ref?.kind, ref?.namespace, ref?.name, ref?.uid],
  ];
  return [addresses.map(address), notReadyAddresses.map(address), ports.map(({ name, port, protocol }) => [name, port, protocol])];
}

function memberChange(member: Member, targets: ReadonlyMap<string, StoredEndpoint>): EndpointChange {
  const name = memberName(member);
  if (member.kind === 'stale') {
    return { name, mark: 'removed', member, before: { addresses: member.addresses, ready: wasReady(member.addresses, targets) } };
  }
  const { outcome, addresses, vm } = member.decision;
  const before = targets.get(vm.metadata.uid ?? '');
  if (outcome === 'out') return { name, mark: before === undefined ? 'same' : 'removed', member, before };
  if (before === undefined) return { name, mark: 'added', member, before };
  const same = before.ready === (outcome === 'ready') && sameTexts(before.addresses, addresses);
  return { name, mark: same ? 'same' : 'changed', member, before };
}

function wasReady(addresses: readonly string[], targets: ReadonlyMap<string, StoredEndpoint>): boolean {
  return [...targets.values()].some((stored) => stored.ready && addresses.every((address) => stored.addresses.includes(address)));
}

/** By the target's uid, or the address where there is no target. */
function storedTargets(subsets: readonly EndpointSubset[]): Map<string, StoredEndpoint> {
  const targets = new Map<string, StoredEndpoint>();
  for (const subset of subsets) {
    for (const [list, ready] of [[subset.addresses, true] as const, [subset.notReadyAddresses, false] as const]) {
      for (const address of list ?? []) {
        const [key, { ip }] = [targetOf(address), address];
        const known = targets.get(key);
        const addresses = known?.addresses.includes(ip) ? known.addresses : [...(known?.addresses ?? []), ip];
        targets.set(key, { addresses, ready: ready && (known?.ready ?? true) });
      }
    }
  }
  return targets;
}

function countsOf(subsets: readonly EndpointSubset[]): EndpointCounts {
  const targets = [...storedTargets(subsets).values()];
  const ready = targets.filter((target) => target.ready).length;
  return { ready, notReady: targets.length - ready };
}

/** Each port once, by number and name, in a fixed order. */
function portsOf(subsets: readonly EndpointSubset[]): readonly EndpointPort[] {
  const ports = new Map(subsets.flatMap(({ ports = [] }) => ports.map((port) => [`${port.port}/${port.protocol}/${port.name}`, port])));
  return [...ports.values()].toSorted((left, right) => left.port - right.port || compareText(left.name ?? '', right.name ?? ''));
}

function sameTexts(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((text) => right.includes(text));
}
