import type { VirtualMachine } from '../model/virtual-machine.ts';
import type { VirtualMachineService } from '../model/virtual-machine-service.ts';
import type { MemberRow } from './member-list.ts';
import { memberRows } from './member-list.ts';
import { isSeen, type Leg, type Unavailable } from './snapshot.ts';
import type { ServiceTrace } from './trace.ts';

/** One VM seen from its own side: the services that have it as a member, and those that do not. */
export interface VmTrace {
  readonly vm: VirtualMachine;
  /** Sorted by name; the row says whether traffic arrives. */
  readonly memberOf: readonly { readonly trace: ServiceTrace; readonly row: MemberRow }[];
  readonly notSelectedBy: readonly ServiceTrace[];
  /** Why the services could not be looked at; both lists are then empty and say nothing. */
  readonly unavailable: Unavailable | undefined;
}

/** Turns the traces of a namespace round: what each of them decided about this VM. */
export function traceVm(vm: VirtualMachine, traces: readonly ServiceTrace[], vmServices: Leg<VirtualMachineService>): VmTrace {
  const own = traces.filter((trace) => trace.vmService.metadata.namespace === vm.metadata.namespace);
  const memberOf = own.flatMap((trace) => {
    const row = memberRows(trace, { nearMisses: false, others: false }).find((candidate) => candidate.vm === vm);
    return row === undefined ? [] : [{ trace, row }];
  });
  const notSelectedBy = own.filter((trace) => !memberOf.some((entry) => entry.trace === trace));
  return { vm, memberOf, notSelectedBy, unavailable: isSeen<unknown>(vmServices) ? undefined : vmServices.unavailable };
}
