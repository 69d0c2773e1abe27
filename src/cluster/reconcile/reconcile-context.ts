import type { ProviderSource } from '../../core/load-balancer.ts';
import type { ControllerSetup } from '../../core/reconcile.ts';
import { indexVms, isEmptySelector, selectorText, type VmIndex } from '../../core/selector.ts';
import { type KubeObject, type ObjectRef, versionOf } from '../../model/object.ts';
import { virtualMachines } from '../../model/resources.ts';
import { type Endpoints, endpointsOf, type Service, serviceOf } from '../../model/service.ts';
import { vmOf } from '../../model/virtual-machine.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import type { Cluster, WriteOptions } from '../cluster.ts';
import { ifThere } from '../if-there.ts';

/** Everything a reconcile needs besides the VirtualMachineService, the same for all of a run. */
export interface ReconcileContext {
  readonly cluster: Cluster;
  readonly setup: ControllerSetup;
  /** The provider's source for a namespace. */
  readonly providerOf: (namespace: string) => ProviderSource;
  readonly vms: VmIndex;
  /** The stored children; undefined when there are none. */
  readonly children: Children;
  readonly write: WriteOptions;
  /** Leaves the VirtualMachineService's status alone. */
  readonly skipStatus: boolean;
  /** Leaves the Endpoints alone. */
  readonly serviceOnly: boolean;
  /** RFC 3339 in whole seconds, for the transition time of a condition that changes. */
  readonly now: string;
}

export interface Children {
  service(ref: ObjectRef): Promise<Service | undefined>;
  endpoints(ref: ObjectRef): Promise<Endpoints | undefined>;
}

/** Reads each child when its turn comes, as the controller does. */
export function liveChildren(cluster: Cluster): Children {
  return {
    service: async (ref) => optional(cluster.get(ref), serviceOf),
    endpoints: async (ref) => optional(cluster.get(ref), endpointsOf),
  };
}

/** The VMs of a VirtualMachineService as they are now. */
export async function liveVms(cluster: Cluster, { apiVersion, metadata, spec }: VirtualMachineService): Promise<VmIndex> {
  const { items } = await cluster.list(virtualMachines, versionOf(apiVersion), {
    namespace: metadata.namespace,
    ...(!isEmptySelector(spec.selector) && { labelSelector: selectorText(spec.selector) }),
  });
  return indexVms(items.map(vmOf));
}

/** A child has the name of its VirtualMachineService. */
export function childRef({ metadata }: VirtualMachineService, kind: 'Service' | 'Endpoints'): ObjectRef {
  return { apiVersion: 'v1', kind, namespace: metadata.namespace, name: metadata.name };
}

async function optional<T>(answer: Promise<KubeObject>, narrow: (object: KubeObject) => T): Promise<T | undefined> {
  const object = await ifThere(answer);
  return object === undefined ? undefined : narrow(object);
}
