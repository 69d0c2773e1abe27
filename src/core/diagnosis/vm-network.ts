import { jsonOf, type KubeObject } from '../../model/object.ts';
import { conditionsOf, listAt, mapAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import { networkInterfaces, primaryAddresses, type VirtualMachine } from '../../model/virtual-machine.ts';
import { type Cidr, parseCidr } from '../ip-address.ts';
import { lazyIndex } from '../lazy-index.ts';
import { itemsOf } from '../snapshot.ts';
import type { Surroundings } from '../surroundings.ts';

/** One interface as the guest reports it. */
export interface ReportedInterface {
  readonly name: string;
  /** Usable ones, without prefix. */
  readonly addresses: readonly string[];
}

/** The interfaces of a VM that have addresses somebody could connect to: several rules ask for them. */
export function reportedInterfaces(vm: VirtualMachine): readonly ReportedInterface[] {
  const known = reported.get(vm) ?? networkInterfaces(vm).map(({ name, addresses }) => ({ name, addresses: addresses.filter(isUsable) }));
  reported.set(vm, known);
  return known;
}

const reported = new WeakMap<VirtualMachine, readonly ReportedInterface[]>();

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

/**
 * The objects of the network provider for the interfaces of each VM, by their owner or, without one, by their name, which begins with the
 * VM's; none where they could not be looked at. Indexed when somebody first asks: there are as many of them as of VMs.
 */
export function providerInterfaceIndex(surroundings: Surroundings): (vm: VirtualMachine) => readonly ProviderInterface[] {
  const keyOf = (namespace: string | undefined, name: string) => `${namespace ?? ''}/${name}`;
  const interfaces = lazyIndex(() =>
    [surroundings.networkInterfaces, surroundings.virtualNetworkInterfaces, surroundings.subnetPorts].flatMap(itemsOf).flatMap((object) => {
      const made: ProviderInterface = { object, addresses: addressesOf(object), trouble: troubleOf(object) };
      return [...vmNamesOf(object)].map((name) => [keyOf(object.metadata.namespace, name), made] as const);
    }),
  );
  return ({ metadata }) => interfaces(keyOf(metadata.namespace, metadata.name));
}

/** The VMs that it may be an interface of: `web-1-eth0` is one of `web-1-eth0`, `web-1` or `web`. */
function vmNamesOf({ metadata: { name, ownerReferences: owners = [] } }: KubeObject): ReadonlySet<string> {
  if (owners.length > 0) return new Set(owners.filter(({ kind }) => kind === 'VirtualMachine').map((owner) => owner.name));
  const words = name.split('-');
  return new Set(words.map((_, at) => words.slice(0, at + 1).join('-')));
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
