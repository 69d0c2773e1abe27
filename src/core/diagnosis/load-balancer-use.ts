import type { KubeObject } from '../../model/object.ts';
import { ingressAddresses } from '../../model/service.ts';
import { probeAction } from '../../model/virtual-machine.ts';
import { fewLines } from '../few-names.ts';
import { advice } from '../finding.ts';
import { balancedService } from './balanced-service.ts';
import { found } from './found.ts';
import { isPortConflict } from './provider-errors.ts';
import { gatewayFaults, gatewayOf, isNsx, providerTrace } from './provider-traces.ts';
import { asksForBalancer, hasBalancedService } from './questions.ts';
import { probed } from './reachability.ts';
import type { ServiceRule } from './rule.ts';

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
    const clashes = ingressAddresses(service).flatMap((address) =>
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
    if (refused.length === 0 && (!(nsx || avi) || (service !== undefined && ingressAddresses(service).length > 0 && avi))) return [];
    const who = nsx ? 'NSX' : 'AVI';
    return [
      found(
        'VMS613',
        'error',
        'likely',
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
    // A headless one has no cluster IP: clients connect to the VMs.
    if (tried.length > 0 || vmService.spec.type !== 'ClusterIP' || vmService.spec.clusterIp === 'None') return tried;
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
