import { isList, type Json, jsonOf } from '../../model/object.ts';
import { listAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import { advice, type Finding } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import { healthCheckAnnotation, trafficPolicyAnnotation } from '../load-balancer.ts';
import { isEmptySelector } from '../selector.ts';
import { patchCommand } from './fixes.ts';
import { found } from './found.ts';
import { lastApplied } from './last-applied.ts';
import { hasService } from './questions.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/** What can come of a VirtualMachineService that the server would refuse today. */
export const consequences: readonly FindingCode[] = ['VMS401', 'VMS402', 'VMS406', 'VMS501', 'VMS602', 'VMS610', 'VMS614'];

/**
 * What VM Operator's webhook would refuse of an object that is stored all the same: it came past an older webhook, or past none. As
 * long as its Service is as it should be, only later writes are refused.
 */
function refusedToday(code: FindingCode): ServiceRule {
  return {
    about: 'service',
    code,
    worst: 'error',
    needs: [],
    applies: ({ vmService }) => written[code]?.(vmService.spec) ?? true,
    find: (subject) => {
      const { vmService, trace } = subject;
      const works = trace.service.state === 'AsComputed';
      return subject
        .refusals()
        .filter((finding) => finding.code === code)
        .map((finding) => ({
          ...finding,
          evidence: [valueLine(vmService, finding)],
          severity: works ? 'warning' : finding.severity,
          why: works
            ? 'it is stored and works, but every later write of it is refused, even by the controller'
            : 'it is stored, but writes of it are refused, even by the controller, and Kubernetes may refuse its Service',
          follows: [...(works ? [] : consequences), ...(code === 'VMS119' ? unselectable : [])],
        }));
    },
  };
}

/** No VM can have such a label, so that none is selected. */
const unselectable: readonly FindingCode[] = ['VMS201', 'VMS205'];

type Spec = ServiceSubject['vmService']['spec'];

/** Where there is nothing of it, nothing of it can be refused; the other codes are about what every object has. */
const written: Partial<Record<FindingCode, (spec: Spec) => boolean>> = {
  VMS107: ({ loadBalancerSourceRanges = [] }) => loadBalancerSourceRanges.length > 0,
  VMS111: ({ ipFamilies = [], ipFamilyPolicy = '' }) => ipFamilies.length > 0 || ipFamilyPolicy !== '',
  VMS119: ({ selector }) => !isEmptySelector(selector),
  VMS120: ({ clusterIp = '' }) => clusterIp !== '',
  VMS121: ({ type }) => type === 'ExternalName',
};

/** `spec.ports[0].protocol: tcp`: what stands there. */
function valueLine(vmService: ServiceSubject['vmService'], { field = '', at }: Finding): string {
  const value = (at?.path ?? []).reduce<Json | undefined>(
    (found, step) => (isList(found) ? found[Number(step)] : isMap(found) ? found[String(step)] : undefined),
    jsonOf(vmService),
  );
  // What a map holds is told by its key.
  const last = at?.path.at(-1);
  const place = typeof last === 'string' && !field.includes(last) ? `${field}[${last}]` : field;
  return `${place}: ${value === undefined ? '<none>' : typeof value === 'string' ? value : shortJson(value)}`;
}

/** What the webhook would say of ports, source ranges, the name, families, the selector, the cluster IP and the external name. */
export const refusedFields: readonly ServiceRule[] = (
  ['VMS101', 'VMS103', 'VMS107', 'VMS108', 'VMS111', 'VMS119', 'VMS120', 'VMS121'] as const
).map(refusedToday);

/** Fields of a VirtualMachineService's spec in all versions. */
const specFields = ['type', 'ports', 'selector', 'loadBalancerIP', 'loadBalancerSourceRanges', 'clusterIp', 'externalName'];

const familyFields = ['ipFamilies', 'ipFamilyPolicy'];

/** Of a port, in all versions. */
const portFields = ['name', 'protocol', 'port', 'targetPort'];

/** VMS102: something was applied that has no field here, and was dropped. */
export const unknownField: ServiceRule = {
  about: 'service',
  code: 'VMS102',
  worst: 'error',
  needs: [],
  applies: ({ vmService }) => lastApplied(vmService) !== undefined,
  find: ({ vmService, around }) => {
    const applied = lastApplied(vmService)?.['spec'];
    if (!isMap(applied)) return [];
    const { traits, version } = around.world.facts;
    const known = traits.copiesIpFamilies ? [...specFields, ...familyFields] : specFields;
    const stored = new Set(Object.keys(vmService.spec));
    const dropped = Object.keys(applied).filter((field) => !known.includes(field) && !stored.has(field));
    const ofPorts = new Set(listAt(applied, 'ports').flatMap((port) => (isMap(port) ? Object.keys(port) : [])));
    const storedOfPorts = new Set((vmService.spec.ports ?? []).flatMap((port) => Object.keys(port)));
    const droppedOfPorts = [...ofPorts].filter((field) => !portFields.includes(field) && !storedOfPorts.has(field));
    return [
      ...droppedOfPorts.map((field) =>
        found('VMS102', 'warning', 'certain', vmService, `spec.ports[].${field} is no field in ${version}: it was dropped`, {
          field: `spec.ports[].${field}`,
          evidence: [`last applied with ${field} on a port; the stored ports have no such field`],
          fix: [advice(insteadOf(field))],
        }),
      ),
      ...dropped.map((field) => {
        const headless = field === 'clusterIP' && applied[field] === 'None';
        return found(
          'VMS102',
          headless ? 'error' : 'warning',
          'certain',
          vmService,
          `spec.${field} is no field in ${version}: it was dropped`,
          {
            field: `spec.${field}`,
            evidence: [`last applied with spec.${field}=${shortJson(applied[field])}; the stored object has no such field`],
            fix: [advice(insteadOf(field))],
          },
        );
      }),
    ];
  },
};

function shortJson(value: Json | undefined): string {
  const text = JSON.stringify(value ?? null);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function insteadOf(field: string): string {
  switch (field) {
    case 'clusterIP':
      return 'the field is called clusterIp; headless services are not really supported';
    case 'externalTrafficPolicy':
      return `use the annotation ${trafficPolicyAnnotation}`;
    case 'healthCheckNodePort':
      return `use the annotation ${healthCheckAnnotation}`;
    case 'ipFamilies':
    case 'ipFamilyPolicy':
      return 'only v1alpha6 and later have it';
    default:
      return 'take it out of the manifest: it has no effect';
  }
}

/** VMS104: a type that has no endpoints. */
export const typeUnsupported: ServiceRule = {
  about: 'service',
  code: 'VMS104',
  worst: 'error',
  needs: [],
  find: ({ vmService }) => {
    const { type } = vmService.spec;
    if (type === 'ExternalName') {
      return [
        found('VMS104', 'warning', 'certain', vmService, 'Type ExternalName is accepted, but not supported: it has no endpoints', {
          field: 'spec.type',
          evidence: [`spec.type: ${type}, spec.externalName: ${vmService.spec.externalName ?? '<none>'}`],
          fix: [advice('use a Service of Kubernetes of type ExternalName')],
        }),
      ];
    }
    if (type === 'ClusterIP' || type === 'LoadBalancer') return [];
    return [
      found('VMS104', 'error', 'certain', vmService, `Type ${type ?? '<none>'} is not supported`, {
        field: 'spec.type',
        evidence: [`spec.type: ${type ?? '<none>'}`],
        fix: [advice('use LoadBalancer, or connect to the VM directly')],
        follows: consequences,
      }),
    ];
  },
};

/** VMS106: headless. */
export const headlessRequested: ServiceRule = {
  about: 'service',
  code: 'VMS106',
  worst: 'error',
  needs: [],
  applies: ({ vmService }) => (vmService.spec.clusterIp ?? '') !== '',
  find: ({ vmService }) => {
    const { clusterIp, type } = vmService.spec;
    if (clusterIp !== 'None' || type === 'ExternalName') return [];
    const refused = type === 'LoadBalancer';
    return [
      found(
        'VMS106',
        refused ? 'error' : 'warning',
        'likely',
        vmService,
        'A headless service is asked for, which VM Operator does not really support',
        {
          field: 'spec.clusterIp',
          evidence: [`spec.clusterIp: None, spec.type: ${type ?? '<none>'}`],
          why: refused
            ? 'clusterIp None is refused for type LoadBalancer'
            : 'without ports its Endpoints have no ports, and its families differ from what is written',
          fix: [advice('use a normal cluster IP, or read the addresses of the VMs from the Endpoints')],
          follows: refused ? consequences : [],
        },
      ),
    ];
  },
};

/** VMS111 as it shows afterwards: the Service was made, and a change of its families is refused ever since. */
export const familiesRefused: ServiceRule = {
  about: 'service',
  code: 'VMS111',
  worst: 'error',
  needs: ['services'],
  applies: (subject) =>
    subject.around.world.facts.traits.copiesIpFamilies &&
    subject.around.world.facts.workloadIPv6 &&
    (subject.vmService.spec.ipFamilies ?? []).length > 0 &&
    hasService(subject),
  find: ({ vmService, trace }) => {
    if (trace.service.state !== 'Differs') return [];
    const { service } = trace.service;
    const wanted = vmService.spec.ipFamilies ?? [];
    const policy = vmService.spec.ipFamilyPolicy ?? service.spec.ipFamilyPolicy ?? 'SingleStack';
    const stored = service.spec.ipFamilies ?? [];
    const shrinks = wanted.length === 1 && stored.length === 2 && policy !== 'SingleStack';
    const grows = wanted.length === 2 && stored.length === 1 && policy === 'SingleStack';
    const turns = wanted.length > 0 && stored.length > 0 && wanted[0] !== stored[0];
    if (!shrinks && !grows && !turns) return [];
    const why = shrinks
      ? 'to release the second family the policy has to be SingleStack'
      : grows
        ? 'two families need the policy PreferDualStack or RequireDualStack'
        : 'the first family of a Service cannot be changed';
    return [
      found('VMS111', 'error', 'certain', vmService, `Kubernetes refuses to give the Service the families ${wanted.join(', ')}`, {
        field: 'spec.ipFamilies',
        evidence: [
          `spec.ipFamilies: ${wanted.join(', ')}; policy ${vmService.spec.ipFamilyPolicy ?? '<none>'}`,
          `Service spec.ipFamilies: ${stored.join(', ')}; policy ${service.spec.ipFamilyPolicy ?? '<none>'}`,
        ],
        why: `${why}; the controller tries again and again, and Endpoints are no longer kept up`,
        fix: shrinks
          ? patchCommand('vmservice', vmService, { spec: { ipFamilyPolicy: 'SingleStack' } })
          : grows
            ? patchCommand('vmservice', vmService, { spec: { ipFamilyPolicy: 'PreferDualStack' } })
            : [advice('make a new VirtualMachineService with the families that you want')],
        follows: ['VMS406', 'VMS501', 'VMS502', 'VMS503', 'VMS505', 'VMS610', 'VMS614'],
      }),
    ];
  },
};

/** VMS113: the webhook does not answer, and so nobody can write. */
export const webhookUnreachable: ServiceRule = {
  about: 'service',
  code: 'VMS113',
  worst: 'error',
  inDeletion: true,
  needs: [],
  applies: ({ proofs }) => proofs.patchVmService !== undefined && proofs.patchVmService.outcome !== 'notTried',
  find: ({ vmService, proofs }) => {
    const { patchVmService } = proofs;
    if (patchVmService?.outcome !== 'refused') return [];
    const { message = '' } = patchVmService.status;
    if (!message.includes('failed calling webhook')) return [];
    return [
      found(
        'VMS113',
        'error',
        'certain',
        vmService,
        'The admission webhook of VM Operator cannot be reached: nobody can write VirtualMachineServices',
        {
          evidence: ['a change that changes nothing, sent as a server-side dry run, is refused'],
          proof: [message],
          why: 'VM Operator is down or being upgraded, or its certificate changed; what forwards traffic goes on doing so',
          fix: [advice('wait and try again while an upgrade runs, else ask the platform owner')],
          follows: ['VMS112', 'VMS401', 'VMS402', 'VMS406'],
        },
      ),
    ];
  },
};
