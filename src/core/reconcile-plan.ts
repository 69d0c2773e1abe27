import { type Endpoints, endpointsOf, ingressAddresses, type Service, serviceOf } from '../model/service.ts';
import type { VirtualMachineService } from '../model/virtual-machine-service.ts';
import { type EndpointsChange, endpointsChange } from './endpoint-changes.ts';
import { type PlannedStep, plannedStep } from './planned-step.ts';
import { changes, type ReconcileItem, type Step } from './step.ts';
import type { World } from './world.ts';

/** What a dry run found for one VirtualMachineService, with the reasons behind it. */
export interface ReconcilePlan {
  readonly vmService: VirtualMachineService;
  readonly item: ReconcileItem;
  readonly steps: readonly PlannedStep[];
  /** Undefined where the Endpoints stay as they are, go, or could not be planned. */
  readonly endpoints: EndpointsChange | undefined;
  /** Ports of the Service that clients can no longer use, and those that are new. */
  readonly portsLost: readonly number[];
}

export function reconcilePlan(vmService: VirtualMachineService, item: ReconcileItem, world: World): ReconcilePlan {
  const service = item.steps.find(({ ref }) => ref.kind === 'Service');
  const endpoints = item.steps.find(({ ref }) => ref.kind === 'Endpoints');
  return {
    vmService,
    item,
    steps: item.steps.map(plannedStep),
    endpoints: service && endpoints && changes(endpoints) ? changeOf(vmService, service, endpoints, world) : undefined,
    portsLost: service === undefined ? [] : portsLost(service),
  };
}

/** How many objects would change, and how many would not. */
export function countObjects(items: readonly ReconcileItem[]): { readonly changed: number; readonly unchanged: number } {
  const steps = items.flatMap((item) => item.steps);
  const changed = steps.filter(changes).length;
  return { changed, unchanged: steps.length - changed };
}

/** Whether a load balancer gives the Service its address after it was written, which goes into the status then: no plan can know it. */
export function awaitsAddress({ item }: ReconcilePlan): boolean {
  return item.steps.some((step) => {
    if (step.ref.kind !== 'Service' || !changes(step) || step.after === undefined) return false;
    const service = serviceOf(step.after);
    return service.spec.type === 'LoadBalancer' && ingressAddresses(service).length === 0;
  });
}

function changeOf(vmService: VirtualMachineService, service: Step, endpoints: Step, world: World): EndpointsChange | undefined {
  if (service.after === undefined || endpoints.after === undefined) return undefined;
  return endpointsChange(vmService, serviceOf(service.after), optionalEndpoints(endpoints.before), endpointsOf(endpoints.after), world);
}

function optionalEndpoints(object: Step['before']): Endpoints | undefined {
  return object === undefined ? undefined : endpointsOf(object);
}

function portsLost({ before, after }: Step): readonly number[] {
  const numbers = (service: Service | undefined) => (service?.spec.ports ?? []).map(({ port }) => port);
  const kept = new Set(numbers(after && serviceOf(after)));
  return [...new Set(numbers(before && serviceOf(before)))].filter((port) => !kept.has(port));
}
