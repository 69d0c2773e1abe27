import { primaryAddresses } from '../../model/virtual-machine.ts';
import { fewNames } from '../few-names.ts';
import { advice } from '../finding.ts';
import { contains, type IpAddress, parseIp } from '../ip-address.ts';
import { found } from './found.ts';
import { leftOut } from './left-out.ts';
import { lacksAddress } from './missing-address.ts';
import type { VmRule, VmSubject } from './rule.ts';
import { isOwnBridge, primaryText, reportedAddresses, reportedInterfaces, reportedNetworks } from './vm-network.ts';

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
      const several = reportedAddresses(vm).length > 1;
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
    const elsewhere = onAnotherNetwork(subject, listed);
    return elsewhere.length > 0 ? elsewhere : onBridgeOfItsOwn(subject, listed);
  },
};

/** Its primary address is that of a bridge for containers or VMs inside it, while an interface has another. */
function onBridgeOfItsOwn({ vm, decision }: VmSubject, listed: readonly string[]) {
  const [own] = decision.addresses;
  if (own === undefined || !isOwnBridge(vm, own)) return [];
  return [
    found('VMS304', 'warning', 'likely', vm, `The primary address of ${vm.metadata.name} looks like that of a bridge inside it: ${own}`, {
      evidence: [`its interfaces: ${listed.join('; ')}`, primaryText(vm)],
      why: `only the primary address counts; ${own} is what Docker, Podman or libvirt give to a bridge of their own, which nobody outside reaches`,
      fix: [
        advice('leave the bridges of containers and VPNs out of what the tools report (tools.conf), or give the bridge another address'),
      ],
    }),
  ];
}

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

/** VMS306: its address is one that it no longer has. */
export const primaryAddressStale: VmRule = {
  about: 'vm',
  code: 'VMS306',
  worst: 'warning',
  needs: [],
  applies: ({ vm, service }) => reportedAddresses(vm).length > 0 || service.around.providerInterfacesOf(vm).length > 0,
  find: ({ vm, service }) => {
    const { ip4, ip6 } = primaryAddresses(vm);
    const own = [ip4, ip6].filter((ip) => ip !== undefined);
    const listed = reportedAddresses(vm);
    const assigned = service.around.providerInterfacesOf(vm).flatMap(({ addresses }) => addresses);
    const notListed = own.filter((ip) => isAbsent(ip, listed));
    const notAssigned = own.filter((ip) => isAbsent(ip, assigned) && !isAmong(ip, listed));
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

/** Others of its family are there, and it is not: of a family that nobody tells of, nothing is known. */
function isAbsent(address: string, among: readonly string[]): boolean {
  if (among.length === 0 || isAmong(address, among)) return false;
  const family = parseIp(address)?.family;
  return among.some((other) => parseIp(other)?.family === family);
}

/** However it is written: an IPv6 address may be written in many ways. */
function isAmong(address: string, among: readonly string[]): boolean {
  if (among.includes(address)) return true;
  const ip = parseIp(address);
  return ip !== undefined && among.some((text) => isSameIp(ip, parseIp(text)));
}

function isSameIp(ip: IpAddress, other: IpAddress | undefined): boolean {
  return other?.family === ip.family && other.value === ip.value;
}
