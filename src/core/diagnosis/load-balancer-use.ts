import { type Condition, jsonOf, type KubeObject } from '../../model/object.ts';
import { mapAt, mapsAt, textAt } from '../../model/raw-fields.ts';
import { probeAction, type VirtualMachine } from '../../model/virtual-machine.ts';
import { serviceReadyType } from '../conditions.ts';
import { fewLines } from '../few-names.ts';
import { healthCheckAnnotation, trafficPolicyAnnotation } from '../load-balancer.ts';
import { isSeen, type Leg } from '../snapshot.ts';
import { metalLbPool } from './announced-address.ts';
import { advice, annotateCommand, commandOn } from './fixes.ts';
import { found } from './found.ts';
import { addressesOf, balancedService } from './load-balancer.ts';
import { isPortConflict } from './provider-errors.ts';
import { gatewayFaults, gatewayOf, isNsx, providerTrace } from './provider-traces.ts';
import { asksForBalancer, hasBalancedService } from './questions.ts';
import { probed } from './reachability.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/** VMS607: this client is in none of the source ranges. Only a probe knows which client. */
export const sourceRangesExcludeClient: ServiceRule = {
  about: 'service',
  code: 'VMS607',
  worst: 'error',
  needs: [],
  applies: (subject) => asksForBalancer(subject) && hasSourceRanges(subject) && subject.around.probes.length > 0,
  find: (subject) => probed(subject, 'VMS607'),
};

function hasSourceRanges({ vmService }: ServiceSubject): boolean {
  return (vmService.spec.loadBalancerSourceRanges ?? []).length > 0;
}

/** VMS608: source ranges that nothing enforces. */
export const sourceRangesNotEnforced: ServiceRule = {
  about: 'service',
  code: 'VMS608',
  worst: 'warning',
  needs: ['services'],
  applies: (subject) => hasBalancedService(subject) && hasSourceRanges(subject),
  find: (subject) => {
    const proven = probed(subject, 'VMS608');
    const service = balancedService(subject);
    const ranges = subject.vmService.spec.loadBalancerSourceRanges ?? [];
    if (proven.length > 0 || service === undefined || ranges.length === 0 || providerTrace(service) !== 'AVI') return proven;
    return [
      found('VMS608', 'warning', 'likely', subject.vmService, 'The source ranges may not be enforced: AVI does not evaluate them', {
        field: 'spec.loadBalancerSourceRanges',
        evidence: [`loadBalancerSourceRanges ${ranges.join(', ')}; the Service has the traces of AVI`],
        fix: [
          advice("enforce them where AVI or NSX can: AVI's network security policy, the distributed firewall"),
          ...commandOn(
            subject.vmService,
            ['kubectl', 'vmsvc', 'debug', subject.vmService.metadata.name, '--probe'],
            'from a client that should be kept out',
          ),
        ],
      }),
    ];
  },
};

/** VMS609: two Services at one address and port. */
export const addressPortConflict: ServiceRule = {
  about: 'service',
  code: 'VMS609',
  worst: 'error',
  needs: ['services'],
  applies: hasBalancedService,
  find: (subject) => {
    const service = balancedService(subject);
    if (service === undefined) return [];
    const { around } = subject;
    const clashes = addressesOf(service).flatMap((address) =>
      (service.spec.ports ?? []).flatMap(({ protocol = 'TCP', port }) =>
        around
          .servicesAt(address, protocol, port)
          .filter((other) => other !== service)
          .map((other) => ({ other, at: `${address}:${port}/${protocol}` })),
      ),
    );
    const gateway = gatewayOf(service, around);
    const conflicts = gateway === undefined ? [] : gatewayFaults(gateway).filter(({ reason }) => reason === 'PortConflict');
    const [first] = clashes;
    if (first === undefined && conflicts.length === 0) return [];
    const elsewhere = first !== undefined && first.other.metadata.namespace !== service.metadata.namespace;
    const message =
      first === undefined
        ? 'Another Service has this address and port already'
        : `${first.at} is claimed by Service ${nameOf(first.other, service)}, too`;
    return [
      found('VMS609', 'error', elsewhere ? 'likely' : 'certain', service, message, {
        evidence: [
          ...fewLines(
            clashes.map(({ other, at }) => `${at}: Service ${service.metadata.name} and Service ${nameOf(other, service)}`),
            4,
          ),
          ...conflicts.map(({ text }) => `Gateway ${gateway?.metadata.name ?? ''}: ${text}`),
        ],
        ...(elsewhere && { why: 'networks of different namespaces may use the same private addresses' }),
        fix: [advice('give one of them another port, or an address of its own')],
        follows: first === undefined && isPortConflict(service, subject) ? ['VMS601', 'VMS602', 'VMS603'] : [],
      }),
    ];
  },
};

function nameOf(other: KubeObject, own: KubeObject): string {
  return other.metadata.namespace === own.metadata.namespace
    ? other.metadata.name
    : `${other.metadata.namespace ?? ''}/${other.metadata.name}`;
}

/** VMS611: the normal state of a condition that few load balancers set. */
export const serviceReadyUnknown: ServiceRule = {
  about: 'service',
  code: 'VMS611',
  worst: 'info',
  needs: [],
  applies: ({ vmService }) => (vmService.status?.conditions ?? []).some(({ type }) => type === serviceReadyType),
  find: ({ vmService }) => {
    const condition = vmService.status?.conditions?.find(({ type }) => type === serviceReadyType);
    if (condition?.status !== 'Unknown' || condition.reason !== 'ServiceReadyNotPresent') return [];
    return [
      found('VMS611', 'info', 'certain', vmService, 'The condition of the Service is not known, which is normal', {
        evidence: [`${serviceReadyType}=Unknown ServiceReadyNotPresent`],
        why: 'only NSX VPC sets a Ready condition on Services, and that one is about DNS alone: address and endpoints say how it is',
      }),
    ];
  },
};

/** VMS612: the name was not published; the address works all the same. */
export const dnsRecordFailed: ServiceRule = {
  about: 'service',
  code: 'VMS612',
  worst: 'warning',
  needs: [],
  applies: (subject) => asksForBalancer(subject) && readyConditions(subject).length > 0,
  find: (subject) => {
    const { vmService, trace } = subject;
    const service = 'service' in trace.service ? trace.service.service : undefined;
    const failed = readyConditions(subject).find(({ status, reason }) => status === 'False' && reason === 'DNSRecordFailed');
    if (failed === undefined) return [];
    const addresses = service === undefined ? [] : addressesOf(service);
    const ready = trace.ready === undefined ? '' : ` has ${trace.ready} ready ${trace.ready === 1 ? 'endpoint' : 'endpoints'}`;
    return [
      found(
        'VMS612',
        'warning',
        'certain',
        service ?? vmService,
        `The DNS record was not published: ${failed.message ?? ''}`.replace(/: $/, ''),
        {
          evidence: [`${failed.type}=False DNSRecordFailed`],
          notes: [`this condition is about DNS only${addresses.length === 0 ? '' : `; address ${addresses.join(', ')}${ready}`}`],
          fix: [advice('use a host name in an allowed zone (annotation on the VirtualMachineService), or the address')],
          follows: ['VMS611', 'VMS709'],
        },
      ),
    ];
  },
};

/** What the load balancer says of the Service, there and in the copy. */
function readyConditions({ vmService, trace }: ServiceSubject): readonly Condition[] {
  const service = 'service' in trace.service ? trace.service.service : undefined;
  return [...(service?.status?.conditions ?? []), ...(vmService.status?.conditions ?? [])].filter(({ type }) =>
    ['Ready', serviceReadyType].includes(type),
  );
}

/** VMS613: a protocol that the load balancer does not do. */
export const protocolUnsupported: ServiceRule = {
  about: 'service',
  code: 'VMS613',
  worst: 'error',
  needs: ['services'],
  applies: asksForBalancer,
  find: (subject) => {
    const { vmService, around } = subject;
    const service = balancedService(subject);
    const gateway = service === undefined ? undefined : gatewayOf(service, around);
    const refused = gateway === undefined ? [] : gatewayFaults(gateway).filter(({ reason }) => reason === 'UnsupportedProtocol');
    const sctp = (vmService.spec.ports ?? []).filter(({ protocol }) => protocol === 'SCTP');
    if (sctp.length === 0 && refused.length === 0) return [];
    const nsx = isNsx(around, vmService.metadata.namespace ?? '');
    const avi = service !== undefined && providerTrace(service) === 'AVI';
    if (refused.length === 0 && (!(nsx || avi) || (service !== undefined && addressesOf(service).length > 0 && avi))) return [];
    const who = nsx ? 'NSX' : 'AVI';
    return [
      found(
        'VMS613',
        'error',
        refused.length > 0 ? 'certain' : 'likely',
        vmService,
        `The load balancer does not do ${sctp.length > 0 ? 'SCTP' : 'a protocol of this service'}`,
        {
          field: 'spec.ports',
          evidence: [
            ...sctp.map(({ port }) => `port ${port} is SCTP; ${who} ${nsx ? 'does TCP and UDP only' : 'does it in newer releases only'}`),
            ...refused.map(({ text }) => `Gateway ${gateway?.metadata.name ?? ''}: ${text}`),
          ],
          fix: [advice('make a service for each protocol, and use TCP or UDP')],
          follows: ['VMS601', 'VMS602'],
        },
      ),
    ];
  },
};

/** VMS615: only some nodes answer, by design. */
export const trafficPolicyLocal: ServiceRule = {
  about: 'service',
  code: 'VMS615',
  worst: 'error',
  needs: [],
  applies: ({ vmService }) =>
    vmService.spec.type === 'LoadBalancer' && vmService.metadata.annotations?.[trafficPolicyAnnotation] === 'Local',
  find: (subject) => {
    const { vmService, cluster } = subject;
    const port = vmService.metadata.annotations?.[healthCheckAnnotation];
    const evidence = [`annotation ${trafficPolicyAnnotation}: Local${port === undefined ? '' : `; health checks on port ${port}`}`];
    if (cluster !== undefined) {
      const checks = port === undefined ? 'health checks' : `health checks on ${port}`;
      const [namespace = '', name = ''] = cluster.service?.split('/') ?? [];
      const look =
        cluster.service === undefined
          ? []
          : commandOn({ metadata: { name, namespace } }, ['kubectl', '--context', cluster.cluster, 'get', 'svc,endpointslice', name]);
      return [
        found(
          'VMS615',
          'info',
          'likely',
          vmService,
          `Traffic policy Local: only nodes that run a pod of the Service answer ${checks}; the others are taken out by design`,
          {
            evidence,
            fix: look,
          },
        ),
      ];
    }
    const mend = annotateCommand('vmservice', vmService, `${trafficPolicyAnnotation}-`);
    const service = balancedService(subject);
    const pool = service === undefined ? undefined : metalLbPool(service);
    const address = service === undefined ? undefined : addressesOf(service)[0];
    if (pool !== undefined && address !== undefined) {
      const message = `Traffic policy Local: no node announces ${address}, so that nobody can reach it`;
      return [
        found('VMS615', 'error', 'likely', vmService, message, {
          evidence: [
            ...evidence,
            `MetalLB took ${address} from its pool ${pool}; the endpoints are VMs, which are on no node of the cluster`,
          ],
          why: 'with this policy MetalLB lets only those nodes announce an address that have an endpoint of the Service on them',
          fix: mend,
          follows: ['VMS702', 'VMS705', 'VMS706'],
        }),
      ];
    }
    return [
      found(
        'VMS615',
        'warning',
        'likely',
        vmService,
        'Traffic policy Local means little for VMs, and takes members out that fail its health check',
        {
          evidence,
          fix: mend,
        },
      ),
    ];
  },
};

const networkAnnotations = [
  ['ncp.vmware.com/virtual-network-name', 'virtualNetworks', 'VirtualNetwork'],
  ['netoperator.vmware.com/network-name', 'networks', 'Network'],
] as const;

/** VMS616: the load balancer stands in another network than the VMs. */
export const networkAnnotationMismatch: ServiceRule = {
  about: 'service',
  code: 'VMS616',
  worst: 'error',
  needs: ['vms'],
  applies: ({ vmService }) => networkAnnotations.some(([key]) => vmService.metadata.annotations?.[key] !== undefined),
  mayHideIn: ({ vmService }) =>
    networkAnnotations.flatMap(([key, leg]) => (vmService.metadata.annotations?.[key] === undefined ? [] : [leg])),
  find: ({ vmService, decisions, around }) =>
    networkAnnotations.flatMap(([key, leg, kind]) => {
      const name = vmService.metadata.annotations?.[key];
      if (name === undefined) return [];
      const networks: Leg<KubeObject> = around.surroundings[leg];
      // Where there are no networks at all, they may be of a kind that the server does not have.
      const missing = isSeen(networks) && networks.items.length > 0 && !networks.items.some(({ metadata }) => metadata.name === name);
      const others = decisions.flatMap(({ vm }) => {
        const own = networksOf(vm);
        return own.length > 0 && !own.includes(name) ? [`VM ${vm.metadata.name} is in ${own.join(', ')}`] : [];
      });
      if (others.length === 0 && !missing) return [];
      return [
        found(
          'VMS616',
          'error',
          'likely',
          vmService,
          missing
            ? `The annotation names ${kind} ${name}, which does not exist`
            : `The load balancer stands in ${kind} ${name}, the VMs do not`,
          {
            field: `metadata.annotations[${key}]`,
            evidence: [`annotation ${key}: ${name}`, ...fewLines(others, 4)],
            fix: [
              advice('make the service anew with the network of its VMs; networks behind one gateway may reach one another all the same'),
            ],
          },
        ),
      ];
    }),
};

/** The networks that a VM's interfaces name, in any version. */
function networksOf(vm: VirtualMachine): readonly string[] {
  const spec = mapAt(jsonOf(vm), 'spec');
  const newer = mapsAt(mapAt(spec, 'network'), 'interfaces').map((nic) => textAt(mapAt(nic, 'network'), 'name'));
  const older = mapsAt(spec, 'networkInterfaces').map((nic) => textAt(nic, 'networkName'));
  return [...newer, ...older].filter((name) => name !== '');
}

/** VMS617: the way from the inside to the service's own address. */
export const addressHairpin: ServiceRule = {
  about: 'service',
  code: 'VMS617',
  worst: 'info',
  needs: ['services'],
  applies: hasBalancedService,
  find: (subject) => {
    const service = balancedService(subject);
    const modes = (service?.status?.loadBalancer?.ingress ?? []).flatMap(({ ip, ipMode }) =>
      ipMode === undefined ? [] : [`${ip ?? ''} ipMode ${ipMode}`],
    );
    if (service === undefined || modes.length === 0) return [];
    const proxy = modes.every((mode) => mode.endsWith('Proxy'));
    return [
      found(
        'VMS617',
        'info',
        'hint',
        service,
        proxy ? 'From the inside the way goes through the load balancer' : 'From the inside pods pass the load balancer by',
        {
          evidence: modes,
          why: 'a VM that calls the address of its own service needs the load balancer to translate its address: localhost is the surer way',
        },
      ),
    ];
  },
};

const healthCheckAnnotationOfVpc = 'lb.iaas.vmware.com/enable-endpoint-health-check';

/** VMS618: nobody notices when a process behind the address dies. */
export const noHealthCheck: ServiceRule = {
  about: 'service',
  code: 'VMS618',
  worst: 'warning',
  needs: ['vms', 'services'],
  applies: (subject) =>
    hasBalancedService(subject) && subject.cluster === undefined && isNsx(subject.around, subject.vmService.metadata.namespace ?? ''),
  find: (subject) => {
    const { vmService, decisions, around, cluster } = subject;
    const service = balancedService(subject);
    const namespace = vmService.metadata.namespace ?? '';
    if (service === undefined || cluster !== undefined || !isNsx(around, namespace)) return [];
    if (vmService.metadata.annotations?.[healthCheckAnnotationOfVpc] !== undefined) return [];
    const ready = decisions.filter(({ outcome }) => outcome === 'ready');
    if (ready.length === 0 || ready.some(({ vm }) => !['none', 'empty'].includes(probeAction(vm).action))) return [];
    return [
      found('VMS618', 'warning', 'hint', vmService, 'Nothing checks whether the VMs answer: a dead process keeps its traffic', {
        evidence: [
          `${ready.length} ready ${ready.length === 1 ? 'endpoint' : 'endpoints'}, none with a readiness probe; NSX has no monitor of its own unless asked`,
        ],
        fix: [
          advice('give the VMs a readiness probe (guestInfo or guestHeartbeat on VPC), so that they leave by themselves'),
          advice(`on VPC the annotation ${healthCheckAnnotationOfVpc} may ask the load balancer; that depends on the platform`),
        ],
        follows: ['VMS313'],
      }),
    ];
  },
};

/** VMS708: who can reach a cluster IP at all. */
export const clusterIpNotRoutable: ServiceRule = {
  about: 'service',
  code: 'VMS708',
  worst: 'warning',
  needs: [],
  applies: ({ vmService, around }) => vmService.spec.type === 'ClusterIP' || around.probes.length > 0,
  find: (subject) => {
    const { vmService, trace } = subject;
    const tried = probed(subject, 'VMS708');
    if (tried.length > 0 || vmService.spec.type !== 'ClusterIP') return tried;
    const ip = 'service' in trace.service ? (trace.service.service.spec.clusterIP ?? '') : '';
    return [
      found(
        'VMS708',
        'info',
        'likely',
        vmService,
        "ClusterIP: reachable only where the Supervisor's service proxying reaches your client",
        {
          evidence: [ip === '' ? 'spec.type ClusterIP' : `spec.type ClusterIP, cluster IP ${ip}`],
          why: 'VMs, workload clusters and laptops have no route to a cluster IP',
          fix: [advice('use type LoadBalancer for clients elsewhere')],
        },
      ),
    ];
  },
};
