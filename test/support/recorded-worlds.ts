import type { Cluster } from '../../src/cluster/cluster.ts';
import { liveChildren, type ReconcileContext } from '../../src/cluster/reconcile/reconcile-context.ts';
import { reconcileOnce } from '../../src/cluster/reconcile/reconcile-once.ts';
import type { ProviderSource } from '../../src/core/load-balancer.ts';
import { traitsOf } from '../../src/core/profile.ts';
import { indexVms } from '../../src/core/selector.ts';
import { changes, stepObject } from '../../src/core/step.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { endpoints, networkSettings, type Resource, services, virtualMachineServices, virtualMachines } from '../../src/model/resources.ts';
import { vmOf } from '../../src/model/virtual-machine.ts';
import { vmServiceOf } from '../../src/model/virtual-machine-service.ts';
import { compareWorlds } from './compare-worlds.ts';
import type { ConformanceWorld } from './conformance.ts';

/** A reconcile of every VirtualMachineService of some worlds. */
export interface Reconciled {
  /** By namespace, then by name. */
  readonly errors: ReadonlyMap<string, ReadonlyMap<string, string | null>>;
  /** `w1 Service/svc-0 updated`: everything that was written. */
  readonly changes: readonly string[];
}

/** Later than any time in the recordings. */
export const replayTime = '2027-01-01T00:00:00Z';

/** Plays the controller, once, over every VirtualMachineService of the worlds, which the cluster holds side by side. */
export async function reconcileAll(cluster: Cluster, worlds: readonly ConformanceWorld[]): Promise<Reconciled> {
  const [first] = worlds;
  if (first === undefined) throw new Error('there are no worlds to reconcile');
  const traits = traitsOf(first.profile);
  const everywhere = (resource: Resource, version: string) => cluster.list(resource, version, { namespace: undefined });
  const vms = indexVms((await everywhere(virtualMachines, traits.hubVersion)).items.map(vmOf));
  const asked = worlds.some((world) => world.networkProvider === 'per-ns') ? (await everywhere(networkSettings, 'v1alpha1')).items : [];
  const settings = new Map(asked.map((item) => [item.metadata.namespace ?? '', item]));
  const byNamespace = new Map(worlds.map((world) => [world.id, world]));
  const errors = new Map(worlds.map((world) => [world.id, new Map<string, string | null>()]));
  const written: string[] = [];
  for (const stored of (await everywhere(virtualMachineServices, traits.hubVersion)).items) {
    const { namespace = '', name } = stored.metadata;
    const world = byNamespace.get(namespace);
    if (world === undefined) continue;
    const context: ReconcileContext = {
      cluster,
      setup: { traits, workloadIPv6: world.workloadIPv6, role: 'controller', adopt: false },
      providerOf: (of) => providerSource(world, settings.get(of)),
      vms,
      children: liveChildren(cluster),
      write: { dryRun: 'none', fieldManager: 'conformance' },
      skipStatus: false,
      serviceOnly: false,
      now: replayTime,
    };
    const { error, steps } = await reconcileOnce(vmServiceOf(stored), context);
    errors.get(namespace)?.set(name, error?.message ?? null);
    written.push(...steps.filter(changes).map((step) => `${namespace} ${stepObject(step)} ${step.operation}`));
  }
  return { errors, changes: written };
}

/** The differences between each world as the cluster holds it now and as the real controller left it. */
export async function worldDifferences(
  cluster: Cluster,
  worlds: readonly ConformanceWorld[],
  { errors }: Reconciled,
): Promise<readonly string[]> {
  const after = await objectsByNamespace(cluster, worlds);
  return worlds.flatMap((world) =>
    compareWorlds(world, { after: after.get(world.id) ?? [], errors: errors.get(world.id) ?? new Map() }).map(
      (difference) => `${world.id} (${world.networkProvider}) ${difference}`,
    ),
  );
}

/** Every VirtualMachineService, Service and Endpoints of the cluster. */
export async function objectsByNamespace(cluster: Cluster, worlds: readonly ConformanceWorld[]): Promise<Map<string, KubeObject[]>> {
  const objects = new Map<string, KubeObject[]>(worlds.map((world) => [world.id, []]));
  const hub = traitsOf(worlds[0]?.profile ?? 'E').hubVersion;
  for (const [resource, version] of [[virtualMachineServices, hub] as const, [services, 'v1'] as const, [endpoints, 'v1'] as const]) {
    const { items } = await cluster.list(resource, version, { namespace: undefined });
    for (const item of items) objects.get(item.metadata.namespace ?? '')?.push(item);
  }
  return objects;
}

/**
 * Who decides about the load balancer. Up to 8.0.2 there is a switch with two positions, 8.0.3 knows NSX-T only, 9 and main know
 * VPC as well, and main may leave it to the namespace.
 */
function providerSource({ profile, networkProvider }: ConformanceWorld, settings: KubeObject | undefined): ProviderSource {
  if (networkProvider === 'per-ns') return { from: 'namespace', networkSettings: settings };
  const nsx = networkProvider === 'nsxt' || (networkProvider === 'vpc' && (profile === 'D' || profile === 'E'));
  return { from: 'setting', provider: nsx ? 'nsx' : 'none' };
}
