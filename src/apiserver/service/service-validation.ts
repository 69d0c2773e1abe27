import { duplicate, type FieldError, forbidden, invalid, notSupported, quotedOrNull, required } from '../../core/field-errors.ts';
import { goQuote } from '../../core/go-quote.ts';
import { parseCidr, parseIp } from '../../core/ip-address.ts';
import { dns1123Label, dns1123Subdomain, portName, portNumber, qualifiedName } from '../../core/name-rules.ts';
import type { KubeObject } from '../../model/object.ts';
import type { LoadBalancerIngress, ServicePort } from '../../model/service.ts';
import { validateLabels } from '../metadata/object-meta-validation.ts';
import { protocolErrors, validateEndpointIp } from './endpoints-validation.ts';
import { validateClusterIpChange, validateClusterIps } from './service-cluster-ip-validation.ts';
import { forbiddenForExternalName, validateFamilyChange } from './service-ip-families.ts';
import { isExternallyAccessible, isHeadless, needsHealthCheckPort, type SpecDraft } from './service-spec.ts';

const sourceRangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const topologyMode = 'service.kubernetes.io/topology-mode';
const topologyHints = 'service.kubernetes.io/topology-aware-hints';

/** The annotations that decide whether a Service is accepted. */
export const serviceAnnotations: readonly string[] = [sourceRangesAnnotation, topologyMode, topologyHints];

const onlyLoadBalancer = "may only be used when `type` is 'LoadBalancer'";

/** What is wrong with the change of a Service, beside what is wrong with the Service itself. */
export function validateServiceChange(spec: SpecDraft, existing: SpecDraft): readonly FieldError[] {
  const errors = [...validateClusterIpChange(spec, existing), ...validateFamilyChange(spec, existing)];
  if (spec.type === 'LoadBalancer' && existing.type === 'LoadBalancer' && spec.loadBalancerClass !== existing.loadBalancerClass) {
    errors.push(invalid('spec.loadBalancerClass', quotedOrNull(spec.loadBalancerClass), 'may not change once set'));
  }
  errors.push(...classErrors(spec));
  if (needsHealthCheckPort(spec) && needsHealthCheckPort(existing) && spec.healthCheckNodePort !== existing.healthCheckNodePort) {
    errors.push(forbidden('spec.healthCheckNodePort', 'field is immutable'));
  }
  return errors;
}

/**
 * What is wrong with a Service, in kube-apiserver's order, without metadata's own errors. Mirrors ValidateService.
 * @param existing the stored one of an update: its addresses and ranges are not looked at again.
 */
export function validateService(
  service: KubeObject,
  spec: SpecDraft,
  existing?: KubeObject,
  existingSpec?: SpecDraft,
): readonly FieldError[] {
  return [
    ...topologyErrors(service),
    ...portsRequired(spec),
    ...typeErrors(spec),
    ...portErrors(spec.ports ?? []),
    ...validateLabels(spec.selector ?? {}, 'spec.selector'),
    ...affinityErrors(spec),
    ...validateClusterIps(spec, existingSpec),
    ...externalIpErrors(spec, existingSpec),
    ...supportedType(spec),
    ...nodePortErrors(spec),
    ...duplicatePortErrors(spec.ports ?? []),
    ...sourceRangeErrors(service, spec, existing, existingSpec),
    ...allocationErrors(spec),
    ...classErrors(spec),
    ...externalTrafficErrors(spec),
    ...internalTrafficErrors(spec),
    ...distributionErrors(spec),
  ];
}

/** The newer annotation and the older one that it replaced may not contradict each other. */
function topologyErrors({ metadata }: KubeObject): readonly FieldError[] {
  const mode = metadata.annotations?.[topologyMode];
  const hints = metadata.annotations?.[topologyHints];
  if (mode === undefined || hints === undefined || mode === hints) return [];
  return [
    invalid(`metadata.annotations[${topologyMode}]`, goQuote(mode), `must match annotations[${topologyHints}] when both are specified`),
  ];
}

function portsRequired(spec: SpecDraft): readonly FieldError[] {
  const optional = (spec.ports?.length ?? 0) > 0 || isHeadless(spec) || spec.type === 'ExternalName';
  return optional ? [] : [required('spec.ports')];
}

function typeErrors(spec: SpecDraft): readonly FieldError[] {
  switch (spec.type) {
    case 'LoadBalancer':
    case 'NodePort':
      return isHeadless(spec) ? [invalid('spec.clusterIPs[0]', '"None"', `may not be set to 'None' for ${spec.type} services`)] : [];
    case 'ExternalName': {
      const name = (spec.externalName ?? '').replace(/\.$/, '');
      const nameErrors =
        name === ''
          ? [required('spec.externalName')]
          : dns1123Subdomain(name).map((text) => invalid('spec.externalName', goQuote(name), text));
      return [...forbiddenForExternalName(spec), ...nameErrors];
    }
    default:
      return [];
  }
}

function portErrors(ports: readonly ServicePort[]): readonly FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const field = `spec.ports[${index}]`;
    const errors: FieldError[] = [];
    if (port.name) {
      errors.push(...dns1123Label(port.name).map((text) => invalid(`${field}.name`, goQuote(port.name ?? ''), text)));
      if (names.has(port.name)) errors.push(duplicate(`${field}.name`, goQuote(port.name)));
      names.add(port.name);
    } else if (ports.length > 1) {
      errors.push(required(`${field}.name`));
    }
    errors.push(...portNumber(port.port).map((text) => invalid(`${field}.port`, String(port.port), text)));
    errors.push(...protocolErrors(port.protocol ?? '', `${field}.protocol`));
    errors.push(...targetPortErrors(port.targetPort ?? 0, `${field}.targetPort`));
    if (port.appProtocol !== undefined) {
      errors.push(...qualifiedName(port.appProtocol).map((text) => invalid(`${field}.appProtocol`, goQuote(port.appProtocol ?? ''), text)));
    }
    return errors;
  });
}

function targetPortErrors(target: number | string, field: string): readonly FieldError[] {
  if (typeof target === 'number') return portNumber(target).map((text) => invalid(field, String(target), text));
  return portName(target).map((text) => invalid(field, goQuote(target), text));
}

function affinityErrors(spec: SpecDraft): readonly FieldError[] {
  const affinity = spec.sessionAffinity ?? '';
  if (affinity !== 'None' && affinity !== 'ClientIP') return [notSupported('spec.sessionAffinity', affinity, ['ClientIP', 'None'])];
  if (affinity === 'None') return [];
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 0;
  if (seconds > 0 && seconds <= 86400) return [];
  const field = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds';
  return [invalid(field, String(seconds), 'must be greater than 0 and less than 86400')];
}

function externalIpErrors(spec: SpecDraft, existing: SpecDraft | undefined): readonly FieldError[] {
  return (spec.externalIPs ?? []).flatMap((ip, index) => {
    const field = `spec.externalIPs[${index}]`;
    if (parseIp(ip) === undefined && !existing?.externalIPs?.includes(ip)) {
      return [invalid(field, goQuote(ip), 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
    }
    return validateEndpointIp(ip, field);
  });
}

function supportedType(spec: SpecDraft): readonly FieldError[] {
  const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
  return types.includes(spec.type ?? '') ? [] : [notSupported('spec.type', spec.type ?? '', types)];
}

function nodePortErrors(spec: SpecDraft): readonly FieldError[] {
  const errors: FieldError[] = [];
  const ports = [...(spec.ports ?? []).entries()].filter(([, port]) => port.nodePort);
  if (spec.type === 'ClusterIP') {
    errors.push(...ports.map(([index]) => forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")));
  }
  const seen = new Set<string>();
  for (const [index, { protocol, nodePort }] of ports) {
    const key = `${protocol}/${nodePort}`;
    if (seen.has(key)) errors.push(duplicate(`spec.ports[${index}].nodePort`, String(nodePort)));
    seen.add(key);
  }
  return errors;
}

function duplicatePortErrors(ports: readonly ServicePort[]): readonly FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap(({ protocol = '', port }, index) => {
    const key = `${protocol}/${port}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    const printed =
      `core.ServicePort{Name:"", Protocol:${goQuote(protocol)}, AppProtocol:(*string)(nil), Port:${port}, ` +
      'TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}';
    return [duplicate(`spec.ports[${index}]`, printed)];
  });
}

function sourceRangeErrors(
  service: KubeObject,
  spec: SpecDraft,
  existing: KubeObject | undefined,
  existingSpec: SpecDraft | undefined,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const ranges = spec.loadBalancerSourceRanges ?? [];
  if (ranges.length > 0) {
    const field = 'spec.LoadBalancerSourceRanges';
    if (spec.type !== 'LoadBalancer') errors.push(forbidden(field, onlyLoadBalancer));
    const before = new Set((existingSpec?.loadBalancerSourceRanges ?? []).map((range) => range.trim()));
    for (const [index, range] of ranges.entries()) {
      if (!before.has(range.trim())) errors.push(...cidrErrors(range.trim(), `${field}[${index}]`));
    }
    return errors;
  }
  const annotation = service.metadata.annotations?.[sourceRangesAnnotation];
  if (annotation === undefined) return [];
  const field = `metadata.annotations[${sourceRangesAnnotation}]`;
  if (spec.type !== 'LoadBalancer') errors.push(forbidden(field, onlyLoadBalancer));
  const changed = existing?.metadata.annotations?.[sourceRangesAnnotation] !== annotation;
  if (changed && annotation.trim() !== '') {
    for (const range of annotation.trim().split(',')) errors.push(...cidrErrors(range.trim(), field));
  }
  return errors;
}

function cidrErrors(range: string, field: string): readonly FieldError[] {
  if (parseCidr(range) !== undefined) return [];
  return [invalid(field, goQuote(range), 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')];
}

function allocationErrors(spec: SpecDraft): readonly FieldError[] {
  const misplaced = spec.allocateLoadBalancerNodePorts !== undefined && spec.type !== 'LoadBalancer';
  return misplaced ? [forbidden('spec.allocateLoadBalancerNodePorts', onlyLoadBalancer)] : [];
}

function classErrors(spec: SpecDraft): readonly FieldError[] {
  const name = spec.loadBalancerClass;
  if (name === undefined) return [];
  if (spec.type !== 'LoadBalancer') return [forbidden('spec.loadBalancerClass', onlyLoadBalancer)];
  return qualifiedName(name).map((text) => invalid('spec.loadBalancerClass', goQuote(name), text));
}

function externalTrafficErrors(spec: SpecDraft): readonly FieldError[] {
  const errors: FieldError[] = [];
  const policy = spec.externalTrafficPolicy;
  if (!isExternallyAccessible(spec)) {
    if (policy) errors.push(invalid('spec.externalTrafficPolicy', goQuote(policy), 'may only be set for externally-accessible services'));
  } else if (policy !== 'Cluster' && policy !== 'Local') {
    errors.push(notSupported('spec.externalTrafficPolicy', policy ?? '', ['Cluster', 'Local']));
  }
  const port = spec.healthCheckNodePort ?? 0;
  if (!needsHealthCheckPort(spec)) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    if (port !== 0) errors.push(invalid('spec.healthCheckNodePort', String(port), detail));
  } else if (port === 0) {
    errors.push(required('spec.healthCheckNodePort'));
  } else {
    errors.push(...portNumber(port).map((text) => invalid('spec.healthCheckNodePort', String(port), text)));
  }
  return errors;
}

function internalTrafficErrors(spec: SpecDraft): readonly FieldError[] {
  const policy = spec.internalTrafficPolicy;
  const known = policy === undefined || policy === 'Cluster' || policy === 'Local';
  return known ? [] : [notSupported('spec.internalTrafficPolicy', policy, ['Cluster', 'Local'])];
}

function distributionErrors(spec: SpecDraft): readonly FieldError[] {
  const distribution = spec.trafficDistribution;
  const known = distribution === undefined || distribution === 'PreferClose';
  return known ? [] : [notSupported('spec.trafficDistribution', distribution, ['PreferClose'])];
}

/** What is wrong with a Service's status. Mirrors ValidateLoadBalancerStatus. */
export function validateServiceStatus(
  ingress: readonly LoadBalancerIngress[],
  existing: readonly LoadBalancerIngress[],
  type: string | undefined,
): readonly FieldError[] {
  const list = 'status.loadBalancer.ingress';
  if (ingress.length > 0 && type !== 'LoadBalancer') {
    return [forbidden(list, "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  const before = new Set(existing.map(({ ip }) => ip));
  return ingress.flatMap(({ ip, ipMode, hostname }, index) => {
    const field = `${list}[${index}]`;
    const errors: FieldError[] = [];
    if (ip && !before.has(ip) && parseIp(ip) === undefined) {
      errors.push(invalid(`${field}.ip`, goQuote(ip), 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'));
    }
    if (ipMode === undefined && ip) errors.push(required(`${field}.ipMode`, 'must be specified when `ip` is set'));
    else if (ipMode !== undefined && !ip) errors.push(forbidden(`${field}.ipMode`, 'may not be specified when `ip` is not set'));
    else if (ipMode !== undefined && ipMode !== 'VIP' && ipMode !== 'Proxy') {
      errors.push(notSupported(`${field}.ipMode`, ipMode, ['Proxy', 'VIP']));
    }
    if (hostname) {
      errors.push(...dns1123Subdomain(hostname).map((text) => invalid(`${field}.hostname`, goQuote(hostname), text)));
      if (parseIp(hostname) !== undefined) {
        errors.push(invalid(`${field}.hostname`, goQuote(hostname), 'must be a DNS name, not an IP address'));
      }
    }
    return errors;
  });
}
