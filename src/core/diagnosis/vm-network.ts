import { jsonOf, type KubeObject } from '../../model/object.ts';
import { conditionsOf, listAt, mapAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import { networkInterfaces, primaryAddresses, type VirtualMachine } from '../../model/virtual-machine.ts';
import { type Cidr, parseCidr } from '../ip-address.ts';
import { itemsOf } from '../snapshot.ts';
import type { Around } from './subject.ts';

/** One interface as the guest reports it. */
export interface ReportedInterface {
  readonly name: string;
  /** Usable ones, without prefix. */
  readonly addresses: readonly string[];
}

/** The interfaces of a VM that have addresses somebody could connect to. */
export function reportedInterfaces(vm: VirtualMachine): readonly ReportedInterface[] {
  return networkInterfaces(vm).map(({ name, addresses }) => ({ name, addresses: addresses.filter(isUsable) }));
}

/** Addresses that the guest reports on its interfaces and that could be used. */
export function reportedAddresses(vm: VirtualMachine): readonly string[] {
  return reportedInterfaces(vm).flatMap(({ addresses }) => addresses);
}

/** Those that the guest gave itself for want of any other. */
export function linkLocalAddresses(vm: VirtualMachine): readonly string[] {
  return rawAddresses(vm)
    .flat()
    .filter((address) => /^(169\.254\.|fe80:)/i.test(address));
}

/** The networks of the interfaces' addresses, as far as they came with a prefix. */
export function reportedNetworks(vm: VirtualMachine): readonly Cidr[] {
  return rawAddresses(vm)
    .flat()
    .flatMap((text) => (isUsable(text.split('/', 1)[0] ?? '') ? (parseCidr(text) ?? []) : []));
}

function rawAddresses(vm: VirtualMachine): readonly (readonly string[])[] {
  const old = vm.status?.networkInterfaces;
  if (old !== undefined) return old.map(({ ipAddresses = [] }) => ipAddresses);
  return (vm.status?.network?.interfaces ?? []).map((nic) => (nic.ip?.addresses ?? []).map(({ address = '' }) => address));
}

/** Not loopback, link-local, unspecified or multicast: VM Operator ignores those, too. */
function isUsable(address: string): boolean {
  return /^[\da-f.:]+$/i.test(address) && !/^(127\.|169\.254\.|224\.0\.0\.|0\.0\.0\.0$|::1?$|fe[89ab][\da-f]:|ff02:)/i.test(address);
}

/** What the network provider keeps of a VM, and says of it. */
export interface ProviderInterface {
  readonly object: KubeObject;
  readonly addresses: readonly string[];
  /** `Ready=False Failure: no free address`; undefined where nothing is wrong. */
  readonly trouble: string | undefined;
}

/** The objects of the network provider for a VM's interfaces, by their owner or their name; empty where they could not be looked at. */
export function providerInterfaces(vm: VirtualMachine, { surroundings }: Around): readonly ProviderInterface[] {
  const all = [surroundings.networkInterfaces, surroundings.virtualNetworkInterfaces, surroundings.subnetPorts].flatMap(itemsOf);
  return all.filter((object) => isOf(object, vm)).map((object) => ({ object, addresses: addressesOf(object), trouble: troubleOf(object) }));
}

function isOf({ metadata }: KubeObject, vm: VirtualMachine): boolean {
  if (metadata.namespace !== vm.metadata.namespace) return false;
  const owners = metadata.ownerReferences ?? [];
  if (owners.some((owner) => owner.kind === 'VirtualMachine' && owner.name === vm.metadata.name)) return true;
  return owners.length === 0 && (metadata.name === vm.metadata.name || metadata.name.startsWith(`${vm.metadata.name}-`));
}

function troubleOf(object: KubeObject): string | undefined {
  const conditions = conditionsOf(object);
  const failure = conditions.find(({ type, status }) => type === 'Failure' && status === 'True');
  const condition = failure ?? conditions.find(({ type, status }) => type === 'Ready' && status !== 'True');
  return condition === undefined ? undefined : `${condition.type}=${condition.status} ${condition.reason}: ${condition.message}`;
}

function addressesOf(object: KubeObject): readonly string[] {
  const configs = [
    ...listAt(mapAt(jsonOf(object), 'status'), 'ipConfigs'),
    ...listAt(mapAt(jsonOf(object), 'status'), 'ipAddresses'),
    ...listAt(mapAt(jsonOf(object), 'status', 'networkInterfaceConfig'), 'ipAddresses'),
  ];
  return configs.flatMap((config) => {
    if (!isMap(config)) return [];
    const text = config['ip'] ?? config['ipAddress'];
    return typeof text === 'string' && text !== '' ? [text.split('/', 1)[0] ?? ''] : [];
  });
}

/** The names of the networks that a VM asks for; empty for the namespace's own. */
export function networkNames(vm: VirtualMachine): readonly string[] {
  const interfaces = [
    ...listAt(mapAt(jsonOf(vm), 'spec', 'network'), 'interfaces'),
    ...listAt(mapAt(jsonOf(vm), 'spec'), 'networkInterfaces'),
  ];
  return interfaces.flatMap((nic) => {
    if (!isMap(nic)) return [];
    const network = nic['network'];
    const name = isMap(network) ? network['name'] : nic['networkName'];
    return typeof name === 'string' && name !== '' ? [name] : [];
  });
}

/** What says that a VM was made without a network on purpose; undefined where nothing does. */
export function networkDisabledBy(vm: VirtualMachine): { readonly field: string; readonly evidence: readonly string[] } | undefined {
  if (mapAt(jsonOf(vm), 'spec', 'network').disabled === true)
    return { field: 'spec.network.disabled', evidence: ['spec.network.disabled: true'] };
  const none =
    listAt(mapAt(jsonOf(vm), 'spec'), 'networkInterfaces').length === 0 &&
    listAt(mapAt(jsonOf(vm), 'spec', 'network'), 'interfaces').length === 0;
  const key = 'vmoperator.vmware.com/no-default-nic';
  const value = vm.metadata.annotations?.[key];
  if (value === undefined || !none) return undefined;
  return { field: `metadata.annotations[${key}]`, evidence: [`annotation ${key}: ${value}, and no interface in its spec`] };
}

/** `primaryIP4 10.1.0.13, primaryIP6 <none>`, in the words of the version. */
export function primaryText(vm: VirtualMachine): string {
  const { ip4, ip6 } = primaryAddresses(vm);
  if (vm.apiVersion.endsWith('/v1alpha1')) return `status.vmIp ${ip4 ?? ip6 ?? '<none>'}`;
  return `status.network.primaryIP4 ${ip4 ?? '<none>'}, primaryIP6 ${ip6 ?? '<none>'}`;
}

/** What Docker, Podman and libvirt give to the bridge that they make inside a machine, unless told otherwise: nobody else can reach it. */
const bridges = ['172.17.0.1', '10.88.0.1', '192.168.122.1'];

/** Whether an address of a VM is that of a bridge inside it, beside which it has another. */
export function isOwnBridge(vm: VirtualMachine, address: string): boolean {
  return bridges.includes(address) && reportedAddresses(vm).some((other) => other !== address);
}
