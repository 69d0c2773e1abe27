import { primaryAddresses } from '../../model/virtual-machine.ts';
import { advice } from '../finding.ts';
import { found } from './found.ts';
import { leftOut } from './left-out.ts';
import { hasService } from './questions.ts';
import type { VmRule } from './rule.ts';
import { primaryText } from './vm-network.ts';

/** VMS305: its addresses are of other families than the Service's. */
export const addressFamilyMismatch: VmRule = {
  about: 'vm',
  code: 'VMS305',
  worst: 'error',
  needs: ['services'],
  applies: ({ service }) => hasService(service),
  find: ({ vm, decision, service }) => {
    if (!('service' in service.trace.service)) return [];
    const families = service.trace.service.service.spec.ipFamilies ?? [];
    const { name } = service.vmService.metadata;
    const { ip4, ip6 } = primaryAddresses(vm);
    const published = decision.addresses.map((address) => (address.includes(':') ? 'IPv6' : 'IPv4'));
    const foreign =
      decision.because !== 'NoAddressOfFamily' && families.length > 0 && published.some((family) => !families.includes(family));
    if (decision.because !== 'NoAddressOfFamily' && !foreign) return [];
    const only = ip4 === undefined ? `has only IPv6 (${ip6 ?? ''})` : `${ip6 === undefined ? 'has only' : 'is listed by'} IPv4 (${ip4})`;
    const [lacking, has] = ip4 === undefined ? ['IPv4', 'IPv6'] : ['IPv6', 'IPv4'];
    const message = `${vm.metadata.name} ${only}; Service ${name} takes only ${families.join(' and ')}`;
    return [
      found('VMS305', foreign ? 'warning' : 'error', foreign ? 'likely' : 'certain', vm, message, {
        evidence: [
          primaryText(vm),
          `Service spec.ipFamilies: ${families.join(', ')}, policy ${service.trace.service.service.spec.ipFamilyPolicy ?? '<none>'}`,
        ],
        ...(foreign && { why: 'this release lists the address whatever its family, and load balancers may ignore it' }),
        fix: [
          advice(
            `give the VM an ${lacking} address, or make a new VirtualMachineService with ipFamilies [${has}] where the release has it (the primary family cannot be changed)`,
          ),
        ],
        follows: foreign ? [] : leftOut,
      }),
    ];
  },
};
