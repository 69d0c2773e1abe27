import type { KubeObject } from '../../model/object.ts';
import { type Endpoints, ingressAddresses, type Service } from '../../model/service.ts';
import { compareText } from '../../model/text-order.ts';
import type { VirtualMachine } from '../../model/virtual-machine.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { itemsOf } from '../snapshot.ts';
import type { Surroundings } from '../surroundings.ts';
import { workloadClusterOf } from '../workload-cluster.ts';
import type { World } from '../world.ts';

/** What stands in one namespace; what is read of it by every service is put together once. */
export interface NamespaceContents {
  readonly vmServices: readonly VirtualMachineService[];
  readonly services: readonly Service[];
  readonly endpoints: readonly Endpoints[];
  /** Its Services of type LoadBalancer. */
  readonly balancers: readonly Service[];
  /** Those of them that have an address. */
  readonly addressed: readonly Service[];
  /** VirtualMachineServices of people that ask for a load balancer and have nobody behind it, the oldest first. */
  readonly idle: readonly VirtualMachineService[];
  readonly policies: readonly KubeObject[];
  /** A VirtualMachineReplicaSet made one of its VMs. */
  readonly hasMadeVms: boolean;
}

interface Groups {
  readonly vmServices: ReadonlyMap<string, readonly VirtualMachineService[]>;
  readonly services: ReadonlyMap<string, readonly Service[]>;
  readonly endpoints: ReadonlyMap<string, readonly Endpoints[]>;
  readonly policies: ReadonlyMap<string, readonly KubeObject[]>;
}

/** Grouped when somebody first asks: a thousand namespaces do not go through all objects a thousand times. */
export function namespaceIndex(
  world: World,
  { securityPolicies, oldSecurityPolicies }: Surroundings,
): (namespace: string | undefined) => NamespaceContents {
  const { vmServices, services, endpoints } = world.snapshot;
  let groups: Groups | undefined;
  const group = (): Groups => ({
    vmServices: byNamespace(itemsOf(vmServices)),
    services: byNamespace(itemsOf(services)),
    endpoints: byNamespace(itemsOf(endpoints)),
    policies: byNamespace([...itemsOf(securityPolicies), ...itemsOf(oldSecurityPolicies)]),
  });
  const known = new Map<string, NamespaceContents>();
  return (namespace = '') => {
    groups ??= group();
    const contents = known.get(namespace) ?? contentsOf(world, namespace, groups);
    known.set(namespace, contents);
    return contents;
  };
}

function contentsOf(world: World, namespace: string, groups: Groups): NamespaceContents {
  const vmServices = groups.vmServices.get(namespace) ?? [];
  const services = groups.services.get(namespace) ?? [];
  const balancers = services.filter(({ spec }) => spec.type === 'LoadBalancer');
  return {
    vmServices,
    services,
    endpoints: groups.endpoints.get(namespace) ?? [],
    policies: groups.policies.get(namespace) ?? [],
    balancers,
    addressed: balancers.filter((service) => ingressAddresses(service).length > 0),
    idle: vmServices
      .filter((vmService) => vmService.spec.type === 'LoadBalancer' && workloadClusterOf(vmService) === undefined)
      .filter((vmService) => isIdle(world.endpoints(vmService)))
      .toSorted((left, right) => compareText(left.metadata.creationTimestamp ?? '', right.metadata.creationTimestamp ?? '')),
    hasMadeVms: 'index' in world.vms && world.vms.index.inNamespace(namespace).some(isMade),
  };
}

function isMade({ metadata }: VirtualMachine): boolean {
  return (metadata.ownerReferences ?? []).some(({ kind }) => kind === 'VirtualMachineReplicaSet');
}

function isIdle(lookup: ReturnType<World['endpoints']>): boolean {
  return 'missing' in lookup || ('found' in lookup && (lookup.found.subsets ?? []).every(({ addresses = [] }) => addresses.length === 0));
}

function byNamespace<T extends KubeObject>(objects: readonly T[]): ReadonlyMap<string, readonly T[]> {
  return Map.groupBy(objects, ({ metadata }) => metadata.namespace ?? '');
}
