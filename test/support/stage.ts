import type { ApiServer } from '../../src/apiserver/server.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { liveChildren } from '../../src/cluster/reconcile/reconcile-context.ts';
import { reconcileOnce } from '../../src/cluster/reconcile/reconcile-once.ts';
import type { Provider, ProviderSource } from '../../src/core/load-balancer.ts';
import { type Profile, traitsOf } from '../../src/core/profile.ts';
import { indexVms } from '../../src/core/selector.ts';
import { type ReconcileItem, stepObject } from '../../src/core/step.ts';
import type { JsonObject, KubeObject, ObjectRef } from '../../src/model/object.ts';
import { networkSettings, virtualMachines, vmOperatorGroup } from '../../src/model/resources.ts';
import { type Endpoints, endpointsOf, type Service, serviceOf } from '../../src/model/service.ts';
import { isNotFound } from '../../src/model/status.ts';
import { type VirtualMachine, vmOf } from '../../src/model/virtual-machine.ts';
import { type VirtualMachineService, vmServiceOf } from '../../src/model/virtual-machine-service.ts';
import { anApiServer } from './api-server.ts';
import { aVm, aVmService, type VmOptions, type VmServiceOptions } from './builders.ts';
import { groundFor } from './stage-grounds.ts';

/** How the controller is played. */
export interface Play {
  /** The capability `supports_workload_ipv6`; off by default. */
  readonly workloadIPv6?: boolean;
  /** `namespace` asks the namespace's NetworkSettings; `none` by default. */
  readonly provider?: Provider | 'namespace';
  /** `controller` by default. */
  readonly role?: 'controller' | 'guest';
  readonly adopt?: boolean;
  readonly skipStatus?: boolean;
  /** Stands between the reconcile and the cluster. */
  readonly through?: (cluster: Cluster) => Cluster;
  /** The clock, as RFC 3339. */
  readonly now?: string;
}

export interface StageOptions extends Play {
  /** `E` by default. */
  readonly profile?: Profile;
  /** Single-stack IPv4 by default, where it matters. */
  readonly serviceCidrs?: readonly string[];
  /** The objects are such as no API server would take: their scenario is one of the controller alone. */
  readonly unstorable?: boolean;
}

/** What one reconcile said and did. */
export interface Outcome {
  readonly error: string | null;
  readonly reason: string | undefined;
  /** `Service/svc created`: objects that changed or were looked at, in the order of the writes. */
  readonly steps: readonly string[];
  readonly warnings: readonly string[];
  readonly item: ReconcileItem;
}

type ChildKind = 'VirtualMachineService' | 'Service' | 'Endpoints' | 'VirtualMachine';

/**
 * A cluster on which no controller runs, in memory unless the lane is another one, and somebody who plays VM Operator's when asked to. What
 * is asserted is read back from the cluster, and hand edits go through its API. Everything is called `svc`, in namespace `prod`, unless
 * said.
 */
export interface Stage {
  readonly cluster: Cluster;
  /** In memory alone. */
  readonly server: ApiServer;
  reconcile(play?: Play & { readonly name?: string }): Promise<Outcome>;
  service(name?: string): Promise<Service | undefined>;
  endpoints(name?: string): Promise<Endpoints | undefined>;
  vmService(name?: string): Promise<VirtualMachineService | undefined>;
  /** A merge patch by hand. */
  edit(kind: ChildKind, patch: JsonObject, options?: { readonly name?: string; readonly subresource?: 'status' }): Promise<KubeObject>;
  create(object: KubeObject): Promise<KubeObject>;
  /** More objects, as they would be found. */
  add(objects: readonly KubeObject[]): Promise<void>;
  /** What is there, as `Kind/name`. */
  names(): Promise<readonly string[]>;
  remove(kind: ChildKind, name?: string): Promise<void>;
}

/** For what only a cluster of one family shows; where it does not matter, either will do. */
export const singleStack: readonly string[] = ['10.96.0.0/16'];
export const dualStack: readonly string[] = ['10.96.0.0/16', 'fd00:10:96::/112'];

/** The first reconcile of a VirtualMachineService that has everything it needs. */
export const allCreated: readonly string[] = ['Service/svc created', 'Endpoints/svc created', 'VirtualMachineService/svc updated'];
/** Every later one. */
export const allUnchanged: readonly string[] = ['Service/svc unchanged', 'Endpoints/svc unchanged', 'VirtualMachineService/svc unchanged'];

const namespace = 'prod';
const write = { dryRun: 'none', fieldManager: 'test' } as const;

export function stage(objects: readonly KubeObject[], options: StageOptions = {}): Stage {
  const profile = options.profile ?? 'E';
  const traits = traitsOf(profile);
  const server = anApiServer({ profile, serviceCidrs: options.serviceCidrs ?? singleStack });
  const { serviceCidrs = singleStack, unstorable = false } = options;
  const ground = groundFor(server, objects, { profile, serviceCidrs, needsCidrs: options.serviceCidrs !== undefined, unstorable });
  const { cluster } = ground;
  const refOfKind = (kind: ChildKind, name: string): ObjectRef => ({
    apiVersion: kind === 'Service' || kind === 'Endpoints' ? 'v1' : `${vmOperatorGroup}/${traits.hubVersion}`,
    kind,
    namespace,
    name,
  });
  const find = async <T>(ref: ObjectRef, narrow: (object: KubeObject) => T): Promise<T | undefined> => {
    try {
      return narrow(ground.asWritten(await cluster.get(ref)));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };

  return {
    cluster,
    server,
    service: (name = 'svc') => find(refOfKind('Service', name), serviceOf),
    endpoints: (name = 'svc') => find(refOfKind('Endpoints', name), endpointsOf),
    vmService: (name = 'svc') => find(refOfKind('VirtualMachineService', name), vmServiceOf),
    async edit(kind, patch, { name = 'svc', subresource } = {}) {
      const ref = refOfKind(kind, name);
      await find(ref, (object) => object);
      return cluster.patch(ref, ground.translated(patch), { ...write, ...(subresource && { subresource }) });
    },
    create: (object) => cluster.create(object, write),
    add: (more) => ground.add(more),
    names: () => ground.names(),
    remove: (kind, name = 'svc') => cluster.delete(refOfKind(kind, name), { dryRun: 'none' }),
    async reconcile(play = {}) {
      const { role = 'controller', adopt = false, skipStatus = false, workloadIPv6 = false, ...rest } = { ...options, ...play };
      const seen = rest.through?.(cluster) ?? cluster;
      const providerOf = await providers(cluster, rest.provider ?? 'none');
      const { items } = await cluster.list(virtualMachines, traits.hubVersion, { namespace: undefined });
      const stored = vmServiceOf(await cluster.get(refOfKind('VirtualMachineService', play.name ?? 'svc')));
      const item = await reconcileOnce(stored, {
        cluster: seen,
        setup: { traits, workloadIPv6, role, adopt },
        providerOf,
        vms: indexVms(items.map(vmOf)),
        children: liveChildren(seen),
        write,
        skipStatus,
        serviceOnly: false,
        now: rest.now ?? '2026-11-20T12:00:00Z',
      });
      return outcomeOf(item);
    },
  };
}

async function providers(cluster: Cluster, provider: Provider | 'namespace'): Promise<(namespace: string) => ProviderSource> {
  if (provider !== 'namespace') return () => ({ from: 'setting', provider });
  const { items } = await cluster.list(networkSettings, 'v1alpha1', { namespace: undefined });
  return (of) => ({
    from: 'namespace',
    networkSettings: items.find(({ metadata }) => metadata.namespace === of && metadata.name === 'default'),
  });
}

function outcomeOf(item: ReconcileItem): Outcome {
  return {
    error: item.error?.message ?? null,
    reason: item.error?.reason,
    steps: item.steps.map((step) => `${stepObject(step)} ${step.operation}`),
    warnings: item.warnings,
    item,
  };
}

/** The VirtualMachineService of the scenarios: a LoadBalancer for `app: web`, port http from 80 to 8080. */
export function svc(options: VmServiceOptions = {}): VirtualMachineService {
  return aVmService('svc', { selector: { app: 'web' }, ...options });
}

/** A VM that it selects. */
export function webVm(name: string, options: VmOptions = {}): VirtualMachine {
  return aVm(name, { labels: { app: 'web' }, ...options });
}

/** The addresses of Endpoints in their stored order, or undefined where there are none. */
export function listed(
  endpoints: Endpoints | undefined,
): { readonly ready: readonly string[]; readonly notReady: readonly string[] } | undefined {
  if (endpoints === undefined) return undefined;
  const subsets = endpoints.subsets ?? [];
  return {
    ready: subsets.flatMap((subset) => (subset.addresses ?? []).map(({ ip }) => ip)),
    notReady: subsets.flatMap((subset) => (subset.notReadyAddresses ?? []).map(({ ip }) => ip)),
  };
}
