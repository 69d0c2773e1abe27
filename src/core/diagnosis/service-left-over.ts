import { controllerOf } from '../../model/object.ts';
import { endpointAddresses, ingressAddresses, type Service } from '../../model/service.ts';
import { advice } from '../finding.ts';
import { serviceProxyLabel } from '../load-balancer.ts';
import { ownershipOf, owningVmService } from '../ownership.ts';
import { skipMirror } from './endpoint-slices.ts';
import { annotateCommand, commandIn, labelCommand } from './fixes.ts';
import { found } from './found.ts';
import { hasBalancedService, hasService } from './questions.ts';
import type { NamespaceRule, ServiceRule } from './rule.ts';
import { mayBypassKubeProxy } from './service-child.ts';
import { storedEndpoints } from './stored-endpoints.ts';
import type { ServiceSubject } from './subject.ts';

/** VMS405: Services that a VirtualMachineService left behind. */
export const serviceOrphaned: NamespaceRule = {
  about: 'namespace',
  code: 'VMS405',
  worst: 'warning',
  needs: ['vmServices', 'services', 'endpoints'],
  find: ({ namespace, around }) => {
    const { vmServices, services, endpoints } = around.contentsOf(namespace);
    const names = new Set(vmServices.map(({ metadata }) => metadata.name));
    const byVms = new Set(
      endpoints
        .filter((stored) => endpointAddresses(stored).some(({ targetRef }) => targetRef?.kind === 'VirtualMachine'))
        .map(({ metadata }) => metadata.name),
    );
    return services.flatMap((service) => {
      const { name, deletionTimestamp } = service.metadata;
      if (names.has(name) || deletionTimestamp !== undefined) return [];
      const owner = owningVmService(service);
      if (owner === undefined && (!byVms.has(name) || controllerOf(service) !== undefined)) return [];
      if (owner !== undefined && names.has(owner.name)) return [];
      const address = ingressAddresses(service);
      return [
        found(
          'VMS405',
          'warning',
          'certain',
          service,
          `Service ${name} has no VirtualMachineService${address.length > 0 ? `, and holds ${address.join(', ')}` : ''}`,
          {
            evidence: [
              owner === undefined
                ? 'its Endpoints point at VMs, and nobody owns it'
                : `its owner VirtualMachineService/${owner.name} does not exist`,
            ],
            fix: [
              advice(`make VirtualMachineService ${name} again: it takes the Service over, and keeps its address`),
              ...commandIn(namespace, ['kubectl', 'vmsvc', 'reconcile', '--orphans'], 'lists what could go; ask who uses it first'),
            ],
          },
        ),
      ];
    });
  },
};

/** Load balancers clean up within a minute or two. Seconds. */
const cleanUpGrace = 120;

/** VMS407: a Service on its way out, which keeps its name. */
export const serviceTerminating: ServiceRule = {
  about: 'service',
  code: 'VMS407',
  worst: 'error',
  inDeletion: true,
  needs: ['services'],
  applies: hasService,
  find: ({ vmService, around }) => {
    const lookup = around.world.service(vmService);
    return 'found' in lookup ? terminating(lookup.found, around.times) : [];
  },
};

/** The same for one whose VirtualMachineService is gone already. */
export const leftServiceTerminating: NamespaceRule = {
  about: 'namespace',
  code: 'VMS407',
  worst: 'error',
  needs: ['vmServices', 'services'],
  find: ({ namespace, around }) => {
    const { vmServices, services } = around.contentsOf(namespace);
    const names = new Set(vmServices.map(({ metadata }) => metadata.name));
    return services
      .filter((service) => !names.has(service.metadata.name) && owningVmService(service) !== undefined)
      .flatMap((service) => terminating(service, around.times));
  },
};

function terminating(service: Service, times: ServiceSubject['around']['times']) {
  const { name, deletionTimestamp, finalizers = [] } = service.metadata;
  if (deletionTimestamp === undefined) return [];
  const waiting = (times.age(deletionTimestamp) ?? 0) < cleanUpGrace;
  return [
    found(
      'VMS407',
      waiting ? 'info' : 'error',
      'certain',
      service,
      `Service ${name} has been in deletion ${times.since(deletionTimestamp)}`,
      {
        evidence: [`metadata.finalizers: ${finalizers.join(', ') || '<none>'}`],
        why: 'its load balancer has to clean up first; until then the address and the name are taken, and a new VirtualMachineService of that name loses it again',
        fix: waiting ? [] : [advice('ask the platform owner why the load balancer does not let go; wait before making the name anew')],
        follows: ['VMS402', 'VMS406', 'VMS501', 'VMS614'],
      },
    ),
  ];
}

/** Keys that change how a Service works, though nobody asks for them any more. */
const acting = [skipMirror, 'external-dns.alpha.kubernetes.io/hostname', serviceProxyLabel];

const systemPrefixes =
  /^(ncp\/|ncp\.|nsx\.|ako\.|aviinfrasetting|service\.route\.lbapi\.|kubectl|lb\.iaas\.|netoperator\.|field\.cattle\.io|.*\.?vmware\.com\/|.*kubernetes\.io\/)/;

/** Load balancers that people install themselves: what these write on a Service is theirs, and holds its address. */
const installedBalancers =
  /^(?:[\w.-]+\.)?(?:metallb\.(?:io|universe\.tf)|kube-vip\.io|cilium\.io|purelb\.io|openelb\.(?:io|kubesphere\.io)|kubesphere\.io|loxilb\.io|antrea\.io|io\.cilium)\//;

/** VMS408: keys that were copied to the Service once and are no longer asked for. */
export const serviceMetadataLeftOver: ServiceRule = {
  about: 'service',
  code: 'VMS408',
  worst: 'warning',
  needs: ['services'],
  applies: hasService,
  find: (subject) => {
    const { vmService, trace } = subject;
    if (!('service' in trace.service) || ownershipOf(trace.service.service, vmService).owner !== 'ours') return [];
    const { service } = trace.service;
    return (['annotations', 'labels'] as const).flatMap((map) => {
      const own = vmService.metadata[map] ?? {};
      const extra = Object.keys(service.metadata[map] ?? {}).filter((key) => !(key in own));
      return (
        extra
          .filter((key) => acting.includes(key) || !(systemPrefixes.test(key) || installedBalancers.test(key)))
          // Why there are no slices is told with the Endpoints.
          .filter((key) => key !== skipMirror || endpointAddresses(storedEndpoints(subject)).length === 0)
          // VM Operator takes its own away by itself, and what is surely wrong is told as VMS410.
          .filter(
            (key) => key !== serviceProxyLabel || (service.metadata.labels?.[key] !== 'nsx-t' && mayBypassKubeProxy(service, subject)),
          )
          .map((key) =>
            found(
              'VMS408',
              acting.includes(key) ? 'warning' : 'info',
              'likely',
              service,
              `${map === 'annotations' ? 'Annotation' : 'Label'} ${key} is on the Service and not on its VirtualMachineService`,
              {
                field: `metadata.${map}[${key}]`,
                evidence: [`Service metadata.${map}[${key}]: ${service.metadata[map]?.[key] ?? ''}`],
                why: 'keys are copied to the Service and not taken away again; somebody may also have put it there on purpose',
                fix: map === 'annotations' ? annotateCommand('svc', service, `${key}-`) : labelCommand('svc', service, `${key}-`),
              },
            ),
          )
      );
    });
  },
};

/** VMS411: node ports of an older release. */
export const nodePortsLeftOver: ServiceRule = {
  about: 'service',
  code: 'VMS411',
  worst: 'info',
  needs: ['services'],
  applies: hasBalancedService,
  find: ({ trace }) => {
    if (!('service' in trace.service)) return [];
    const { service } = trace.service;
    const { spec } = service;
    const nodePorts = (spec.ports ?? []).flatMap(({ nodePort }) => (nodePort === undefined || nodePort === 0 ? [] : [nodePort]));
    if (spec.type !== 'LoadBalancer' || spec.allocateLoadBalancerNodePorts !== false || nodePorts.length === 0) return [];
    return [
      found('VMS411', 'info', 'certain', service, `Service ${service.metadata.name} still has node ports of an older release`, {
        field: 'spec.ports',
        evidence: [`spec.allocateLoadBalancerNodePorts: false, node ports ${nodePorts.join(', ')}`],
      }),
    ];
  },
};
