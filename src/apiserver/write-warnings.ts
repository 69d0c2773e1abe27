import { goQuote } from '../core/go-quote.ts';
import { formatCidr, formatIp, isNonStandard, parseCidr, parseIp } from '../core/ip-address.ts';
import { endpointSlices } from '../model/resources.ts';
import { type Endpoints, endpointsOf, type Service, serviceOf } from '../model/service.ts';
import { isQualifiedFinalizer } from './metadata/object-meta-validation.ts';
import type { ResourceEntry } from './resources.ts';
import type { StoredObject } from './store.ts';

/** What kube-apiserver warns about in an object that it accepts. */
export function warningsFor(object: StoredObject, existing: StoredObject | undefined, entry: ResourceEntry): readonly string[] {
  if (entry.custom) return finalizerWarnings(object, existing);
  // Only who makes one is told.
  if (entry.storage === endpointSlices && existing === undefined && object['addressType'] === 'FQDN')
    return ['spec.addressType: FQDN endpoints are deprecated'];
  if (entry.group !== '') return [];
  if (entry.kind === 'Service') return serviceWarnings(serviceOf(object));
  return entry.kind === 'Endpoints' ? endpointsWarnings(endpointsOf(object)) : [];
}

/** The same for a write of the status. */
export function statusWarningsFor(object: StoredObject, entry: ResourceEntry): readonly string[] {
  if (entry.group !== '' || entry.kind !== 'Service') return [];
  const ingress = serviceOf(object).status?.loadBalancer?.ingress ?? [];
  return ingress.flatMap(({ ip }, index) => (ip ? ipWarnings(`status.loadBalancer.ingress[${index}]`, ip) : []));
}

/** Built-in kinds refuse such finalizers. */
function finalizerWarnings({ metadata }: StoredObject, existing: StoredObject | undefined): readonly string[] {
  const before = new Set(existing?.metadata.finalizers);
  const added = [...new Set(metadata.finalizers)].filter((name) => !before.has(name) && !isQualifiedFinalizer(name)).sort();
  return added.map((name) => {
    const better = name.includes('.') ? 'name including a path (/)' : 'name';
    return `metadata.finalizers: ${goQuote(name)}: prefer a domain-qualified finalizer ${better} to avoid accidental conflicts with other finalizer writers`;
  });
}

const topologyHints = 'service.kubernetes.io/topology-aware-hints';

function serviceWarnings({ metadata, spec }: Service): readonly string[] {
  const warnings: string[] = [];
  if (Object.hasOwn(metadata.annotations ?? {}, topologyHints)) {
    warnings.push(`annotation ${topologyHints} is deprecated, please use service.kubernetes.io/topology-mode instead`);
  }
  const ips = spec.clusterIPs?.[0] === 'None' ? [] : (spec.clusterIPs ?? []);
  for (const [index, ip] of ips.entries()) warnings.push(...ipWarnings(`spec.clusterIPs[${index}]`, ip));
  for (const [index, ip] of (spec.externalIPs ?? []).entries()) warnings.push(...ipWarnings(`spec.externalIPs[${index}]`, ip));
  if (spec.loadBalancerIP) warnings.push(...ipWarnings('spec.loadBalancerIP', spec.loadBalancerIP));
  for (const [index, range] of (spec.loadBalancerSourceRanges ?? []).entries()) {
    warnings.push(...cidrWarnings(`spec.loadBalancerSourceRanges[${index}]`, range));
  }
  if (spec.type === 'ExternalName') {
    if (spec.externalIPs?.length) warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  } else if (spec.externalName) {
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  return warnings;
}

function endpointsWarnings({ subsets = [] }: Endpoints): readonly string[] {
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [] }, index) => [
    ...addresses.flatMap(({ ip }, at) => ipWarnings(`subsets[${index}].addresses[${at}].ip`, ip)),
    ...notReadyAddresses.flatMap(({ ip }, at) => ipWarnings(`subsets[${index}].notReadyAddresses[${at}].ip`, ip)),
  ]);
}

function ipWarnings(field: string, text: string): readonly string[] {
  const ip = parseIp(text);
  if (ip === undefined) return [];
  const canonical = formatIp(ip);
  if (isNonStandard(text)) {
    return [
      `${field}: non-standard IP address ${goQuote(text)} will be considered invalid in a future Kubernetes release: use ${goQuote(canonical)}`,
    ];
  }
  if (ip.family === 'IPv4' || canonical === text) return [];
  return [`${field}: IPv6 address ${goQuote(text)} should be in RFC 5952 canonical format (${goQuote(canonical)})`];
}

/** Blanks around a range keep it from being read, and so from being warned about. */
function cidrWarnings(field: string, text: string): readonly string[] {
  const cidr = parseCidr(text);
  if (cidr === undefined) return [];
  const warnings: string[] = [];
  const network = formatCidr(cidr);
  if (cidr.address.value !== cidr.first) {
    const single = `${formatIp(cidr.address)}/${cidr.family === 'IPv4' ? 32 : 128}`;
    warnings.push(
      `${field}: CIDR value ${goQuote(text)} is ambiguous in this context (should be ${goQuote(network)} or ${goQuote(single)}?)`,
    );
  }
  const [address = '', prefix = ''] = text.split('/');
  if (isNonStandard(address) || /^0\d/.test(prefix)) {
    warnings.push(
      `${field}: non-standard CIDR value ${goQuote(text)} will be considered invalid in a future Kubernetes release: use ${goQuote(network)}`,
    );
  }
  if (warnings.length === 0 && cidr.family === 'IPv6' && network !== text) {
    warnings.push(`${field}: IPv6 CIDR value ${goQuote(text)} should be in RFC 5952 canonical format (${goQuote(network)})`);
  }
  return warnings;
}
