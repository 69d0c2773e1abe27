import type { ApiServer } from '../../src/apiserver/server.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { reconcileAll } from '../../src/cluster/reconcile/reconcile-all.ts';
import { trafficPolicyAnnotation } from '../../src/core/load-balancer.ts';
import { deprecatedFinalizer, finalizer, type Profile, traitsOf } from '../../src/core/profile.ts';
import { indexVms } from '../../src/core/selector.ts';
import type { ReconcileItem } from '../../src/core/step.ts';
import { type JsonObject, jsonOf, type KubeObject, type ObjectRef } from '../../src/model/object.ts';
import { isMap } from '../../src/model/raw-json.ts';
import { endpoints, type Resource, services, virtualMachineServices, virtualMachines } from '../../src/model/resources.ts';
import { endpointsOf, serviceOf } from '../../src/model/service.ts';
import { vmOf } from '../../src/model/virtual-machine.ts';
import { vmServiceOf } from '../../src/model/virtual-machine-service.ts';
import { anApiServer } from './api-server.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints, type VmOperatorVersion, type VmServiceOptions } from './builders.ts';
import type { ConformanceWorld } from './conformance.ts';
import { runController } from './controller-model.ts';
import { replayTime } from './recorded-worlds.ts';
import { testNow } from './test-io.ts';

/** A cluster before a reconcile of one namespace, and how that is done. */
export interface ReconcileCase {
  readonly name: string;
  readonly objects: readonly KubeObject[];
  readonly namespace: string;
  readonly profile: Profile;
  readonly role: 'guest' | 'controller';
  readonly adopt: boolean;
  readonly provider: 'nsx' | 'none';
  readonly workloadIPv6: boolean;
  /** Undefined: dual-stack. */
  readonly serviceCidrs: readonly string[] | undefined;
  /** The clock, which stands still. */
  readonly now: string;
}

const hub: Readonly<Record<Profile, VmOperatorVersion>> = { A: 'v1alpha1', B: 'v1alpha1', C: 'v1alpha2', D: 'v1alpha5', E: 'v1alpha6' };

function aCase(
  name: string,
  objects: (version: VmOperatorVersion) => readonly KubeObject[],
  how: Partial<Omit<ReconcileCase, 'name' | 'objects'>> = {},
): ReconcileCase {
  const profile = how.profile ?? 'E';
  return {
    name,
    namespace: 'prod',
    now: testNow,
    profile,
    role: 'guest',
    adopt: false,
    provider: 'none',
    workloadIPv6: false,
    serviceCidrs: ['10.96.0.0/16'],
    ...how,
    objects: objects(hub[profile]),
  };
}

const vmsOf = (version: VmOperatorVersion, count = 3) =>
  Array.from({ length: count }, (_, index) =>
    aVm(`web-${index}`, {
      version,
      labels: { app: 'web' },
      ip: `10.1.${Math.floor(index / 200)}.${(index % 200) + 1}`,
      ...(index === 1 && { ready: false }),
    }),
  );

const web = (version: VmOperatorVersion, options: VmServiceOptions = {}) => aVmService('web', { version, ...options });

/** Children as somebody left them who is not quite the controller. */
const drifted = (vmService: ReturnType<typeof web>, uid = vmService.metadata.uid ?? '') => {
  const owners = [{ ...ownedBy(vmService), uid }];
  return [
    aService('web', {
      owners,
      labels: { by: 'hand' },
      ports: [{ name: 'http', protocol: 'TCP', port: 81, targetPort: 8081 }],
      loadBalancerIP: '192.0.2.66',
    }),
    someEndpoints('web', { owners, labels: { foreign: 'yes' }, ready: ['10.9.9.9'] }),
  ];
};

const dualStack = { workloadIPv6: true, serviceCidrs: ['10.96.0.0/16', 'fd00:10:96::/112'] } as const;
const going = { deletedAt: '2026-11-20T11:00:00Z' } as const;

/**
 * `web` in namespace `prod`, in every way in which a reconcile writes: first time, drifted, emptied, adopted, as the controller, as older
 * releases.
 */
export const reconcileCases: readonly ReconcileCase[] = [
  aCase('the first time', (version) => [web(version), ...vmsOf(version)]),
  aCase('ports, labels and addresses drifted', (version) => {
    const vmService = web(version, { labels: { tier: 'front' } });
    return [vmService, ...vmsOf(version), ...drifted(vmService)];
  }),
  aCase('the selector was emptied', (version) => {
    const vmService = web(version, { selector: {} });
    return [vmService, ...vmsOf(version), ...drifted(vmService)];
  }),
  aCase('no VM is left', (version) => {
    const vmService = web(version);
    return [vmService, ...drifted(vmService)];
  }),
  aCase(
    'two families',
    (version) => [
      web(version, { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' }),
      aVm('web-0', { version, labels: { app: 'web' }, ip: ['10.1.0.1', 'fd00::1'] }),
    ],
    dualStack,
  ),
  aCase('children of an earlier one of that name', (version) => {
    const vmService = web(version);
    return [vmService, ...vmsOf(version), ...drifted(vmService, 'an-earlier-uid')];
  }),
  aCase(
    'children of nobody are adopted',
    (version) => [web(version), ...vmsOf(version), aService('web'), someEndpoints('web', { ready: ['10.9.9.9'] })],
    {
      adopt: true,
    },
  ),
  aCase('only the Endpoints are missing', (version) => {
    const vmService = web(version);
    return [vmService, ...vmsOf(version), aService('web', { owners: [ownedBy(vmService)] })];
  }),
  aCase('a cluster IP alone', (version) => [web(version, { type: 'ClusterIP' }), ...vmsOf(version)]),
  aCase('many VMs', (version) => [web(version), ...vmsOf(version, 250)]),
  aCase(
    "the load balancer's own labels",
    (version) => [web(version, { annotations: { [trafficPolicyAnnotation]: 'Local' } }), ...vmsOf(version)],
    {
      provider: 'nsx',
    },
  ),
  aCase('as the controller, the first time', (version) => [web(version), ...vmsOf(version)], { role: 'controller' }),
  aCase(
    'as the controller, drifted and with the old finalizer',
    (version) => {
      const vmService = web(version, { finalizers: [deprecatedFinalizer, 'example.com/hold'] });
      return [vmService, ...vmsOf(version), ...drifted(vmService)];
    },
    { role: 'controller' },
  ),
  aCase(
    'as the controller, with NSX and children of nobody',
    (version) => [web(version, { annotations: { [trafficPolicyAnnotation]: 'Local' } }), ...vmsOf(version), aService('web')],
    { role: 'controller', provider: 'nsx' },
  ),
  aCase(
    'as the controller, deleted',
    (version) => {
      const vmService = web(version, { ...going, finalizers: [finalizer] });
      return [vmService, ...vmsOf(version), ...drifted(vmService)];
    },
    { role: 'controller' },
  ),
  aCase(
    'as the controller, deleted and held by somebody else',
    (version) => {
      const vmService = web(version, { ...going, finalizers: [finalizer, 'example.com/hold'] });
      return [vmService, ...vmsOf(version), ...drifted(vmService)];
    },
    { role: 'controller' },
  ),
  ...(['A', 'B', 'C', 'D'] as const).flatMap((profile) => [
    aCase(`as the controller of release ${profile}, the first time`, (version) => [web(version), ...vmsOf(version)], {
      role: 'controller',
      profile,
    }),
    aCase(
      `in release ${profile}, drifted`,
      (version) => {
        const vmService = web(version);
        return [vmService, ...vmsOf(version), ...drifted(vmService)];
      },
      { profile },
    ),
  ]),
];

/** The world of a case, in which nobody works. */
export function serverOf({ objects, profile, serviceCidrs, now }: ReconcileCase): ApiServer {
  const server = anApiServer({ profile, ...(serviceCidrs !== undefined && { serviceCidrs }), now: () => new Date(now) });
  server.load(objects);
  return server;
}

/** The tool, once, over its namespace: reads all it needs, then writes. */
export async function runTool(
  cluster: Cluster,
  how: ReconcileCase,
  signal = new AbortController().signal,
): Promise<readonly ReconcileItem[]> {
  const traits = traitsOf(how.profile);
  const { namespace } = how;
  const all = async (resource: Resource, version: string) => (await cluster.list(resource, version, { namespace })).items;
  const vmServices = (await all(virtualMachineServices, traits.hubVersion)).map(vmServiceOf);
  const vms = (await all(virtualMachines, traits.hubVersion)).map(vmOf);
  const found = { services: (await all(services, 'v1')).map(serviceOf), endpoints: (await all(endpoints, 'v1')).map(endpointsOf) };
  const named = ({ name }: ObjectRef, { metadata }: KubeObject) => metadata.name === name;
  const outcomes = await reconcileAll(
    vmServices,
    {
      cluster,
      setup: { traits, workloadIPv6: how.workloadIPv6, role: how.role, adopt: how.adopt },
      providerOf: () => ({ from: 'setting', provider: how.provider }),
      vms: indexVms(vms),
      children: {
        service: async (ref) => found.services.find((service) => named(ref, service)),
        endpoints: async (ref) => found.endpoints.find((object) => named(ref, object)),
      },
      write: { dryRun: 'none', fieldManager: 'kubectl-vmsvc' },
      skipStatus: false,
      serviceOnly: false,
      now: how.now,
    },
    { signal },
  );
  return outcomes.map(({ item }) => item);
}

/** The model of the controller, once, over the same namespace; its errors by name. */
export async function runModel(cluster: Cluster, how: ReconcileCase): Promise<ReadonlyMap<string, string | null>> {
  const { items } = await cluster.list(virtualMachineServices, traitsOf(how.profile).hubVersion, { namespace: how.namespace });
  const setup = { release: how.profile, workloadIPv6: how.workloadIPv6, provider: async () => how.provider, now: how.now };
  const errors = new Map<string, string | null>();
  for (const { metadata } of items) errors.set(metadata.name, await runController(cluster, how.namespace, metadata.name, setup));
  return errors;
}

/** A recorded world as a case; undefined where each namespace decides about its load balancer. */
export function recordedCase(world: ConformanceWorld): ReconcileCase | undefined {
  const { id, profile, networkProvider, workloadIPv6, before } = world;
  if (networkProvider === 'per-ns') return undefined;
  const isNsx = networkProvider === 'nsxt' || (networkProvider === 'vpc' && (profile === 'D' || profile === 'E'));
  return {
    name: `recorded world ${id}`,
    objects: before,
    namespace: id,
    profile,
    role: 'controller',
    adopt: false,
    provider: isNsx ? 'nsx' : 'none',
    workloadIPv6,
    serviceCidrs: undefined,
    now: replayTime,
  };
}

/** The cluster of a server, without what only a server decides: versions, uids and times of new objects, addresses it gave. */
export function endState(server: ApiServer): readonly JsonObject[] {
  return endStateOf(server.objects());
}

/** The same of all objects of some cluster. */
export function endStateOf(objects: readonly KubeObject[]): readonly JsonObject[] {
  return objects
    .filter(({ kind }) => ['VirtualMachineService', 'Service', 'Endpoints'].includes(kind))
    .toSorted((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1))
    .map(comparable);
}

function placeOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.namespace}/${metadata.name}`;
}

function comparable(object: KubeObject): JsonObject {
  const { resourceVersion: _, generation: __, managedFields: ___, creationTimestamp: ____, uid, ...metadata } = object.metadata;
  const { spec, ...rest } = jsonOf(object);
  const own = object.kind === 'VirtualMachineService' ? { ...metadata, ...(uid !== undefined && { uid }) } : metadata;
  return {
    ...rest,
    ...(isMap(spec) && { spec: object.kind === 'Service' ? withoutAllocations(spec) : spec }),
    metadata: jsonOf({ ...object, metadata: own })['metadata'],
  };
}

function withoutAllocations({ clusterIP: _, clusterIPs: __, healthCheckNodePort: ____, ports, ...spec }: JsonObject): JsonObject {
  const plain = Array.isArray(ports) ? ports.map(({ nodePort: ___, ...port }: JsonObject) => port) : ports;
  return { ...spec, ...(plain !== undefined && { ports: plain }) };
}
