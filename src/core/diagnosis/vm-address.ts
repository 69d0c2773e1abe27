import { conditionOf, observedPower, primaryAddresses } from '../../model/virtual-machine.ts';
import { advice } from './fixes.ts';
import { found } from './found.ts';
import type { VmRule } from './rule.ts';

/** First boot, cloud-init and sysprep take their time. Seconds. */
const addressGrace = 300;

/** VMS301: it is on, and nobody in the guest reports its address. */
export const vmHasNoAddress: VmRule = {
  about: 'vm',
  code: 'VMS301',
  worst: 'error',
  needs: [],
  find: ({ vm, decision, service }) => {
    if (decision.because !== 'NoAddress' || observedPower(vm) !== 'PoweredOn') return [];
    const tools = conditionOf(vm, 'VirtualMachineTools');
    if (tools === undefined || tools.status === 'True') return [];
    const { name } = vm.metadata;
    const { times } = service.around;
    const waiting = (times.age(tools.lastTransitionTime) ?? Number.POSITIVE_INFINITY) < addressGrace;
    const since = tools.lastTransitionTime === undefined ? '' : ` (${times.since(tools.lastTransitionTime)})`;
    return [
      found(
        'VMS301',
        waiting ? 'info' : 'error',
        'certain',
        vm,
        waiting ? `${name}: waiting for its first address${since}` : `${name} reports no address: guest tools are not running${since}`,
        {
          evidence: [
            `powered on; VirtualMachineTools=${tools.status} ${tools.reason ?? ''}`.trimEnd(),
            'status.network has no primary address',
          ],
          why: 'without an address a VM is left out of the endpoints entirely, not even "not ready"',
          fix: waiting ? [] : [advice('start or install open-vm-tools in the guest')],
          follows: ['VMS501', 'VMS505', 'VMS614'],
        },
      ),
    ];
  },
};

/** VMS305: its addresses are of other families than the Service's. */
export const addressFamilyMismatch: VmRule = {
  about: 'vm',
  code: 'VMS305',
  worst: 'error',
  needs: ['services'],
  find: ({ vm, decision, service }) => {
    if (decision.because !== 'NoAddressOfFamily') return [];
    const { ip4, ip6 } = primaryAddresses(vm);
    const families = 'service' in service.trace.service ? (service.trace.service.service.spec.ipFamilies ?? []) : ['IPv4'];
    const only = ip4 === undefined ? `IPv6 (${ip6 ?? ''})` : `IPv4 (${ip4})`;
    const missing = ip4 === undefined ? 'IPv4' : 'IPv6';
    return [
      found(
        'VMS305',
        'error',
        'certain',
        vm,
        `${vm.metadata.name} has only ${only}; Service ${service.vmService.metadata.name} takes only ${families.join(' and ')}`,
        {
          evidence: [
            `status.network: primaryIP4 ${ip4 ?? '<none>'}, primaryIP6 ${ip6 ?? '<none>'}`,
            `Service spec.ipFamilies: ${families.join(', ')}`,
          ],
          fix: [
            advice(
              `give the VM an ${missing} address, or make a new VirtualMachineService with ipFamilies [${missing === 'IPv4' ? 'IPv6' : 'IPv4'}] (the primary family cannot be changed)`,
            ),
          ],
          follows: ['VMS501', 'VMS505', 'VMS614'],
        },
      ),
    ];
  },
};
