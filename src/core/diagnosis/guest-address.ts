import { conditionOf } from '../../model/virtual-machine.ts';
import { advice } from '../finding.ts';
import { commandIn } from './fixes.ts';
import { found } from './found.ts';
import { leftOut } from './left-out.ts';
import { firstAddressGrace, lacksAddress, networkIsReady, toolsAreDown, waitingSince } from './missing-address.ts';
import type { VmRule } from './rule.ts';
import { linkLocalAddresses, primaryText, reportedAddresses } from './vm-network.ts';

/** VMS301: it is on, and nobody in the guest reports its address. */
export const vmHasNoAddress: VmRule = {
  about: 'vm',
  code: 'VMS301',
  worst: 'error',
  needs: [],
  applies: lacksAddress,
  find: ({ vm, service }) => {
    if (!toolsAreDown(vm) || !networkIsReady(vm)) return [];
    const tools = conditionOf(vm, 'VirtualMachineTools');
    const { name } = vm.metadata;
    const { times } = service.around;
    const since = times.since(tools?.lastTransitionTime);
    const waiting = (times.age(tools?.lastTransitionTime) ?? Number.POSITIVE_INFINITY) < firstAddressGrace;
    const duration = since === '' ? '' : ` (${since})`;
    const message = waiting
      ? `Waiting for the first address of ${name}${duration}`
      : `${name} reports no address: guest tools are not running${duration}`;
    return [
      found('VMS301', waiting ? 'info' : 'error', 'certain', vm, message, {
        evidence: [
          `powered on; VirtualMachineTools=${tools?.status ?? ''} ${tools?.reason ?? ''}`.trimEnd(),
          `${primaryText(vm)}${conditionOf(vm, 'VirtualMachineNetworkReady')?.status === 'True' ? '; the network interface is ready' : ''}`,
        ],
        why: 'without an address a VM is left out of the endpoints entirely, not even "not ready"',
        fix: waiting
          ? []
          : [
              advice('start or install open-vm-tools in the guest'),
              ...commandIn(vm.metadata.namespace, ['kubectl', 'vsphere', 'vm', 'web-console', name], 'its console', [name]),
            ],
        follows: ['VMS303', 'VMS309', ...leftOut],
      }),
    ];
  },
};

/** VMS303: the guest runs, and took no address. */
export const guestTookNoAddress: VmRule = {
  about: 'vm',
  code: 'VMS303',
  worst: 'error',
  needs: [],
  applies: lacksAddress,
  find: ({ vm, service }) => {
    if (toolsAreDown(vm) || !networkIsReady(vm) || reportedAddresses(vm).length > 0) return [];
    const { times } = service.around;
    const { name } = vm.metadata;
    const begun = waitingSince(vm);
    const waiting = (times.age(begun) ?? Number.POSITIVE_INFINITY) < firstAddressGrace;
    const duration = times.since(begun);
    const assigned = service.around.providerInterfacesOf(vm).flatMap(({ addresses }) => addresses);
    const signs = ['VirtualMachineGuestNetworkConfigSynced', 'GuestCustomization', 'GuestBootstrap'].flatMap((type) => {
      const condition = conditionOf(vm, type);
      return condition?.status === 'False'
        ? [`${type}=False ${condition.reason ?? ''}${condition.message ? `: ${condition.message}` : ''}`]
        : [];
    });
    const linkLocal = linkLocalAddresses(vm);
    const tools = conditionOf(vm, 'VirtualMachineTools');
    const message = waiting
      ? `Waiting for the first address of ${name}${duration === '' ? '' : ` (${duration})`}`
      : `The guest of ${name} took no address`;
    return [
      found('VMS303', waiting ? 'info' : 'error', 'likely', vm, message, {
        evidence: [
          `powered on; ${primaryText(vm)}`,
          ...(waiting ? [] : [tools === undefined ? 'no condition VirtualMachineTools' : `VirtualMachineTools=${tools.status}`]),
          ...signs,
          ...(linkLocal.length > 0 ? [`its interfaces have only ${linkLocal.join(', ')}, which does not count`] : []),
          ...(assigned.length > 0 ? [`the network assigned ${assigned.join(', ')}`] : []),
        ],
        fix: waiting
          ? []
          : [
              ...(tools === undefined ? [advice('do guest tools (open-vm-tools) run? without them nobody reports an address')] : []),
              advice('look at the console: is there DHCP, and did cloud-init, sysprep or the customization set the network up?'),
              ...commandIn(
                vm.metadata.namespace,
                ['kubectl', 'get', 'vm', name, '-o', 'yaml'],
                'compare status.network.config with its interfaces',
                [name],
              ),
            ],
        follows: ['VMS309', ...leftOut],
      }),
    ];
  },
};
