import { conditionOf, observedPower, type VirtualMachine } from '../../model/virtual-machine.ts';
import type { VmSubject } from './rule.ts';
import { networkDisabledBy } from './vm-network.ts';

/** First boot, cloud-init and sysprep take their time. Seconds. */
export const firstAddressGrace = 300;

/** It exists and runs, nobody disabled its network, and it has no address. */
export function lacksAddress({ vm, decision }: VmSubject): boolean {
  return decision.because === 'NoAddress' && observedPower(vm) === 'PoweredOn' && networkDisabledBy(vm) === undefined;
}

export function toolsAreDown(vm: VirtualMachine): boolean {
  const tools = conditionOf(vm, 'VirtualMachineTools');
  return tools !== undefined && (tools.status === 'False' || (tools.status === 'Unknown' && tools.reason === 'NoGuestInfo'));
}

export function networkIsReady(vm: VirtualMachine): boolean {
  return conditionOf(vm, 'VirtualMachineNetworkReady')?.status !== 'False';
}

/** When its waiting for an address began, as far as anything tells. */
export function waitingSince(vm: VirtualMachine): string | undefined {
  const tools = conditionOf(vm, 'VirtualMachineTools')?.lastTransitionTime;
  return tools ?? conditionOf(vm, 'VirtualMachinePowerStateSynced')?.lastTransitionTime ?? vm.metadata.creationTimestamp;
}
