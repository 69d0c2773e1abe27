import type { JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { conversionAnnotation } from '../../model/virtual-machine-service.ts';
import type { Finding } from '../finding.ts';
import { formatCidr, formatIp, parseCidr, sizeOf } from '../ip-address.ts';
import { healthCheckAnnotation, trafficPolicyAnnotation } from '../load-balancer.ts';
import type { ProfileTraits } from '../profile.ts';
import { hasSkipAnnotation, skipValidationAnnotation } from './exemption.ts';
import { at, type Complaint, findingOf, type Subject } from './refusal.ts';
import { readSpec, type WrittenSpec } from './written-spec.ts';

/** What advice depends on, besides the object. */
export interface AdviceContext {
  readonly traits: ProfileTraits;
  readonly namespace: string | undefined;
  /** Whether somebody wrote Endpoints for it; undefined where nobody can tell. */
  readonly hasEndpoints: boolean | undefined;
  /** The minor version of Kubernetes; undefined where it is not known. */
  readonly kubernetesMinor: number | undefined;
}

/** What is legal and probably not meant, as far as the object itself shows it. */
export function adviceOn(object: JsonObject, context: AdviceContext): readonly Finding[] {
  const subject: Subject = { object, namespace: context.namespace };
  const spec = readSpec(object);
  const complaints: readonly Complaint[] = [
    ...typeAdvice(spec),
    ...selectorAdvice(spec, context),
    ...rangeAdvice(spec),
    ...annotationAdvice(object, spec),
    ...portAdvice(spec, context),
    ...(hasSkipAnnotation(object) ? [validationSkipped] : []),
  ];
  return complaints.map((complaint) => findingOf(subject, complaint));
}

function typeAdvice({ type, clusterIp }: WrittenSpec): readonly Complaint[] {
  if (type === 'ExternalName') {
    return [
      {
        code: 'VMS104',
        severity: 'warning',
        field: 'spec.type',
        at: at(['spec', 'type']),
        message: 'spec.type: ExternalName is accepted, and leads to no VM',
        fix: 'a plain Service of type ExternalName does the same without VM Operator',
      },
    ];
  }
  if (type !== 'ClusterIP' || clusterIp !== 'None') return [];
  return [
    {
      code: 'VMS106',
      severity: 'warning',
      confidence: 'likely',
      field: 'spec.clusterIp',
      at: at(['spec', 'clusterIp']),
      message: 'spec.clusterIp: headless services are not really supported: clients have to read the addresses of the VMs themselves',
      fix: 'leave clusterIp out',
    },
  ];
}

function selectorAdvice({ selector, brokenSelector, type }: WrittenSpec, { traits, hasEndpoints }: AdviceContext): readonly Complaint[] {
  if (selector.size > 0 || brokenSelector || type === 'ExternalName') return [];
  const place = { field: 'spec.selector', at: at(['spec', 'selector'], 'key') } as const;
  if (traits.emptySelectorSelectsAll) {
    const message = 'spec.selector: without one, this release selects every VM of the namespace; later ones select none';
    return [{ code: 'VMS114', severity: 'warning', ...place, message, fix: 'add a selector before the upgrade' }];
  }
  if (hasEndpoints === true) return [];
  const message = 'spec.selector: without one, VM Operator writes no Endpoints: somebody else has to';
  return [
    {
      code: 'VMS109',
      severity: 'info',
      confidence: 'likely',
      ...place,
      message,
      fix: 'add a selector, or write Endpoints of the same name',
    },
  ];
}

function rangeAdvice({ type, sourceRanges }: WrittenSpec): readonly Complaint[] {
  if (type !== 'LoadBalancer') return [];
  const ranges = sourceRanges.flatMap(({ text, index }) => {
    const cidr = parseCidr(text.trim());
    return cidr === undefined ? [] : [{ text: text.trim(), index, cidr }];
  });
  const isEverything = ({ cidr }: (typeof ranges)[number]): boolean => cidr.prefix === 0;
  return ranges.flatMap((range): Complaint[] => {
    const { text, index, cidr } = range;
    const field = `spec.loadBalancerSourceRanges[${index}]`;
    const place = { field, at: at(['spec', 'loadBalancerSourceRanges', index]) } as const;
    if (cidr.address.value !== cidr.first) {
      const single = `${formatIp(cidr.address)}/${cidr.family === 'IPv4' ? 32 : 128}`;
      const message = `${field}: ${text} has bits behind its prefix: it means ${formatCidr(cidr)}, ${sizeOf(cidr)} addresses`;
      return [{ code: 'VMS107', severity: 'warning', ...place, message, fix: `write ${formatCidr(cidr)}, or ${single} for one address` }];
    }
    if (!isEverything(range) || ranges.every((other) => isEverything(other) || other.cidr.family !== cidr.family)) return [];
    const message = `${field}: ${text} lets everybody in, so the other ranges have no effect`;
    return [{ code: 'VMS107', severity: 'warning', ...place, message, fix: 'remove it, or the others' }];
  });
}

function annotationAdvice(object: JsonObject, { type }: WrittenSpec): readonly Complaint[] {
  const metadata = isMap(object['metadata']) ? object['metadata'] : {};
  const annotations = isMap(metadata['annotations']) ? metadata['annotations'] : {};
  const complaints: Complaint[] = [];
  const place = (key: string) => ({ field: `metadata.annotations[${key}]`, at: at(['metadata', 'annotations', key]) });
  const policy = annotations[trafficPolicyAnnotation];
  if (typeof policy === 'string' && policy !== 'Local' && policy !== 'Cluster') {
    const message = `metadata.annotations[${trafficPolicyAnnotation}]: ${JSON.stringify(policy)} is ignored: only Local and Cluster count`;
    const near = ['Local', 'Cluster'].find((word) => word.toLowerCase() === policy.trim().toLowerCase());
    complaints.push({
      code: 'VMS110',
      severity: 'warning',
      ...place(trafficPolicyAnnotation),
      message,
      fix: near === undefined ? 'write Local or Cluster, or remove it' : `write ${near}`,
    });
  }
  if (typeof annotations[healthCheckAnnotation] === 'string' && !(policy === 'Local' && type === 'LoadBalancer')) {
    const message = `metadata.annotations[${healthCheckAnnotation}]: has no effect without the traffic policy Local on a LoadBalancer`;
    complaints.push({ code: 'VMS110', severity: 'info', ...place(healthCheckAnnotation), message, fix: 'remove it' });
  }
  if (typeof annotations[conversionAnnotation] === 'string') {
    const message = `metadata.annotations[${conversionAnnotation}]: comes from an export; applied elsewhere it brings old status and IP families along`;
    complaints.push({ code: 'VMS913', severity: 'warning', ...place(conversionAnnotation), message, fix: 'remove it' });
  }
  return complaints;
}

/** Ports that older API servers, or some load balancers, do not take. */
function portAdvice({ type, ports }: WrittenSpec, { kubernetesMinor }: AdviceContext): readonly Complaint[] {
  if (type !== 'LoadBalancer') return [];
  const kubelet = ports.filter(({ port }) => port === 10250);
  const complaints: Complaint[] = [];
  if (kubernetesMinor === undefined || kubernetesMinor < 33) {
    const [severity, confidence] = kubernetesMinor === undefined ? (['info', 'hint'] as const) : (['error', 'certain'] as const);
    for (const { index } of kubelet) {
      const field = `spec.ports[${index}]`;
      const message = `the Service would be refused${kubernetesMinor === undefined ? ' before Kubernetes 1.33' : ''}: ${field}: Invalid value: 10250: may not expose port 10250 externally since it is used by kubelet`;
      complaints.push({
        code: 'VMS123',
        severity,
        confidence,
        field,
        at: at(['spec', 'ports', index, 'port']),
        message,
        fix: 'use another port',
      });
    }
  }
  const [first, ...others] = ports;
  const other = others.find(({ protocol }) => protocol !== first?.protocol);
  if (other === undefined) return complaints;
  const isOld = kubernetesMinor !== undefined && kubernetesMinor < 24;
  complaints.push(
    isOld
      ? {
          code: 'VMS123',
          field: 'spec.ports',
          at: at(['spec', 'ports', other.index, 'protocol']),
          message: 'the Service would be refused: spec.ports: Invalid value: cannot create an external load balancer with mix protocols',
          fix: 'make a service of its own for each protocol',
        }
      : {
          code: 'VMS613',
          severity: 'info',
          confidence: 'hint',
          field: 'spec.ports',
          at: at(['spec', 'ports', other.index, 'protocol']),
          message: `spec.ports: not every load balancer takes several protocols at one address${kubernetesMinor === undefined ? ', and no Kubernetes before 1.24 does' : ''}`,
          fix: 'make a service of its own for each protocol if no address is given',
        },
  );
  return complaints;
}

/** A manifest that was exported from a cluster says which write it was. No creation may, and a later update is a conflict. */
export function versionAdvice(object: JsonObject): readonly Complaint[] {
  const version = isMap(object['metadata']) ? object['metadata']['resourceVersion'] : undefined;
  if (typeof version !== 'string' || !/^0*[1-9]\d*$/.test(version)) return [];
  const field = 'metadata.resourceVersion';
  const message = `${field}: comes from an export: a creation with it is refused, and so is a change once somebody else wrote the object`;
  return [{ code: 'VMS124', severity: 'warning', field, at: at(['metadata', 'resourceVersion']), message, fix: 'remove it' }];
}

const validationSkipped: Complaint = {
  code: 'VMS127',
  severity: 'warning',
  field: `metadata.annotations[${skipValidationAnnotation}]`,
  at: at(['metadata', 'annotations', skipValidationAnnotation], 'key'),
  message: `metadata.annotations[${skipValidationAnnotation}]: the webhook lets everything through; what it would refuse fails later, without a word`,
  fix: 'remove the annotation',
};
