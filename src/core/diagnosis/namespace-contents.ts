import type { KubeObject } from '../../model/object.ts';
import { type Endpoints, ingressAddresses, type Service } from '../../model/service.ts';
import { compareText } from '../../model/text-order.ts';
import type { VirtualMachine } from '../../model/virtual-machine.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { itemsOf } from '../snapshot.ts';
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
  /** A VirtualMachineReplicaSet made one of its VMs. */
  readonly hasMadeVms: boolean;
}

/** Grouped when somebody first asks: a thousand namespaces do not go through all objects a thousand times. */
export function namespaceIndex(world: World): (namespace: string | undefined) => NamespaceContents {
  const { vmServices, services, endpoints } = world.snapshot;
  let groups: ReturnType<typeof group> | undefined;
  const group = () => ({
    vmServices: byNamespace(itemsOf(vmServices)),
    services: byNamespace(itemsOf(services)),
    endpoints: byNamespace(itemsOf(endpoints)),
  });
  const known = new Map<string, NamespaceContents>();
  return (namespace = '') => {
    groups ??= group();
    const contents =
      known.get(namespace) ??
      contentsOf(world, namespace, groups.vmServices.get(namespace), groups.services.get(namespace), groups.endpoints.get(namespace));
    known.set(namespace, contents);
    return contents;
  };
}

function contentsOf(
  world: World,
  namespace: string,
  vmServices: readonly VirtualMachineService[] = [],
  services: readonly Service[] = [],
  endpoints: readonly Endpoints[] = [],
): NamespaceContents {
  const balancers = services.filter(({ spec }) => spec.type === 'LoadBalancer');
  return {
    vmServices,
    services,
    endpoints,
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
