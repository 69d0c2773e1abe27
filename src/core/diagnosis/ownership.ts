import { ingressAddresses } from '../../model/service.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { advice, type Finding } from '../finding.ts';
import { lazyIndex } from '../lazy-index.ts';
import { isEmptySelector, selectorText } from '../selector.ts';
import { isSeen } from '../snapshot.ts';
import { clusterNameLabels } from '../workload-cluster.ts';
import { balancedService } from './balanced-service.ts';
import { nameList } from './evidence.ts';
import { commandIn } from './fixes.ts';
import { found } from './found.ts';
import { keeperOf } from './keeper.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/** VMS901: the API endpoint of a workload cluster. */
export const ownedByClusterApi: ServiceRule = {
  about: 'service',
  code: 'VMS901',
  worst: 'warning',
  inDeletion: true,
  needs: [],
  applies: ({ cluster }) => cluster?.use === 'ControlPlane',
  find: ({ vmService, cluster }) => {
    if (cluster?.use !== 'ControlPlane') return [];
    const ports = vmService.spec.ports ?? [];
    return [
      found('VMS901', 'info', 'certain', vmService, `This is the API endpoint of workload cluster ${cluster.cluster} (Cluster API)`, {
        danger:
          "do not edit or delete it: edits are not repaired, and a new object can get another address, which breaks the cluster's certificates and kubeconfigs",
        fix: commandIn(vmService.metadata.namespace, ['kubectl', 'get', 'vspherecluster,kubeadmcontrolplane,machine']),
      }),
      ...(ports.some(({ port }) => port === 6443) && !ports.some(({ name, protocol }) => name === apiPort && protocol === 'TCP')
        ? [withoutApiPort(vmService, cluster.cluster)]
        : []),
    ];
  },
};

const apiPort = 'apiserver';

/** Cluster API reads the port by its name, makes the object once, and never mends it. */
function withoutApiPort(vmService: VirtualMachineService, cluster: string): Finding {
  const ports = (vmService.spec.ports ?? []).map(({ name, protocol, port }) => `${name} ${port}/${protocol ?? 'TCP'}`.trim());
  return found(
    'VMS901',
    'warning',
    'certain',
    vmService,
    `No port of it is called ${apiPort}: Cluster API does not find the API of ${cluster}`,
    {
      field: 'spec.ports',
      evidence: [`spec.ports: ${ports.join(', ') || '<none>'}`],
      why: `Cluster API takes the TCP port of the name ${apiPort} for the address of the cluster, and does not put it back`,
      fix: [advice(`ask the platform owner to call the port ${apiPort} again`)],
    },
  );
}

/** VMS902: the load balancer of a Service inside a workload cluster. */
export const ownedByCloudProvider: ServiceRule = {
  about: 'service',
  code: 'VMS902',
  worst: 'info',
  inDeletion: true,
  needs: [],
  applies: ({ cluster }) => cluster?.use === 'Service',
  find: ({ vmService, cluster }) => {
    if (cluster?.use !== 'Service') return [];
    const of = cluster.service === undefined ? 'a Service' : `Service ${cluster.service}`;
    return [
      found('VMS902', 'info', 'certain', vmService, `This is the load balancer of ${of} in workload cluster ${cluster.cluster}`, {
        danger: "change that Service, not this object: ports and annotations here are overwritten by the cluster's cloud provider",
      }),
    ];
  },
};

const guestLabels = ['cluster.name', 'service.namespace', 'service.name'].map((key) => `run.tanzu.vmware.com/${key}`);

/** VMS903: two objects for one Service of a workload cluster. */
export const duplicateForGuestService: ServiceRule = {
  about: 'service',
  code: 'VMS903',
  worst: 'error',
  inDeletion: true,
  needs: ['vmServices'],
  applies: ({ vmService }) => guestKey(vmService) !== undefined,
  find: ({ vmService, around, cluster }) => {
    const same = around.twinsOf(vmService);
    if (same.length < 2) return [];
    const addresses = same.map((other) => {
      const ingress = ingressAddresses(other);
      return `VirtualMachineService ${other.metadata.name}: ${ingress.length === 0 ? 'no address' : ingress.join(', ')}`;
    });
    return [
      found(
        'VMS903',
        'error',
        'certain',
        vmService,
        `${same.length} objects stand for Service ${cluster?.service ?? ''} of workload cluster ${cluster?.cluster ?? ''}`,
        {
          evidence: addresses,
          why: "the cluster's cloud provider finds its object by these labels, and refuses to guess between two",
          fix: [advice('see which address the Service inside the cluster shows, and have the platform owner remove the other')],
        },
      ),
    ];
  },
};

function guestKey({ metadata }: VirtualMachineService): string | undefined {
  const values = guestLabels.map((key) => metadata.labels?.[key]);
  return values.every((value) => value !== undefined) ? [metadata.namespace ?? '', ...values].join('\0') : undefined;
}

/** Those of a namespace that stand for one Service: worked out once, when somebody first asks. */
export function twinIndex(vmServices: readonly VirtualMachineService[]): ServiceSubject['around']['twinsOf'] {
  const twins = lazyIndex(() => vmServices.map((vmService) => [guestKey(vmService), vmService]));
  return (vmService) => {
    const key = guestKey(vmService);
    return key === undefined ? [] : twins(key);
  };
}

/** VMS904: nobody is left who needs it. */
export const vmServiceOrphaned: ServiceRule = {
  about: 'service',
  code: 'VMS904',
  worst: 'warning',
  needs: ['vms'],
  find: (subject) => {
    const { vmService, around, cluster, trace, leftAlone } = subject;
    const service = balancedService(subject);
    const holds = service === undefined ? [] : ingressAddresses(service);
    const held = holds.length === 0 ? [] : [`holds ${holds.join(', ')}`];
    if (cluster !== undefined) {
      const vms = 'index' in around.world.vms ? around.world.vms.index.inNamespace(vmService.metadata.namespace) : [];
      const machines = vms.some(({ metadata }) => clusterNameLabels.some((key) => metadata.labels?.[key] === cluster.cluster));
      const owner = vmService.metadata.ownerReferences?.find(({ kind }) => kind === 'VSphereCluster');
      const { clusters } = around.surroundings;
      const kept =
        owner !== undefined &&
        (!isSeen(clusters) || clusters.items.length === 0 || clusters.items.some(({ metadata }) => metadata.name === owner.name));
      if (machines || kept || (around.times.age(vmService.metadata.creationTimestamp) ?? 0) < clusterGrace) return [];
      return [
        found('VMS904', 'warning', 'likely', vmService, `Workload cluster ${cluster.cluster} is gone, and left this behind`, {
          evidence: [`no VM of cluster ${cluster.cluster} in the namespace`, ...held],
          fix: [advice('have the platform owner look at it: nothing here is removed by itself')],
          follows: ['VMS201', 'VMS614'],
        }),
      ];
    }
    if (trace.selected !== 0 || leftAlone || isEmptySelector(vmService.spec.selector)) return [];
    if ((around.times.age(vmService.metadata.creationTimestamp) ?? 0) <= forgottenAfter) return [];
    return [
      found(
        'VMS904',
        'warning',
        'likely',
        vmService,
        `Nothing matches this service ${around.times.since(vmService.metadata.creationTimestamp)}: is it still needed?`,
        {
          evidence: [`selector ${selectorText(vmService.spec.selector)} matches no VM`, ...held],
          fix: [advice('ask its owner; whoever deletes it gives its address up')],
        },
      ),
    ];
  },
};

/** Seconds. */
const clusterGrace = 30 * 60;
const forgottenAfter = 7 * 24 * 60 * 60;

/** VMS905: the selector and the machines of a cluster use different families of labels. */
export const clusterLabelMismatch: ServiceRule = {
  about: 'service',
  code: 'VMS905',
  worst: 'error',
  needs: ['vms'],
  applies: ({ trace, vmService }) => trace.selected === 0 && prefixesOf(vmService.spec.selector ?? {}).length === 1,
  find: ({ vmService, around }: ServiceSubject) => {
    const selector = vmService.spec.selector ?? {};
    const [prefix = ''] = prefixesOf(selector);
    const other = prefix === 'capv' ? 'capw' : 'capv';
    const wanted = Object.entries(selector).map(
      ([key, value]) => [key.replace(`${prefix}.vmware.com/`, `${other}.vmware.com/`), value] as const,
    );
    const vms = 'index' in around.world.vms ? around.world.vms.index.select(vmService.metadata.namespace, Object.fromEntries(wanted)) : [];
    if (vms.length === 0) return [];
    return [
      found(
        'VMS905',
        'error',
        'certain',
        vmService,
        `The selector uses ${prefix}.vmware.com labels; the machines of the cluster have ${other}.vmware.com`,
        {
          field: 'spec.selector',
          evidence: [
            `selector ${selectorText(selector)}`,
            `${vms.length === 1 ? '1 VM' : `${vms.length} VMs`} would match with ${other}: ${nameList(vms)}`,
          ],
          fix: [advice("upgrade the cluster's cloud provider (fixed in 1.23.2 and 1.24.2)")],
          follows: ['VMS201', 'VMS202', 'VMS205', 'VMS505', 'VMS614', 'VMS904'],
        },
      ),
    ];
  },
};

function prefixesOf(selector: Readonly<Record<string, string>>): readonly string[] {
  return ['capv', 'capw'].filter((prefix) => Object.keys(selector).some((key) => key.startsWith(`${prefix}.vmware.com/`)));
}

/** VMS906: a tool keeps it, and takes edits back. */
export const managedByGitOps: ServiceRule = {
  about: 'service',
  code: 'VMS906',
  worst: 'info',
  inDeletion: true,
  needs: [],
  applies: ({ cluster }) => cluster === undefined,
  find: ({ vmService }) => {
    const kept = keeperOf(vmService);
    if (kept === undefined) return [];
    const { keeper, mark } = kept;
    return [
      found('VMS906', 'info', 'likely', vmService, `${keeper} keeps this object: change its source, edits here are taken back`, {
        evidence: [mark],
        fix: [advice(`change it where ${keeper} has it from`)],
      }),
    ];
  },
};
