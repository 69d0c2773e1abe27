import { compareText } from '../../model/text-order.ts';
import { primaryAddresses, readyCondition, type VirtualMachine } from '../../model/virtual-machine.ts';
import type { NearMiss } from '../near-miss.ts';
import { itemsOf } from '../snapshot.ts';
import type { VmState } from './member-state.ts';
import { type Member, type MemberReason, memberAddresses, memberName, memberReason, memberState, memberVm } from './members.ts';
import type { ServiceTrace } from './trace.ts';

/** One VM behind, or beside, one service. */
export interface MemberRow {
  readonly trace: ServiceTrace;
  readonly name: string;
  /** Undefined for an address that is stored without a VM. */
  readonly vm: VirtualMachine | undefined;
  readonly state: VmState;
  readonly reason: MemberReason | 'SelectorNearMiss' | 'SelectorDoesNotMatch';
  readonly addresses: readonly string[];
  /** The service's target ports; none for a VM that is no endpoint. */
  readonly ports: readonly (number | string)[];
  /** RFC 3339; since when it is as it is, where an object says so. */
  readonly since: string | undefined;
  /** What the words are made from. */
  readonly member: Member | undefined;
  readonly nearMiss: NearMiss | undefined;
}

/** The members of a service, sorted by name, then the near misses and the others where they are wanted. */
export function memberRows(trace: ServiceTrace, wanted: { readonly nearMisses: boolean; readonly others: boolean }): readonly MemberRow[] {
  const rows = itemsOf(trace.members).map((member) => memberRow(trace, member));
  const near = new Map(trace.nearMisses.map((nearMiss) => [nearMiss.vm, nearMiss]));
  const outside = trace.otherVms
    .filter((vm) => wanted.others || (wanted.nearMisses && near.has(vm)))
    .filter((vm) => !rows.some((row) => row.vm === vm))
    .map((vm) => outsideRow(trace, vm, near.get(vm)));
  return [...rows, ...outside].toSorted((left, right) => compareText(left.name, right.name));
}

function memberRow(trace: ServiceTrace, member: Member): MemberRow {
  const vm = memberVm(member);
  const isEndpoint = member.kind === 'stale' || member.decision.outcome !== 'out';
  return {
    trace,
    name: memberName(member),
    vm,
    state: memberState(member),
    reason: memberReason(member),
    addresses: shownAddresses(member),
    ports: isEndpoint ? (trace.vmService.spec.ports ?? []).map((port) => port.targetPort) : [],
    since: sinceOf(member, vm),
    member,
    nearMiss: undefined,
  };
}

/** A VM that is out is shown with the addresses that it has, although they do not count. */
function shownAddresses(member: Member): readonly string[] {
  if (member.kind === 'stale' || member.decision.outcome !== 'out') return memberAddresses(member);
  const { ip4, ip6 } = primaryAddresses(member.decision.vm);
  return [ip4, ip6].filter((ip) => ip !== undefined);
}

function outsideRow(trace: ServiceTrace, vm: VirtualMachine, nearMiss: NearMiss | undefined): MemberRow {
  return {
    trace,
    name: vm.metadata.name,
    vm,
    state: 'NotSelected',
    reason: nearMiss === undefined ? 'SelectorDoesNotMatch' : 'SelectorNearMiss',
    addresses: [primaryAddresses(vm).ip4, primaryAddresses(vm).ip6].filter((ip) => ip !== undefined),
    ports: [],
    since: undefined,
    member: undefined,
    nearMiss,
  };
}

/** When the fact that decides came about: the verdict of the probe, the deletion, or the creation of the VM. */
function sinceOf(member: Member, vm: VirtualMachine | undefined): string | undefined {
  if (vm === undefined) return undefined;
  switch (memberReason(member)) {
    case 'ProbePassing':
    case 'ProbeFailing':
    case 'ProbeUnknown':
      return readyCondition(vm)?.lastTransitionTime;
    case 'BeingDeleted':
      return vm.metadata.deletionTimestamp;
    case 'NoProbe':
      return vm.metadata.creationTimestamp;
    case 'NoAddress':
      return vm.status?.conditions?.find((condition) => condition.type === 'VirtualMachineTools')?.lastTransitionTime;
    default:
      return undefined;
  }
}
