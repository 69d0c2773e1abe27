import { compareText } from '../../model/text-order.ts';
import type { VirtualMachine } from '../../model/virtual-machine.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { isMeant, type NearMiss, nearMisses } from '../near-miss.ts';
import { asControllerSees, leavesEndpointsAlone } from '../reconcile.ts';
import type { Selector } from '../selector.ts';
import { isSeen, type Leg } from '../snapshot.ts';
import { isClusterMachine } from '../workload-cluster.ts';
import type { World } from '../world.ts';

/** Whom a selector would select now, whom it misses by little, and which services select them already. */
export interface SelectionPreview {
  /** By name. */
  readonly selected: Leg<VirtualMachine>;
  /** By name, machines of workload clusters aside. */
  readonly almost: readonly NearMiss[];
  readonly overlaps: Leg<Overlap>;
  /** Those of the selected that belong to a workload cluster. */
  readonly machines: readonly VirtualMachine[];
}

/** A service that selects some of the same VMs. */
export interface Overlap {
  readonly vmService: VirtualMachineService;
  readonly vms: readonly VirtualMachine[];
}

export function previewSelection(selector: Selector, namespace: string, name: string, world: World): SelectionPreview {
  if ('unavailable' in world.vms) return { selected: world.vms, almost: [], overlaps: { items: [] }, machines: [] };
  const { index } = world.vms;
  const selected = index.select(namespace, selector).toSorted((left, right) => compareText(left.metadata.name, right.metadata.name));
  const own = new Set(selected);
  const others = index.inNamespace(namespace).filter((vm) => !own.has(vm) && !isClusterMachine(vm));
  return {
    selected: { items: selected },
    almost: nearMisses(selector, others)
      .filter((miss) => !isMeant(miss, (label) => world.askingFor(namespace, label).length > 0, selected.length > 0))
      .toSorted((left, right) => compareText(left.vm.metadata.name, right.vm.metadata.name)),
    overlaps: overlapsWith(own, namespace, name, world),
    machines: selected.filter(isClusterMachine),
  };
}

/** The services of a namespace that select any of these VMs, by name. `except` is the service that is asked for. */
export function overlapsWith(vms: ReadonlySet<VirtualMachine>, namespace: string, except: string, world: World): Leg<Overlap> {
  const { vmServices } = world.snapshot;
  if (!isSeen(vmServices)) return vmServices;
  if ('unavailable' in world.vms) return world.vms;
  const { index } = world.vms;
  const items = vmServices.items
    .filter(({ metadata }) => metadata.namespace === namespace && metadata.name !== except)
    .map(asControllerSees)
    .filter((vmService) => !leavesEndpointsAlone(vmService, world.facts.traits))
    .map((vmService) => ({ vmService, vms: index.select(namespace, vmService.spec.selector ?? {}).filter((vm) => vms.has(vm)) }))
    .filter((overlap) => overlap.vms.length > 0)
    .toSorted((left, right) => compareText(left.vmService.metadata.name, right.vmService.metadata.name));
  return { items };
}
