import type { KubeObject } from '../../model/object.ts';
import { qualifiedName } from '../../model/resources.ts';
import { conditionOf, observedPower, primaryAddresses, type VirtualMachine } from '../../model/virtual-machine.ts';
import { fewNames } from '../few-names.ts';
import { advice, type Fix } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import { contains, parseIp } from '../ip-address.ts';
import { commandIn } from './fixes.ts';
import { found } from './found.ts';
import { hasService } from './questions.ts';
import type { VmRule, VmSubject } from './rule.ts';
import { isNetworkDisabled, networkNames, primaryText, providerInterfaces, reportedInterfaces, reportedNetworks } from './vm-network.ts';

/** First boot, cloud-init and sysprep take their time. Seconds. */
const addressGrace = 300;

/** What follows where a VM is left out; it explains something only where no other VM is an endpoint. */
const leftOut: readonly FindingCode[] = ['VMS501', 'VMS505', 'VMS614'];

/** It exists and runs, nobody disabled its network, and it has no address. */
function lacksAddress({ vm, decision }: VmSubject): boolean {
  return decision.because === 'NoAddress' && observedPower(vm) === 'PoweredOn' && !isNetworkDisabled(vm);
}

function toolsAreDown(vm: VirtualMachine): boolean {
  const tools = conditionOf(vm, 'VirtualMachineTools');
  return tools !== undefined && (tools.status === 'False' || (tools.status === 'Unknown' && tools.reason === 'NoGuestInfo'));
}

function networkIsReady(vm: VirtualMachine): boolean {
  return conditionOf(vm, 'VirtualMachineNetworkReady')?.status !== 'False';
}

/** Addresses that the guest reports on its interfaces and that could be used. */
function reported(vm: VirtualMachine): readonly string[] {
  return reportedInterfaces(vm).flatMap(({ addresses }) => addresses);
}

/** When its waiting for an address began, as far as anything tells. */
function waitingSince(vm: VirtualMachine): string | undefined {
  const tools = conditionOf(vm, 'VirtualMachineTools')?.lastTransitionTime;
  return tools ?? conditionOf(vm, 'VirtualMachinePowerStateSynced')?.lastTransitionTime ?? vm.metadata.creationTimestamp;
}

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
    const waiting = (times.age(tools?.lastTransitionTime) ?? Number.POSITIVE_INFINITY) < addressGrace;
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

/** VMS302: the network provider does not make its interface. */
export const networkInterfaceNotReady: VmRule = {
  about: 'vm',
  code: 'VMS302',
  worst: 'error',
  needs: [],
  applies: (subject) =>
    conditionOf(subject.vm, 'VirtualMachineNetworkReady') !== undefined ||
    providerInterfaces(subject.vm, subject.service.around).length > 0 ||
    mayLackInterface(subject),
  mayHideIn: (subject) => (mayLackInterface(subject) ? providersLegs : []),
  find: ({ vm, decision, service }) => {
    const condition = conditionOf(vm, 'VirtualMachineNetworkReady');
    const broken = providerInterfaces(vm, service.around).filter(({ trouble }) => trouble !== undefined);
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
  if (!lacksAddress(subject) || toolsAreDown(vm) || reported(vm).length > 0) return false;
  if (conditionOf(vm, 'VirtualMachineNetworkReady') !== undefined || providerInterfaces(vm, service.around).length > 0) return false;
  const age = service.around.times.age(waitingSince(vm)) ?? Number.POSITIVE_INFINITY;
  return age >= addressGrace && service.around.missing(providersLegs).length > 0;
}

/** `kubectl describe networkinterface.netoperator.vmware.com/web-1-eth0 -n team-a`. */
function describing(object: KubeObject): readonly Fix[] {
  const { name, namespace } = object.metadata;
  return commandIn(namespace, ['kubectl', 'describe', qualifiedName({ ...object, name })], undefined, [name]);
}

/** VMS303: the guest runs, and took no address. */
export const guestTookNoAddress: VmRule = {
  about: 'vm',
  code: 'VMS303',
  worst: 'error',
  needs: [],
  applies: lacksAddress,
  find: ({ vm, service }) => {
    if (toolsAreDown(vm) || !networkIsReady(vm) || reported(vm).length > 0) return [];
    const { times } = service.around;
    const { name } = vm.metadata;
    const begun = waitingSince(vm);
    const waiting = (times.age(begun) ?? Number.POSITIVE_INFINITY) < addressGrace;
    const duration = times.since(begun);
    const assigned = providerInterfaces(vm, service.around).flatMap(({ addresses }) => addresses);
    const signs = ['VirtualMachineGuestNetworkConfigSynced', 'GuestCustomization', 'GuestBootstrap'].flatMap((type) => {
      const condition = conditionOf(vm, type);
      return condition?.status === 'False'
        ? [`${type}=False ${condition.reason ?? ''}${condition.message ? `: ${condition.message}` : ''}`]
        : [];
    });
    const linkLocal = linkLocalOf(vm);
    const message = waiting
      ? `Waiting for the first address of ${name}${duration === '' ? '' : ` (${duration})`}`
      : `The guest of ${name} took no address`;
    return [
      found('VMS303', waiting ? 'info' : 'error', 'likely', vm, message, {
        evidence: [
          `powered on; ${primaryText(vm)}`,
          ...signs,
          ...(linkLocal.length > 0 ? [`its interfaces have only ${linkLocal.join(', ')}, which does not count`] : []),
          ...(assigned.length > 0 ? [`the network assigned ${assigned.join(', ')}`] : []),
        ],
        fix: waiting
          ? []
          : [
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

function linkLocalOf(vm: VirtualMachine): readonly string[] {
  const raw = vm.status?.network?.interfaces?.flatMap((nic) => (nic.ip?.addresses ?? []).map(({ address = '' }) => address)) ?? [];
  return raw.filter((address) => /^(169\.254\.|fe80:)/i.test(address));
}

/** VMS304: several interfaces or addresses, and none, or the wrong one, is the primary. */
export const primaryAddressAmbiguous: VmRule = {
  about: 'vm',
  code: 'VMS304',
  worst: 'error',
  needs: [],
  applies: (subject) => reportedInterfaces(subject.vm).length > 1 || lacksAddress(subject),
  find: (subject) => {
    const { vm } = subject;
    const { name } = vm.metadata;
    const interfaces = reportedInterfaces(vm);
    if (interfaces.length < 2 && !lacksAddress(subject)) return [];
    const listed = interfaces.filter(({ addresses }) => addresses.length > 0).map((nic) => `${nic.name} ${nic.addresses.join(', ')}`);
    if (lacksAddress(subject) && listed.length > 0) {
      const several = reported(vm).length > 1;
      return [
        found('VMS304', 'error', 'certain', vm, `${name} has addresses, but none is its primary one`, {
          evidence: [`its interfaces: ${listed.join('; ')}`, primaryText(vm)],
          why: `only the primary address counts${several ? ', and with several VM Operator may choose none' : ''}; there is no way to choose the interface`,
          fix: [
            advice('make the interface of the service the first one with the default route, and drop addresses that are not needed'),
            advice('leave the bridges of containers and VPNs out of what the tools report (tools.conf)'),
          ],
          follows: ['VMS301', 'VMS303', ...leftOut],
        }),
      ];
    }
    return onAnotherNetwork(subject, listed);
  },
};

/** Its primary address is on another network than those of the other endpoints, while an address of its is on theirs. */
function onAnotherNetwork({ vm, decision, service }: VmSubject, listed: readonly string[]) {
  const [own] = decision.addresses;
  const interfaces = reportedInterfaces(vm);
  if (own === undefined || interfaces.length < 2) return [];
  const others = service.decisions.filter((other) => other.vm !== vm && other.addresses.length > 0);
  const networks = reportedNetworks(vm);
  const holds = (address: string, among: typeof networks) => {
    const ip = parseIp(address);
    return ip !== undefined && among.some((network) => contains(network, ip));
  };
  const withOwn = networks.filter((network) => holds(own, [network]));
  const beside = networks.filter((network) => !holds(own, [network]));
  if (others.length < 2 || withOwn.length === 0) return [];
  const near = others.filter((other) => other.addresses.some((address) => holds(address, withOwn))).length;
  const far = others.filter((other) => other.addresses.some((address) => holds(address, beside))).length;
  if (near > 0 || far < others.length) return [];
  return [
    found('VMS304', 'warning', 'likely', vm, `The primary address of ${vm.metadata.name} is not on the network of the other endpoints`, {
      evidence: [
        `its interfaces: ${listed.join('; ')}`,
        primaryText(vm),
        `the others: ${fewNames(
          others.flatMap(({ addresses }) => addresses),
          4,
        )}`,
      ],
      why: 'only the primary address counts; there is no way to choose the interface',
      fix: [advice('make the interface of the service the first one with the default route')],
    }),
  ];
}

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
    const only = ip4 === undefined ? `IPv6 (${ip6 ?? ''})` : `IPv4 (${ip4})`;
    const [lacking, has] = ip4 === undefined ? ['IPv4', 'IPv6'] : ['IPv6', 'IPv4'];
    const message = `${vm.metadata.name} has only ${only}; Service ${name} takes only ${families.join(' and ')}`;
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

/** VMS306: its address is one that it no longer has. */
export const primaryAddressStale: VmRule = {
  about: 'vm',
  code: 'VMS306',
  worst: 'warning',
  needs: [],
  applies: ({ vm, service }) => reported(vm).length > 0 || providerInterfaces(vm, service.around).length > 0,
  find: ({ vm, service }) => {
    const { ip4, ip6 } = primaryAddresses(vm);
    const own = [ip4, ip6].filter((ip) => ip !== undefined);
    const listed = reported(vm);
    const assigned = providerInterfaces(vm, service.around).flatMap(({ addresses }) => addresses);
    const notListed = listed.length > 0 ? own.filter((ip) => !listed.includes(ip)) : [];
    const notAssigned = assigned.length > 0 ? own.filter((ip) => !assigned.includes(ip) && !listed.includes(ip)) : [];
    const stale = notListed.length > 0 ? notListed : notAssigned;
    if (stale.length === 0) return [];
    return [
      found('VMS306', 'warning', 'likely', vm, `The address ${stale.join(', ')} of ${vm.metadata.name} may be one that it no longer has`, {
        evidence: [
          primaryText(vm),
          ...(listed.length > 0 ? [`its interfaces: ${listed.join(', ')}`] : []),
          ...(assigned.length > 0 ? [`the network assigned ${assigned.join(', ')}`] : []),
        ],
        fix: [advice('restart the guest tools or the VM; where cloud-init published the old address, mend its data source')],
      }),
    ];
  },
};

/** VMS307: two VMs say that they have it. */
export const addressDuplicated: VmRule = {
  about: 'vm',
  code: 'VMS307',
  worst: 'error',
  needs: [],
  applies: ({ vm, decision }) => observedPower(vm) === 'PoweredOn' && decision.addresses.length > 0,
  find: ({ vm, decision, service }) => {
    if (observedPower(vm) !== 'PoweredOn') return [];
    const others = decision.addresses.flatMap((address) =>
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
      found('VMS307', 'error', 'likely', vm, `${vm.metadata.name} and ${names.join(', ')} have the same address ${first.address}`, {
        evidence: [`${first.address}: ${[vm.metadata.name, ...names].join(', ')}, all powered on`],
        why: 'connections end at whichever answers first; clones with a fixed address are the usual reason',
        fix: [advice('give one of them another address')],
      }),
    ];
  },
};

/** Different networks may use the same private addresses. */
function mayShareNetwork(left: VirtualMachine, right: VirtualMachine): boolean {
  const [own, theirs] = [networkNames(left), networkNames(right)];
  return own.length === 0 || theirs.length === 0 ? own.length === theirs.length : own.some((name) => theirs.includes(name));
}

/** VMS314: it was made without a network. */
export const networkingDisabled: VmRule = {
  about: 'vm',
  code: 'VMS314',
  worst: 'error',
  needs: [],
  find: ({ vm, decision }) => {
    if (!isNetworkDisabled(vm) || decision.addresses.length > 0) return [];
    return [
      found('VMS314', 'error', 'certain', vm, `${vm.metadata.name} was made without a network`, {
        field: 'spec.network.disabled',
        evidence: ['spec.network.disabled: true, or the annotation vmoperator.vmware.com/no-default-nic and no interface'],
        fix: [advice('give it a network, or take it out of the selector')],
        follows: ['VMS301', 'VMS303', ...leftOut],
      }),
    ];
  },
};
