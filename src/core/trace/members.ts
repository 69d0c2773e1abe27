import { type Endpoints, endpointAddresses } from '../../model/service.ts';
import { compareText } from '../../model/text-order.ts';
import type { VirtualMachine } from '../../model/virtual-machine.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import type { EndpointDecision, NotReadyBecause, OutBecause, ReadyBecause } from '../endpoints.ts';
import { matchesSelector, type Selector } from '../selector.ts';
import type { Leg } from '../snapshot.ts';
import type { Lookup, World } from '../world.ts';
import type { MemberState } from './member-state.ts';

/** Why an address stands in the stored Endpoints although the computation has no such endpoint. */
export type StaleBecause = 'NoLongerSelected' | 'VirtualMachineGone' | 'AddressChanged' | 'NoLongerEligible' | 'NotAVirtualMachine';

/** One VM's place behind a service. `decided` members are the computation; `stale` ones are stored but not computed. */
export type Member =
  | {
      readonly kind: 'decided';
      readonly decision: EndpointDecision;
      readonly stored: 'AsComputed' | 'Missing' | 'Differs' | 'Unknown' | 'NoEndpoints';
    }
  | {
      readonly kind: 'stale';
      /** The target's name, or the address where there is no target. */
      readonly name: string;
      readonly vm: VirtualMachine | undefined;
      readonly because: StaleBecause;
      readonly addresses: readonly string[];
    };

export type MemberReason = ReadyBecause | NotReadyBecause | OutBecause | StaleBecause;

/** The state of a member in one word, as reports have it. */
export function memberState(member: Member): MemberState {
  if (member.kind === 'stale') return 'Stale';
  switch (member.decision.outcome) {
    case 'ready':
      return 'Ready';
    case 'notReady':
      return 'NotReady';
    case 'out':
      return 'Out';
  }
}

export function memberReason(member: Member): MemberReason {
  return member.kind === 'stale' ? member.because : member.decision.because;
}

export function memberName(member: Member): string {
  return member.kind === 'stale' ? member.name : member.decision.vm.metadata.name;
}

export function memberVm(member: Member): VirtualMachine | undefined {
  return member.kind === 'stale' ? member.vm : member.decision.vm;
}

export function memberAddresses(member: Member): readonly string[] {
  return member.kind === 'stale' ? member.addresses : member.decision.addresses;
}

/** The VMs that the selector selects, by name; none where the release leaves an empty selector alone. */
export function selectVms({ metadata }: VirtualMachineService, selector: Selector, world: World, leftAlone: boolean): Leg<VirtualMachine> {
  if ('unavailable' in world.vms) return world.vms;
  return { items: leftAlone ? [] : world.vms.index.select(metadata.namespace, selector).toSorted(compareNames) };
}

/** The other VMs of the namespace. */
export function otherVms(
  { metadata }: VirtualMachineService,
  selected: readonly VirtualMachine[],
  world: World,
): readonly VirtualMachine[] {
  if ('unavailable' in world.vms) return [];
  const own = new Set(selected);
  return world.vms.index.inNamespace(metadata.namespace).filter((vm) => !own.has(vm));
}

function compareNames(left: VirtualMachine, right: VirtualMachine): number {
  return compareText(left.metadata.name, right.metadata.name);
}

/** Each decision, and whether the stored Endpoints agree with it. */
export function decidedMembers(decisions: readonly EndpointDecision[], lookup: Lookup<Endpoints>): readonly Member[] {
  if ('unavailable' in lookup) return decisions.map((decision) => ({ kind: 'decided', decision, stored: 'Unknown' }));
  if ('missing' in lookup) return decisions.map((decision) => ({ kind: 'decided', decision, stored: 'NoEndpoints' }));
  const stored = { ready: new Set<string>(), notReady: new Set<string>() };
  for (const subset of lookup.found.subsets ?? []) {
    for (const address of subset.addresses ?? []) stored.ready.add(endpointKey(address.targetRef?.uid, address.ip));
    for (const address of subset.notReadyAddresses ?? []) stored.notReady.add(endpointKey(address.targetRef?.uid, address.ip));
  }
  return decisions.map((decision) => ({ kind: 'decided', decision, stored: agreement(decision, stored) }));
}

function agreement(
  { vm, outcome, addresses }: EndpointDecision,
  stored: { readonly ready: ReadonlySet<string>; readonly notReady: ReadonlySet<string> },
): 'AsComputed' | 'Missing' | 'Differs' {
  if (outcome === 'out') return 'AsComputed';
  const keys = addresses.map((ip) => endpointKey(vm.metadata.uid, ip));
  const [ready, notReady] = [keys.some((key) => stored.ready.has(key)), keys.some((key) => stored.notReady.has(key))];
  if (!ready && !notReady) return 'Missing';
  return ready === (outcome === 'ready') ? 'AsComputed' : 'Differs';
}

function endpointKey(uid: string | undefined, ip: string): string {
  return `${uid ?? ''}\0${ip}`;
}

/** Addresses that are stored for a target that is not, or not with this address, an endpoint any more. */
export function staleMembers(
  endpoints: Endpoints | undefined,
  decisions: readonly EndpointDecision[],
  selector: Selector,
  world: World,
): Member[] {
  const decidedByUid = new Map(decisions.map((decision) => [decision.vm.metadata.uid, decision]));
  const stale = new Map<string, { name: string; vm: VirtualMachine | undefined; because: StaleBecause; addresses: string[] }>();
  for (const address of endpointAddresses(endpoints)) {
    const target = address.targetRef;
    const decision = decidedByUid.get(target?.uid ?? '');
    if (decision?.addresses.includes(address.ip)) continue;
    const vm = 'index' in world.vms ? world.vms.index.withUid(target?.uid ?? '') : undefined;
    const key = target?.uid ?? address.ip;
    const known = stale.get(key);
    if (known !== undefined) known.addresses.push(address.ip);
    else
      stale.set(key, {
        name: target?.name ?? address.ip,
        vm,
        because: whyStale(target?.kind, vm, decision, selector),
        addresses: [address.ip],
      });
  }
  return [...stale.values()].map((entry) => ({ kind: 'stale', ...entry }));
}

function whyStale(
  kind: string | undefined,
  vm: VirtualMachine | undefined,
  decision: EndpointDecision | undefined,
  selector: Selector,
): StaleBecause {
  if (kind !== 'VirtualMachine') return 'NotAVirtualMachine';
  if (vm === undefined) return 'VirtualMachineGone';
  if (!matchesSelector(selector, vm.metadata.labels)) return 'NoLongerSelected';
  return decision?.outcome === 'out' ? 'NoLongerEligible' : 'AddressChanged';
}
