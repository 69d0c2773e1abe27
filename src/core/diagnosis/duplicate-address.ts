import { observedPower, type VirtualMachine } from '../../model/virtual-machine.ts';
import { fewNames } from '../few-names.ts';
import { advice } from '../finding.ts';
import { found } from './found.ts';
import type { VmRule } from './rule.ts';
import { isOwnBridge, networkNames } from './vm-network.ts';

/** So many VMs are named in a sentence. */
const mostNamed = 5;

/** VMS307: two VMs say that they have it. */
export const addressDuplicated: VmRule = {
  about: 'vm',
  code: 'VMS307',
  worst: 'error',
  needs: [],
  applies: ({ vm, decision }) => observedPower(vm) === 'PoweredOn' && decision.addresses.length > 0,
  find: ({ vm, decision, service }) => {
    if (observedPower(vm) !== 'PoweredOn') return [];
    // Every machine with containers may have the same bridge inside it.
    const outside = decision.addresses.filter((address) => !isOwnBridge(vm, address));
    const others = outside.flatMap((address) =>
      service.around
        .vmsWithAddress(vm.metadata.namespace, address)
        .filter((other) => other !== vm && observedPower(other) === 'PoweredOn' && mayShareNetwork(vm, other))
        // Of two behind the same service, one tells.
        .filter((other) => vm.metadata.name < other.metadata.name || !service.decisions.some((decided) => decided.vm === other))
        .map((other) => ({ address, other })),
    );
    const [first] = others;
    if (first === undefined) return [];
    const names = [...new Set(others.map(({ other }) => other.metadata.name))];
    return [
      found(
        'VMS307',
        'error',
        'likely',
        vm,
        `${vm.metadata.name} and ${fewNames(names, mostNamed)} have the same address ${first.address}`,
        {
          evidence: [`${first.address}: ${fewNames([vm.metadata.name, ...names], mostNamed)}, all powered on`],
          why: 'connections end at whichever answers first; clones with a fixed address are the usual reason',
          fix: [advice('give one of them another address')],
        },
      ),
    ];
  },
};

/** Different networks may use the same private addresses. */
function mayShareNetwork(left: VirtualMachine, right: VirtualMachine): boolean {
  const [own, theirs] = [networkNames(left), networkNames(right)];
  return own.length === 0 || theirs.length === 0 ? own.length === theirs.length : own.some((name) => theirs.includes(name));
}
