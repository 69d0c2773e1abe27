import type { KubeObject } from '../../model/object.ts';
import { qualifiedName } from '../../model/resources.ts';
import { conditionOf } from '../../model/virtual-machine.ts';
import { advice, type Fix } from '../finding.ts';
import { commandIn } from './fixes.ts';
import { found } from './found.ts';
import { leftOut } from './left-out.ts';
import { firstAddressGrace, lacksAddress, toolsAreDown, waitingSince } from './missing-address.ts';
import type { VmRule, VmSubject } from './rule.ts';
import { networkDisabledBy, reportedAddresses } from './vm-network.ts';

/** VMS302: the network provider does not make its interface. */
export const networkInterfaceNotReady: VmRule = {
  about: 'vm',
  code: 'VMS302',
  worst: 'error',
  needs: [],
  applies: (subject) =>
    conditionOf(subject.vm, 'VirtualMachineNetworkReady') !== undefined ||
    subject.service.around.providerInterfacesOf(subject.vm).length > 0 ||
    mayLackInterface(subject),
  mayHideIn: (subject) => (mayLackInterface(subject) ? providersLegs : []),
  find: ({ vm, decision, service }) => {
    const condition = conditionOf(vm, 'VirtualMachineNetworkReady');
    const broken = service.around.providerInterfacesOf(vm).filter(({ trouble }) => trouble !== undefined);
    if (condition?.status !== 'False' && (decision.because !== 'NoAddress' || broken.length === 0)) return [];
    const { name } = vm.metadata;
    const said = condition?.message || broken[0]?.trouble;
    return [
      found('VMS302', 'error', 'certain', vm, `The network does not give ${name} an interface${said ? `: ${said}` : ''}`, {
        evidence: [
          ...(condition?.status === 'False'
            ? [`VirtualMachineNetworkReady=False ${condition.reason ?? ''}: ${condition.message ?? ''}`]
            : []),
          ...broken.map(({ object, trouble }) => `${object.kind} ${object.metadata.name}: ${trouble ?? ''}`),
        ],
        fix: [
          advice('addresses or ports have run out: ask the platform owner; the network is not there: mend spec.network'),
          ...describing(broken[0]?.object ?? vm),
        ],
        follows: ['VMS210', 'VMS301', 'VMS303', 'VMS304', 'VMS309', ...leftOut],
      }),
    ];
  },
};

const providersLegs = ['networkInterfaces', 'virtualNetworkInterfaces', 'subnetPorts'] as const;

/** It has had its time, and neither it nor what could be read of the network says why it has no address: the rest of the network may. */
function mayLackInterface(subject: VmSubject): boolean {
  const { vm, service } = subject;
  if (!lacksAddress(subject) || toolsAreDown(vm) || reportedAddresses(vm).length > 0) return false;
  if (conditionOf(vm, 'VirtualMachineNetworkReady') !== undefined || service.around.providerInterfacesOf(vm).length > 0) return false;
  const age = service.around.times.age(waitingSince(vm)) ?? Number.POSITIVE_INFINITY;
  return age >= firstAddressGrace && service.around.missing(providersLegs).length > 0;
}

/** `kubectl describe networkinterface.netoperator.vmware.com/web-1-eth0 -n team-a`. */
function describing(object: KubeObject): readonly Fix[] {
  const { name, namespace } = object.metadata;
  return commandIn(namespace, ['kubectl', 'describe', qualifiedName({ ...object, name })], undefined, [name]);
}

/** VMS314: it was made without a network. */
export const networkingDisabled: VmRule = {
  about: 'vm',
  code: 'VMS314',
  worst: 'error',
  needs: [],
  find: ({ vm, decision }) => {
    const disabled = networkDisabledBy(vm);
    if (disabled === undefined || decision.addresses.length > 0) return [];
    return [
      found('VMS314', 'error', 'certain', vm, `${vm.metadata.name} was made without a network`, {
        ...disabled,
        fix: [advice('give it a network, or take it out of the selector')],
        follows: ['VMS301', 'VMS303', ...leftOut],
      }),
    ];
  },
};
