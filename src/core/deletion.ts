import { controllerOf, type KubeObject, kindAndName } from '../model/object.ts';
import { type EndpointSlice, type Endpoints, ingressAddresses, type Service } from '../model/service.ts';
import type { VirtualMachineService } from '../model/virtual-machine-service.ts';
import { countTargets } from './endpoint-targets.ts';
import { ownershipOf } from './ownership.ts';
import { planDeletion } from './reconcile.ts';
import { isMirrored } from './slice-manager.ts';
import { isSeen, type Leg, type Unavailable } from './snapshot.ts';
import { type WorkloadClusterUse, workloadClusterOf } from './workload-cluster.ts';
import type { World } from './world.ts';

/** What becomes of a child. VM Operator deletes by name whatever has the name; the garbage collector what is owned. */
export interface DeletedChild {
  readonly child: Service | Endpoints;
  readonly by: 'name' | 'owner';
  /** Nobody owns it, and it goes all the same. */
  readonly unowned: boolean;
}

/** What deleting one VirtualMachineService would come to. */
export type Deletion =
  | {
      readonly kind: 'possible';
      readonly children: readonly DeletedChild[];
      /** What has the name and stays: nobody owns it, and VM Operator does not come to delete by name. */
      readonly staying: readonly (Service | Endpoints)[];
      /** Those that Kubernetes made of the Endpoints, and takes away with them. */
      readonly slices: Leg<EndpointSlice>;
      /** Addresses and host names of the load balancer, which go with the Service. */
      readonly vips: readonly string[];
      /** Under which clients know it: `VIP 10.20.0.15`, or where it has none `cluster IP 10.96.0.15`. */
      readonly addresses: readonly string[];
      /** The address was asked for by the service itself, so that a new one can ask for it again. */
      readonly addressIsFixed: boolean;
      /** VMs that receive traffic through it now. */
      readonly ready: number;
    }
  | { readonly kind: 'ofWorkloadCluster'; readonly use: WorkloadClusterUse }
  /** Deletion is by name, and would take somebody else's object. */
  | { readonly kind: 'takesForeign'; readonly child: KubeObject; readonly owner: string }
  /** Whose the children are could not be looked at. */
  | { readonly kind: 'unseen'; readonly unavailable: Unavailable };

export function deletionOf(vmService: VirtualMachineService, world: World): Deletion {
  const use = workloadClusterOf(vmService);
  if (use !== undefined) return { kind: 'ofWorkloadCluster', use };
  const lookups = [world.service(vmService), world.endpoints(vmService)];
  for (const lookup of lookups) if ('unavailable' in lookup) return { kind: 'unseen', unavailable: lookup.unavailable };
  const found = lookups.flatMap((lookup): (Service | Endpoints)[] => ('found' in lookup ? [lookup.found] : []));
  for (const child of found) {
    const controller = controllerOf(child);
    if (ownershipOf(child, vmService).owner === 'another' && controller !== undefined) {
      return { kind: 'takesForeign', child, owner: kindAndName(controller) };
    }
  }
  const byName = planDeletion(vmService, world.facts.traits).run;
  const children = found.flatMap((child): DeletedChild[] => {
    const unowned = ownershipOf(child, vmService).owner === 'nobody';
    if (byName) return [{ child, by: 'name', unowned }];
    return unowned ? [] : [{ child, by: 'owner', unowned }];
  });
  const staying = found.filter((child) => !children.some((one) => one.child === child));
  const service = lookupFound(world.service(vmService));
  // A Service that stays keeps its addresses.
  const keeps = service !== undefined && staying.includes(service);
  // What the VirtualMachineService's status says may be older than that, and goes with no load balancer.
  const subsets = lookupFound(world.endpoints(vmService))?.subsets ?? [];
  const vips = keeps || service === undefined ? [] : ingressAddresses(service);
  const addresses = keeps ? [] : addressesOf(vmService, service, vips);
  return {
    kind: 'possible',
    children,
    staying,
    slices: children.some(({ child }) => child.kind === 'Endpoints') ? mirroredSlices(world.slices(vmService)) : { items: [] },
    vips,
    addresses,
    addressIsFixed: addresses.length > 0 && addresses.every((address) => address === `VIP ${vmService.spec.loadBalancerIP}`),
    ready: staying.length > 0 && children.length === 0 ? 0 : countTargets(subsets, 'addresses'),
  };
}

function lookupFound<T>(lookup: { readonly found: T } | object): T | undefined {
  return 'found' in lookup ? lookup.found : undefined;
}

function mirroredSlices(slices: Leg<EndpointSlice>): Leg<EndpointSlice> {
  return isSeen(slices) ? { items: slices.items.filter(isMirrored) } : slices;
}

/** Those of the load balancer; without one the cluster IP, which clients of the cluster use. */
function addressesOf({ spec }: VirtualMachineService, service: Service | undefined, vips: readonly string[]): readonly string[] {
  if (spec.type === 'ExternalName') return [];
  if (vips.length > 0) return vips.map((address) => `VIP ${address}`);
  const clusterIP = service?.spec.clusterIP;
  return clusterIP === undefined || clusterIP === '' || clusterIP === 'None' ? [] : [`cluster IP ${clusterIP}`];
}
