import type { KubeObject } from '../model/object.ts';
import { deployments, leases, namespaces, type Resource, resourceQuotas, vmOperatorGroup } from '../model/resources.ts';
import type { Leg } from './snapshot.ts';

/**
 * What stands around services and VMs, and may be the reason why they do not work. Each is optional: a kind may not exist in a
 * cluster, and a user may not look at it.
 */
export const surroundingKinds = {
  namespaces,
  quotas: resourceQuotas,
  networkPolicies: kind('networking.k8s.io', 'NetworkPolicy', 'networkpolicies'),
  // NSX with VPCs, and before them.
  securityPolicies: kind('crd.nsx.vmware.com', 'SecurityPolicy', 'securitypolicies'),
  oldSecurityPolicies: kind('nsx.vmware.com', 'SecurityPolicy', 'securitypolicies'),
  subnetPorts: kind('crd.nsx.vmware.com', 'SubnetPort', 'subnetports'),
  ipAddressAllocations: kind('crd.nsx.vmware.com', 'IPAddressAllocation', 'ipaddressallocations'),
  networkInfos: kind('crd.nsx.vmware.com', 'NetworkInfo', 'networkinfos'),
  // NSX with NCP.
  virtualNetworks: kind('vmware.com', 'VirtualNetwork', 'virtualnetworks'),
  virtualNetworkInterfaces: kind('vmware.com', 'VirtualNetworkInterface', 'virtualnetworkinterfaces'),
  // Distributed switches, with AVI or HAProxy.
  networks: kind('netoperator.vmware.com', 'Network', 'networks'),
  networkInterfaces: kind('netoperator.vmware.com', 'NetworkInterface', 'networkinterfaces'),
  ipPools: kind('netoperator.vmware.com', 'IPPool', 'ippools', false),
  gateways: kind('networking.x-k8s.io', 'Gateway', 'gateways'),
  // Those that make VMs.
  replicaSets: kind(vmOperatorGroup, 'VirtualMachineReplicaSet', 'virtualmachinereplicasets'),
  clusters: kind('vmware.infrastructure.cluster.x-k8s.io', 'VSphereCluster', 'vsphereclusters'),
  // VM Operator itself, in its own namespace.
  operatorLeases: leases,
  operatorDeployments: deployments,
} as const satisfies Readonly<Record<string, Resource>>;

export type SurroundingName = keyof typeof surroundingKinds;

/** Each kind as it was seen, or why it was not; a kind that the server does not have was seen to be nowhere. */
export type Surroundings = Readonly<Record<SurroundingName, Leg<KubeObject>>>;

/** For commands that have no use for them. */
export function surroundingsNotAsked(namespace: string | undefined): Surroundings {
  return surroundingsOf((_, { group, plural }) => ({
    unavailable: { verb: 'list', resource: plural, group, namespace, because: 'NotAsked', message: '' },
  }));
}

/** One leg for each kind. */
export function surroundingsOf(leg: (name: SurroundingName, resource: Resource) => Leg<KubeObject>): Surroundings {
  const of = (name: SurroundingName) => leg(name, surroundingKinds[name]);
  return {
    namespaces: of('namespaces'),
    quotas: of('quotas'),
    networkPolicies: of('networkPolicies'),
    securityPolicies: of('securityPolicies'),
    oldSecurityPolicies: of('oldSecurityPolicies'),
    subnetPorts: of('subnetPorts'),
    ipAddressAllocations: of('ipAddressAllocations'),
    networkInfos: of('networkInfos'),
    virtualNetworks: of('virtualNetworks'),
    virtualNetworkInterfaces: of('virtualNetworkInterfaces'),
    networks: of('networks'),
    networkInterfaces: of('networkInterfaces'),
    ipPools: of('ipPools'),
    gateways: of('gateways'),
    replicaSets: of('replicaSets'),
    clusters: of('clusters'),
    operatorLeases: of('operatorLeases'),
    operatorDeployments: of('operatorDeployments'),
  };
}

/** Every name, in a fixed order. */
export const surroundingNames: readonly SurroundingName[] = [
  'namespaces',
  'quotas',
  'networkPolicies',
  'securityPolicies',
  'oldSecurityPolicies',
  'subnetPorts',
  'ipAddressAllocations',
  'networkInfos',
  'virtualNetworks',
  'virtualNetworkInterfaces',
  'networks',
  'networkInterfaces',
  'ipPools',
  'gateways',
  'replicaSets',
  'clusters',
  'operatorLeases',
  'operatorDeployments',
];

function kind(group: string, name: string, plural: string, namespaced = true): Resource {
  return { group, kind: name, plural, singular: name.toLowerCase(), shortNames: [], namespaced };
}
