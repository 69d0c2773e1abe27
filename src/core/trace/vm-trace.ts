import type { EndpointAddress } from '../../model/service.ts';
import { primaryAddresses, type VirtualMachine } from '../../model/virtual-machine.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { isSeen, type Leg, type Unavailable } from '../snapshot.ts';
import { type MemberRow, memberRows } from './member-list.ts';
import type { ServiceTrace } from './trace.ts';

/** One VM seen from its own side: the services that have it as a member, and those that do not. */
export interface VmTrace {
  readonly vm: VirtualMachine;
  /** Sorted by name; the row says whether traffic arrives. */
  readonly memberOf: readonly { readonly trace: ServiceTrace; readonly row: MemberRow }[];
  /** Services without a selector whose Endpoints, which nobody computes, list the VM. */
  readonly listedBy: readonly Listed[];
  /** All others. */
  readonly notSelectedBy: readonly ServiceTrace[];
  /** Why the services could not be looked at; both lists are then empty and say nothing. */
  readonly unavailable: Unavailable | undefined;
}

export interface Listed {
  readonly trace: ServiceTrace;
  readonly state: 'Ready' | 'NotReady';
  readonly addresses: readonly string[];
}

/** Turns the traces of a namespace round: what each of them decided about this VM. */
export function traceVm(vm: VirtualMachine, traces: readonly ServiceTrace[], vmServices: Leg<VirtualMachineService>): VmTrace {
  const own = traces.filter((trace) => trace.vmService.metadata.namespace === vm.metadata.namespace);
  const memberOf = own.flatMap((trace) => {
    const row = memberRows(trace, { nearMisses: false, others: false }).find((candidate) => candidate.vm === vm);
    return row === undefined ? [] : [{ trace, row }];
  });
  const listedBy = own.flatMap((trace) => listed(vm, trace) ?? []);
  const notSelectedBy = own.filter((trace) => ![...memberOf, ...listedBy].some((entry) => entry.trace === trace));
  return { vm, memberOf, listedBy, notSelectedBy, unavailable: isSeen<unknown>(vmServices) ? undefined : vmServices.unavailable };
}

function listed(vm: VirtualMachine, trace: ServiceTrace): Listed | undefined {
  if (trace.endpoints.state !== 'LeftAlone') return undefined;
  const subsets = trace.endpoints.endpoints?.subsets ?? [];
  const isOwn = (address: EndpointAddress) => isAddressOf(vm, address);
  const ready = subsets.flatMap(({ addresses = [] }) => addresses).filter(isOwn);
  const notReady = subsets.flatMap(({ notReadyAddresses = [] }) => notReadyAddresses).filter(isOwn);
  const addresses = [...new Set([...ready, ...notReady].map(({ ip }) => ip))];
  return addresses.length === 0 ? undefined : { trace, state: ready.length > 0 ? 'Ready' : 'NotReady', addresses };
}

/** Who writes addresses by hand seldom writes whose they are. */
function isAddressOf(vm: VirtualMachine, { ip, targetRef }: EndpointAddress): boolean {
  if (targetRef?.uid !== undefined) return targetRef.uid === vm.metadata.uid;
  const { ip4, ip6 } = primaryAddresses(vm);
  return ip === ip4 || ip === ip6;
}
