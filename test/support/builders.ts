import type { Condition, ObjectMeta, OwnerReference } from '../../src/model/object.ts';
import type { EndpointPort, EndpointSubset, Endpoints, Service, ServicePort, ServiceSpec } from '../../src/model/service.ts';
import type { ReadinessProbe, VirtualMachine } from '../../src/model/virtual-machine.ts';
import type {
  VirtualMachineService,
  VirtualMachineServicePort,
  VirtualMachineServiceSpec,
} from '../../src/model/virtual-machine-service.ts';
import { frozen } from './frozen.ts';

/** Every version of VM Operator's API, oldest first. */
export const vmOperatorVersions = ['v1alpha1', 'v1alpha2', 'v1alpha3', 'v1alpha4', 'v1alpha5', 'v1alpha6'] as const;
export type VmOperatorVersion = (typeof vmOperatorVersions)[number];

/** When everything was created, unless a test says otherwise: ten days before a test's clock. */
const created = '2026-11-10T12:00:00Z';

/** What any object may be given. The rest of its metadata follows from its kind and name. */
export interface MetaOptions {
  readonly namespace?: string;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly owners?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly createdAt?: string;
  readonly deletedAt?: string;
  readonly resourceVersion?: string;
}

export interface VmOptions extends MetaOptions {
  readonly version?: VmOperatorVersion;
  /** One address, or one of each family. Absent: the guest reported none. */
  readonly ip?: string | readonly string[];
  /** The condition Ready, together with a TCP probe unless `probe` says otherwise. */
  readonly ready?: boolean | 'Unknown';
  /** Of the Ready condition. */
  readonly readyMessage?: string;
  readonly probe?: keyof typeof probes;
  readonly power?: 'on' | 'off' | 'suspended';
  /** Besides Ready. */
  readonly conditions?: readonly Condition[];
  readonly className?: string;
  readonly zone?: string;
  readonly host?: string;
}

/**
 * A VirtualMachine as VM Operator would have it in the given version (`v1alpha6` by default): powered on, without an address and
 * without a probe unless told. All builders return frozen objects, so that code which writes to its input fails.
 */
export function aVm(name: string, options: VmOptions = {}): VirtualMachine {
  const version = options.version ?? 'v1alpha6';
  const probe = probes[options.probe ?? (options.ready === undefined ? 'none' : 'tcp')];
  const readiness = options.ready === undefined ? [] : [readyCondition(options.ready, options.readyMessage ?? '', version)];
  const conditions = [...readiness, ...(options.conditions ?? [])];
  const power = powerOf(options.power ?? 'on', version);
  return frozen({
    apiVersion: `vmoperator.vmware.com/${version}`,
    kind: 'VirtualMachine',
    metadata: metadata('VirtualMachine', name, options),
    spec: {
      className: options.className ?? 'best-effort-small',
      imageName: 'ubuntu-24.04',
      powerState: power,
      ...(probe === undefined ? {} : { readinessProbe: probe }),
    },
    status: {
      powerState: power,
      ...(conditions.length === 0 ? {} : { conditions }),
      ...(options.zone === undefined ? {} : { zone: options.zone }),
      ...(options.host === undefined ? {} : nodeOf(options.host, version)),
      ...addressesOf(typeof options.ip === 'string' ? [options.ip] : (options.ip ?? []), version),
    },
  });
}

export interface VmServiceOptions extends MetaOptions, Omit<Partial<VirtualMachineServiceSpec>, 'ports'> {
  readonly version?: VmOperatorVersion;
  /** `80`, or `80 → 8080` as `[80, 8080]`, or the whole port. One TCP port named http from 80 to 8080 by default. */
  readonly ports?: readonly (number | readonly [port: number, targetPort: number] | VirtualMachineServicePort)[];
  /** Addresses or host names of the load balancer, as published in status. */
  readonly ingress?: readonly string[];
  readonly conditions?: readonly Condition[];
}

/** A VirtualMachineService of type LoadBalancer that selects `app: NAME`, unless told. */
export function aVmService(name: string, options: VmServiceOptions = {}): VirtualMachineService {
  const { type, selector, loadBalancerIP, loadBalancerSourceRanges, clusterIp, externalName, ipFamilies, ipFamilyPolicy } = options;
  const ports = options.ports ?? [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }];
  const status = {
    ...(options.ingress === undefined ? {} : { loadBalancer: loadBalancer(options.ingress) }),
    ...(options.conditions === undefined ? {} : { conditions: options.conditions }),
  };
  return frozen({
    apiVersion: `vmoperator.vmware.com/${options.version ?? 'v1alpha6'}`,
    kind: 'VirtualMachineService',
    metadata: metadata('VirtualMachineService', name, options),
    spec: {
      type: type ?? 'LoadBalancer',
      selector: selector ?? { app: name },
      ports: ports.map(vmServicePort),
      ...(loadBalancerIP === undefined ? {} : { loadBalancerIP }),
      ...(loadBalancerSourceRanges === undefined ? {} : { loadBalancerSourceRanges }),
      ...(clusterIp === undefined ? {} : { clusterIp }),
      ...(externalName === undefined ? {} : { externalName }),
      ...(ipFamilies === undefined ? {} : { ipFamilies }),
      ...(ipFamilyPolicy === undefined ? {} : { ipFamilyPolicy }),
    },
    ...(Object.keys(status).length === 0 ? {} : { status }),
  });
}

export interface ServiceOptions extends MetaOptions, ServiceSpec {
  /** Addresses or host names of the load balancer. */
  readonly ingress?: readonly string[];
}

/** What every Service has for an address that is not given another. */
export const builtAddress = '10.96.0.15';

/** A Service as the API server returns it: defaults filled in, single-stack IPv4, no selector. */
export function aService(name: string, options: ServiceOptions = {}): Service {
  const { namespace, uid, labels, annotations, owners, finalizers, createdAt, deletedAt, resourceVersion, ingress, ...spec } = options;
  const type = spec.type ?? 'LoadBalancer';
  const ports: readonly ServicePort[] = spec.ports ?? [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }];
  const clusterIP = spec.clusterIP ?? builtAddress;
  return frozen({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata('Service', name, options),
    spec: {
      clusterIP,
      clusterIPs: [clusterIP],
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      sessionAffinity: 'None',
      ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: false, externalTrafficPolicy: 'Cluster' } : {}),
      ...spec,
      type,
      ports,
    },
    status: { loadBalancer: ingress === undefined ? {} : loadBalancer(ingress) },
  });
}

export interface EndpointsOptions extends MetaOptions {
  readonly ready?: readonly (VirtualMachine | string)[];
  readonly notReady?: readonly (VirtualMachine | string)[];
  readonly ports?: readonly EndpointPort[];
  /** Instead of the one subset that the three above describe. */
  readonly subsets?: readonly EndpointSubset[];
}

/** Endpoints with one subset of the given VMs (their IPv4 address, with a targetRef) or bare addresses. */
export function someEndpoints(name: string, options: EndpointsOptions = {}): Endpoints {
  const { ready = [], notReady = [], ports = [{ name: 'http', port: 8080, protocol: 'TCP' }] } = options;
  const subset: EndpointSubset = {
    ...(ready.length === 0 ? {} : { addresses: ready.map(endpointAddress) }),
    ...(notReady.length === 0 ? {} : { notReadyAddresses: notReady.map(endpointAddress) }),
    ports,
  };
  const subsets = options.subsets ?? (ready.length + notReady.length === 0 ? [] : [subset]);
  return frozen({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: metadata('Endpoints', name, options),
    ...(subsets.length === 0 ? {} : { subsets }),
  });
}

/** The owner reference that VM Operator's controller writes into its children. */
export function ownedBy(vmService: VirtualMachineService): OwnerReference {
  return {
    apiVersion: vmService.apiVersion,
    kind: 'VirtualMachineService',
    name: vmService.metadata.name,
    uid: vmService.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The uid that an object gets: the same for the same kind, namespace and name, in every run. */
export function uidOf(kind: string, namespace: string, name: string): string {
  const hex = [0, 1, 2, 3].map((salt) => hash(`${salt}/${kind}/${namespace}/${name}`).toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const probes = {
  none: undefined,
  empty: { periodSeconds: 10 },
  tcp: { tcpSocket: { port: 8080 } },
  heartbeat: { guestHeartbeat: { thresholdStatus: 'green' } },
  guestInfo: { guestInfo: [{ key: 'ready', value: 'yes' }] },
} satisfies Record<string, ReadinessProbe | undefined>;

function metadata(kind: string, name: string, options: MetaOptions): ObjectMeta {
  const namespace = options.namespace ?? 'prod';
  return {
    name,
    namespace,
    uid: options.uid ?? uidOf(kind, namespace, name),
    resourceVersion: options.resourceVersion ?? '100',
    creationTimestamp: options.createdAt ?? created,
    ...(options.deletedAt === undefined ? {} : { deletionTimestamp: options.deletedAt }),
    ...(options.labels === undefined ? {} : { labels: options.labels }),
    ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
    ...(options.owners === undefined ? {} : { ownerReferences: options.owners }),
    ...(options.finalizers === undefined ? {} : { finalizers: options.finalizers }),
  };
}

function readyCondition(ready: boolean | 'Unknown', message: string, version: VmOperatorVersion): Condition {
  const status = ready === 'Unknown' ? 'Unknown' : ready ? 'True' : 'False';
  const reason = ready === false ? 'NotReady' : status;
  const told = version === 'v1alpha1' && message === '' ? {} : { message };
  return { type: 'Ready', status, reason, ...told, lastTransitionTime: created };
}

function powerOf(power: 'on' | 'off' | 'suspended', version: VmOperatorVersion): string {
  const spelling = { on: 'PoweredOn', off: 'PoweredOff', suspended: 'Suspended' }[power];
  return version === 'v1alpha1' ? spelling.charAt(0).toLowerCase() + spelling.slice(1) : spelling;
}

function nodeOf(host: string, version: VmOperatorVersion): { host: string } | { nodeName: string } {
  return ['v1alpha1', 'v1alpha2', 'v1alpha3'].includes(version) ? { host } : { nodeName: host };
}

function addressesOf(addresses: readonly string[], version: VmOperatorVersion) {
  if (addresses.length === 0) return {};
  const ip4 = addresses.find((address) => !address.includes(':'));
  const ip6 = addresses.find((address) => address.includes(':'));
  if (version === 'v1alpha1') {
    const vmIp = ip4 ?? ip6;
    return { ...(vmIp === undefined ? {} : { vmIp }), networkInterfaces: [{ connected: true, ipAddresses: addresses.map(withPrefix) }] };
  }
  const interfaces = [{ name: 'eth0', ip: { addresses: addresses.map((address) => ({ address: withPrefix(address) })) } }];
  return {
    network: { ...(ip4 === undefined ? {} : { primaryIP4: ip4 }), ...(ip6 === undefined ? {} : { primaryIP6: ip6 }), interfaces },
  };
}

function withPrefix(address: string): string {
  return `${address}/${address.includes(':') ? 64 : 24}`;
}

function vmServicePort(port: number | readonly [number, number] | VirtualMachineServicePort, index: number): VirtualMachineServicePort {
  if (typeof port !== 'number' && 'port' in port) return port;
  const [from, to] = typeof port === 'number' ? [port, port] : port;
  return { name: index === 0 ? 'http' : `port-${from}`, protocol: 'TCP', port: from, targetPort: to };
}

function loadBalancer(ingress: readonly string[]) {
  return { ingress: ingress.map((entry) => (/^[\d.]+$|:/.test(entry) ? { ip: entry } : { hostname: entry })) };
}

function endpointAddress(target: VirtualMachine | string) {
  if (typeof target === 'string') return { ip: target };
  const { apiVersion, kind, metadata: meta, status } = target;
  const ip = status?.vmIp ?? status?.network?.primaryIP4 ?? status?.network?.primaryIP6;
  if (ip === undefined) throw new Error(`${meta.name} has no address to publish`);
  return { ip, targetRef: { apiVersion, kind, namespace: meta.namespace ?? '', name: meta.name, uid: meta.uid ?? '' } };
}

/** FNV-1a: spread enough for uids that only have to differ. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return value;
}
