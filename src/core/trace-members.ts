import type { Endpoints } from '../model/service.ts';
import type { VirtualMachine } from '../model/virtual-machine.ts';
import type { VirtualMachineService } from '../model/virtual-machine-service.ts';
import type { EndpointDecision, NotReadyBecause, OutBecause, ReadyBecause } from './endpoints.ts';
import { matchesSelector, type Selector } from './selector.ts';
import type { Leg } from './snapshot.ts';
import type { Lookup, World } from './world.ts';

/** Why an address stands in the stored Endpoints although the computation has no such endpoint. */
export type StaleBecause = 'NoLongerSelected' | 'VirtualMachineGone' | 'AddressChanged' | 'NoLongerEligible' | 'NotAVirtualMachine';

/** One VM's place behind a service. `decided` members are the computation; `stale` ones are stored but not computed. */
export type Member =
  | { readonly kind: 'decided'; readonly decision: EndpointDecision; readonly stored: 'AsComputed' | 'Missing' | 'Differs' | 'Unknown' | 'NoEndpoints' }
  | {
      readonly kind: 'stale';
      /** The target's name, or the address where there is no target. */
      readonly name: string;
      readonly vm: VirtualMachine | undefined;
      readonly because: StaleBecause;
      readonly addresses: readonly string[];
    };

export type MemberReason = ReadyBecause | NotReadyBecause | OutBecause | StaleBecause;
export type MemberState = 'Ready' | 'NotReady' | 'Out' | 'Stale';

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

export function selectVms(
  vmService: VirtualMachineService,
  selector: Selector,
  world: World,
  leftAlone: boolean,
): { readonly selected: Leg<VirtualMachine>; readonly others: readonly VirtualMachine[] } {
  if ('unavailable' in world.vms) return { selected: world.vms, others: [] };
  const { namespace } = vmService.metadata;
  const selected = leftAlone ? [] : world.vms.index.select(namespace, selector);
  const names = new Set(selected.map((vm) => vm.metadata.name));
  return {
    selected: { items: selected.toSorted((left, right) => compareNames(left, right)) },
    others: world.vms.index.inNamespace(namespace).filter((vm) => !names.has(vm.metadata.name)),
  };
}

function compareNames(left: VirtualMachine, right: VirtualMachine): number {
  return left.metadata.name < right.metadata.name ? -1 : left.metadata.name > right.metadata.name ? 1 : 0;
}

export function decided(decision: EndpointDecision, lookup: Lookup<Endpoints>): Member {
  if ('unavailable' in lookup) return { kind: 'decided', decision, stored: 'Unknown' };
  if ('missing' in lookup) return { kind: 'decided', decision, stored: 'NoEndpoints' };
  const subsets = lookup.found.subsets ?? [];
  const uid = decision.vm.metadata.uid;
  const inList = (list: 'addresses' | 'notReadyAddresses') =>
    subsets.some((subset) =>
      (subset[list] ?? []).some((address) => address.targetRef?.uid === uid && decision.addresses.includes(address.ip)),
    );
  const [ready, notReady] = [inList('addresses'), inList('notReadyAddresses')];
  if (decision.outcome === 'out') return { kind: 'decided', decision, stored: 'AsComputed' };
  if (!ready && !notReady) return { kind: 'decided', decision, stored: 'Missing' };
  return { kind: 'decided', decision, stored: ready === (decision.outcome === 'ready') ? 'AsComputed' : 'Differs' };
}

/** Addresses that are stored for a target that is not, or not with this address, an endpoint any more. */
export function staleMembers(
  endpoints: Endpoints | undefined,
  decisions: readonly EndpointDecision[],
  selector: Selector,
  world: World,
  { metadata }: VirtualMachineService,
): Member[] {
  const decidedByUid = new Map(decisions.map((decision) => [decision.vm.metadata.uid, decision]));
  const vmsByUid = new Map(
    ('index' in world.vms ? world.vms.index.inNamespace(metadata.namespace) : []).map((vm) => [vm.metadata.uid, vm]),
  );
  const stale = new Map<string, { name: string; vm: VirtualMachine | undefined; because: StaleBecause; addresses: string[] }>();
  for (const subset of endpoints?.subsets ?? []) {
    for (const address of [...(subset.addresses ?? []), ...(subset.notReadyAddresses ?? [])]) {
      const target = address.targetRef;
      const decision = decidedByUid.get(target?.uid ?? '');
      if (decision?.addresses.includes(address.ip)) continue;
      const vm = vmsByUid.get(target?.uid ?? '');
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
