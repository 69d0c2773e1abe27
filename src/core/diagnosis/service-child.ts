import { type KubeObject, kindAndName } from '../../model/object.ts';
import type { Service } from '../../model/service.ts';
import { advice } from '../finding.ts';
import { resolveProvider, serviceProxyLabel } from '../load-balancer.ts';
import { ownershipOf } from '../ownership.ts';
import { isEmptySelector, selectorText } from '../selector.ts';
import { isMadeOfPods } from '../slice-manager.ts';
import { itemsOf } from '../snapshot.ts';
import { commandOn, labelCommand, nudgeCommand, patchCommand } from './fixes.ts';
import { found } from './found.ts';
import { hasEndpoints, hasService } from './questions.ts';
import { rehearsalLines } from './rehearsal.ts';
import type { ServiceRule } from './rule.ts';
import { withoutService } from './service-creation.ts';
import type { ServiceSubject } from './subject.ts';

/** VMS403: a Service or Endpoints of that name belongs to another controller. */
export const serviceNameTaken: ServiceRule = {
  about: 'service',
  code: 'VMS403',
  worst: 'error',
  inDeletion: true,
  needs: ['services', 'endpoints'],
  applies: (subject) => hasService(subject) || hasEndpoints(subject),
  find: ({ vmService, leftAlone, around: { world } }) => {
    // Endpoints that the controller leaves alone may be anybody's.
    const lookups = [
      world.service(vmService),
      ...(leftAlone && vmService.spec.type !== 'ExternalName' ? [] : [world.endpoints(vmService)]),
    ];
    const children: readonly (KubeObject | undefined)[] = lookups.map((lookup) => ('found' in lookup ? lookup.found : undefined));
    const { name } = vmService.metadata;
    const [child, owner] = children.flatMap((object) => {
      if (object === undefined) return [];
      const ownership = ownershipOf(object, vmService);
      return ownership.owner === 'another' ? ([object, kindAndName(ownership.controller)] as const) : [];
    });
    if (typeof child !== 'object' || typeof owner !== 'string') return [];
    return [
      found('VMS403', 'error', 'certain', child, `${child.kind} ${name} belongs to ${owner}; VM Operator cannot use the name`, {
        field: 'metadata.ownerReferences',
        evidence: [`${child.kind} owner ${owner} (controller), not VirtualMachineService/${name}; no event is written for this failure`],
        fix: [advice(`create the VirtualMachineService under another name, for example ${name}-vm`)],
        danger: `deleting VirtualMachineService/${name} also deletes Service/${name} and Endpoints/${name}, because it deletes by name: create ${name}-vm, move the clients, and delete ${name} only when ${owner} may be made anew by its owner`,
        follows: ['VMS402', 'VMS404', 'VMS406', 'VMS408', ...withoutService],
      }),
    ];
  },
};

/** VMS404: the Service has a selector of its own. */
export const serviceHasSelector: ServiceRule = {
  about: 'service',
  code: 'VMS404',
  worst: 'error',
  needs: ['services'],
  applies: hasService,
  find: ({ vmService, trace }) => {
    if (!('service' in trace.service)) return [];
    const { service } = trace.service;
    const { name } = vmService.metadata;
    if (isEmptySelector(service.spec.selector) || ownershipOf(service, vmService).owner === 'another') return [];
    const selector = selectorText(service.spec.selector);
    const byPods = itemsOf(trace.slices).filter(({ slice }) => isMadeOfPods(slice));
    return [
      found('VMS404', 'error', 'certain', service, `Service ${name} has a selector of its own: ${selector}`, {
        field: 'spec.selector',
        evidence: [
          `Service spec.selector: ${selector}; VM Operator never writes one`,
          ...(byPods.length > 0
            ? [`${byPods.length} EndpointSlices are made of pods: ${byPods.map(({ slice }) => slice.metadata.name).join(', ')}`]
            : []),
        ],
        why: 'Kubernetes makes Endpoints of the pods of that selector, and VM Operator of the VMs: they overwrite each other',
        fix: patchCommand('svc', service, { spec: { selector: null } }, 'after checking that no pods need it; better: use another name'),
        follows: ['VMS406', 'VMS501', 'VMS503', 'VMS505', 'VMS506', 'VMS508', 'VMS614'],
      }),
    ];
  },
};

/** VMS406: the Service is not what the VirtualMachineService asks for. */
export const serviceDiffers: ServiceRule = {
  about: 'service',
  code: 'VMS406',
  worst: 'error',
  needs: ['services'],
  applies: hasService,
  find: (subject) => {
    const { vmService, trace, proofs } = subject;
    if (trace.service.state !== 'Differs' || !subject.isSettled()) return [];
    const { fields, service, owned } = trace.service;
    // The owner's uid and version are put right in passing, and nobody depends on them.
    const telling = owned ? fields.filter((field) => field !== 'metadata.ownerReferences') : fields;
    if (telling.length === 0) return [];
    const { name } = vmService.metadata;
    const patch = proofs.patchService;
    const refused = patch?.outcome === 'refused';
    const breaks = telling.includes('spec.ports') || telling.includes('spec.type') || refused;
    const unowned = !owned && telling.every((field) => field === 'metadata.ownerReferences');
    const message = unowned
      ? `Service ${name} belongs to nobody; the controller would take it over`
      : `Service ${name} is not what its VirtualMachineService asks for`;
    return [
      found('VMS406', breaks ? 'error' : 'warning', 'certain', service, message, {
        evidence: [`the controller would change ${telling.join(', ')}`, ...portLines(vmService, service, telling)],
        ...(refused && { proof: rehearsalLines(patch) }),
        why: 'the controller writes such a difference away within seconds: it fails, or does not run',
        fix: [
          ...commandOn(vmService, ['kubectl', 'vmsvc', 'diff', name], 'shows the differences'),
          ...(refused ? [] : nudgeCommand(vmService)),
        ],
        follows: refused || unowned ? ['VMS501', 'VMS502', 'VMS503', 'VMS509', 'VMS610'] : ['VMS509'],
      }),
    ];
  },
};

function portLines({ spec }: ServiceSubject['vmService'], service: Service, fields: readonly string[]): readonly string[] {
  if (!fields.includes('spec.ports')) return [];
  const text = (ports: readonly { name?: string; port: number; protocol?: string; targetPort?: number | string }[] | undefined) =>
    (ports ?? [])
      .map(({ name, port, protocol, targetPort }) => `${name ?? ''} ${port}/${protocol ?? 'TCP'} -> ${targetPort ?? port}`.trim())
      .join(', ') || '<none>';
  return [`VirtualMachineService spec.ports: ${text(spec.ports)}`, `Service spec.ports: ${text(service.spec.ports)}`];
}

/** VMS410: kube-proxy was told to leave the Service alone. */
export const kubeProxyBypassed: ServiceRule = {
  about: 'service',
  code: 'VMS410',
  worst: 'error',
  needs: ['services'],
  applies: hasService,
  find: (subject) => {
    const { trace } = subject;
    if (!('service' in trace.service)) return [];
    const { service } = trace.service;
    const value = service.metadata.labels?.[serviceProxyLabel];
    if (value === undefined) return [];
    const meant = mayBypassKubeProxy(service, subject);
    return [
      found('VMS410', meant ? 'info' : 'error', 'certain', service, `kube-proxy leaves Service ${service.metadata.name} to ${value}`, {
        field: `metadata.labels[${serviceProxyLabel}]`,
        evidence: [`label ${serviceProxyLabel}: ${value}; externalTrafficPolicy ${service.spec.externalTrafficPolicy ?? '<none>'}`],
        why: 'inside the Supervisor its cluster IP does not answer; the address of the load balancer does',
        fix: meant ? [] : labelCommand('svc', service, `${serviceProxyLabel}-`),
      }),
    ];
  },
};

/** With traffic policy Local, or where NSX balances, that is how it is meant to be; where nobody knows who balances, it may be. */
export function mayBypassKubeProxy(service: Service, { vmService, around }: ServiceSubject): boolean {
  const resolved = resolveProvider(around.world.providerSource(vmService.metadata.namespace ?? ''));
  return service.spec.externalTrafficPolicy === 'Local' || !('provider' in resolved) || resolved.provider === 'nsx';
}
