import type { Json, JsonObject } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from './field-errors.ts';
import type { Finding, Pointer } from './finding.ts';
import type { FindingCode } from './finding-codes.ts';
import { goQuote } from './go-quote.ts';
import { formatIp, isNonStandard, parseCidr, parseIp } from './ip-address.ts';
import { dns1035Label, dns1123Label, dns1123Subdomain, labelValue, portNumber, qualifiedName } from './name-rules.ts';
import { portLabel } from './port-names.ts';
import type { ProfileTraits } from './profile.ts';
import { at, errorText, findingOf, type Subject } from './validation/refusal.ts';
import { readSpec, type WrittenPort, type WrittenSpec } from './validation/written-spec.ts';

/** What the webhook knows besides the object. */
export interface WebhookContext {
  readonly traits: ProfileTraits;
  /** The capability `supports_workload_ipv6`. */
  readonly workloadIPv6: boolean;
  /** Where the object would go, when it does not say so itself. */
  readonly namespace: string | undefined;
  /** The stored object of an update; without it the object is created. */
  readonly old?: JsonObject;
}

/** The annotation that lets everything past the webhook, whatever its value. */
export const skipValidationAnnotation = 'vmoperator.vmware.com.protected/skip-validation';

/**
 * What VM Operator's validating webhook would refuse of a VirtualMachineService, with its wording and its spelling of the fields,
 * in its order. Pure; any JSON object may be given: what has a wrong type reads as absent, because the schema speaks of it.
 *
 * Mirrors webhooks/virtualmachineservice/validation of VM Operator, and what it takes from Kubernetes.
 */
export function validateVmService(object: JsonObject, context: WebhookContext): readonly Finding[] {
  if (isExempt(object, context.old)) return [];
  const subject: Subject = { object, namespace: context.namespace };
  return refusals(object, context).map(({ code, error, at: pointer, fix }) =>
    findingOf(subject, { code, field: error.field, at: pointer, message: errorText(error), ...(fix !== undefined && { fix }) }),
  );
}

/** Updates of objects that are being deleted are admitted, and so is everything with the annotation. */
function isExempt(object: JsonObject, old: JsonObject = object): boolean {
  return typeof mapAt(old, 'metadata')['deletionTimestamp'] === 'string' || hasSkipAnnotation(object);
}

export function hasSkipAnnotation(object: JsonObject): boolean {
  return Object.hasOwn(mapAt(mapAt(object, 'metadata'), 'annotations'), skipValidationAnnotation);
}

interface Refused {
  readonly code: FindingCode;
  readonly error: FieldError;
  readonly at: Pointer;
  readonly fix?: string;
}

function refusals(object: JsonObject, context: WebhookContext): readonly Refused[] {
  const spec = readSpec(object);
  return [
    ...(context.old === undefined ? nameRefusals(object, context.traits) : immutableRefusals(spec, readSpec(context.old))),
    ...typeRefusals(spec),
    ...(spec.ports.length === 0 && spec.type !== 'ExternalName' && !isHeadless(spec) ? [noPorts] : []),
    ...portRefusals(spec.ports, context.traits),
    ...repeatedPorts(spec.ports),
    ...selectorRefusals(spec.selector, context.traits),
    ...clusterIpRefusals(spec.clusterIp, context.traits),
    ...supportedType(spec.type),
    ...sourceRangeRefusals(spec, context.traits),
    ...familyRefusals(spec, context),
  ];
}

function isHeadless({ type, clusterIp }: WrittenSpec): boolean {
  return clusterIp === 'None' && type !== 'LoadBalancer';
}

function nameRefusals(object: JsonObject, traits: ProfileTraits): readonly Refused[] {
  const { name: written, generateName } = mapAt(object, 'metadata');
  const isWritten = typeof written === 'string' && written !== '';
  const name = isWritten ? written : typeof generateName === 'string' && generateName !== '' ? generatedName(generateName) : undefined;
  // A name that is missing is the API server's business.
  if (name === undefined) return [];
  const complaints = traits.nameRule === 'dns1035' ? dns1035Label(name) : plainLabel(name, traits);
  return complaints.map((text) => ({
    code: 'VMS108',
    error: invalid('metadata.name', goQuote(name), text),
    at: at(['metadata', isWritten ? 'name' : 'generateName']),
    fix: nameFix(isWritten ? name : undefined),
  }));
}

/** What to do about a name that no service can have; without one, or where nothing is left of it, what a name is made of. */
export function nameFix(name: string | undefined): string {
  const better = name === undefined ? undefined : serviceName(name);
  return better === undefined
    ? 'start with a letter, use lower-case letters, digits and dashes, 63 at most'
    : `name it ${better}, for example`;
}

/** What becomes of a prefix, with letters in place of those that the server draws. */
export function generatedName(prefix: string): string {
  return `${prefix.slice(0, 58)}xxxxx`;
}

/** A name nearby that a Service may have; undefined when nothing is left of it. */
export function serviceName(name: string): string | undefined {
  const cleaned = name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+/, '')
    .replace(/^(?=\d)/, 'svc-')
    .slice(0, 63)
    .replace(/-+$/, '');
  return cleaned === '' ? undefined : cleaned;
}

const recreate =
  'delete it and create it anew, which may change its address; or create another one beside it, move the clients, and delete this one';

function immutableRefusals(spec: WrittenSpec, old: WrittenSpec): readonly Refused[] {
  const changed = (field: string, key: string): Refused => ({
    code: 'VMS105',
    error: forbidden(field, 'field is immutable'),
    at: at(['spec', key]),
    fix: recreate,
  });
  return [
    ...(spec.type === old.type ? [] : [changed('spec.type', 'type')]),
    ...(spec.clusterIp === old.clusterIp ? [] : [changed('spec.clusterIP', 'clusterIp')]),
  ];
}

function typeRefusals({ type, clusterIp, externalName }: WrittenSpec): readonly Refused[] {
  if (type === 'LoadBalancer' && clusterIp === 'None') {
    const error = invalid('spec.clusterIP', '"None"', "may not be set to 'None' for LoadBalancer services");
    return [{ code: 'VMS106', error, at: at(['spec', 'clusterIp']), fix: 'remove clusterIp, or use type ClusterIP' }];
  }
  if (type !== 'ExternalName') return [];
  const refused: Refused[] = [];
  if (clusterIp !== '') {
    const error = forbidden('spec.clusterIP', 'may not be set for ExternalName services');
    refused.push({ code: 'VMS120', error, at: at(['spec', 'clusterIp']), fix: 'remove clusterIp' });
  }
  const name = externalName.replace(/\.$/, '');
  const place = at(['spec', 'externalName']);
  if (name === '') refused.push({ code: 'VMS121', error: required('spec.externalName'), at: place, fix: 'say the DNS name to point to' });
  else {
    for (const text of dns1123Subdomain(name)) {
      const error = invalid('spec.externalName', goQuote(name), text);
      refused.push({ code: 'VMS121', error, at: place, fix: 'use a DNS name in lower case' });
    }
  }
  return refused;
}

/** A port as it is written. */
export const portExample = '{name: http, protocol: TCP, port: 80, targetPort: 8080}';

const noPorts: Refused = {
  code: 'VMS101',
  error: required('spec.ports'),
  at: at(['spec', 'ports'], 'key'),
  fix: `add a port: ${portExample}`,
};

function portRefusals(ports: readonly WrittenPort[], traits: ProfileTraits): readonly Refused[] {
  const names = new Set<string>();
  return ports.flatMap((port) => {
    const { index } = port;
    const field = `spec.ports[${index}]`;
    const place = (key: string): Pointer => at(['spec', 'ports', index, key]);
    const refused: Refused[] = [];
    if (port.name === '') {
      const fix = 'with several ports each needs a name of its own';
      if (ports.length > 1) refused.push({ code: 'VMS103', error: required(`${field}.name`), at: place('name'), fix });
    } else {
      for (const text of plainLabel(port.name, traits)) {
        const error = invalid(`${field}.name`, goQuote(port.name), text);
        refused.push({ code: 'VMS103', error, at: place('name'), fix: portNameFix(port.name, ports) });
      }
      if (names.has(port.name)) {
        const error = duplicate(`${field}.name`, goQuote(port.name));
        refused.push({ code: 'VMS103', error, at: place('name'), fix: 'give each port a name of its own' });
      }
      names.add(port.name);
    }
    refused.push(...numberRefusals(port.port, `${field}.port`, place('port')));
    refused.push(...protocolRefusals(port.protocol, `${field}.protocol`, place('protocol')));
    refused.push(...numberRefusals(port.targetPort, `${field}.targetPort`, place('targetPort')));
    return refused;
  });
}

function portNameFix(name: string, ports: readonly WrittenPort[]): string {
  const better = portLabel(name);
  return better === '' || ports.some((port) => port.name === better)
    ? 'use lower-case letters, digits and dashes, 63 at most, and no name of another port'
    : `name it ${better}, for example`;
}

function plainLabel(name: string, traits: ProfileTraits): readonly string[] {
  const complaints = dns1123Label(name);
  if (traits.namesPortDots) return complaints;
  return complaints.map((text) => (text === 'must not contain dots' ? (dns1123Label('_')[0] ?? text) : text));
}

function numberRefusals(number: number | undefined, field: string, place: Pointer): readonly Refused[] {
  return portNumber(number ?? 0).map((text) => ({
    code: 'VMS103',
    error: invalid(field, String(number ?? 0), text),
    at: place,
    fix: 'use a number from 1 to 65535',
  }));
}

const protocols = ['SCTP', 'TCP', 'UDP'];

function protocolRefusals(protocol: string, field: string, place: Pointer): readonly Refused[] {
  if (protocols.includes(protocol)) return [];
  if (protocol === '')
    return [{ code: 'VMS101', error: required(field), at: place, fix: 'add "protocol: TCP"; unlike in a Service nothing fills it in' }];
  const upper = protocol.toUpperCase();
  const fix = protocols.includes(upper) ? `write it in capitals: ${upper}` : 'use TCP, UDP or SCTP';
  return [{ code: 'VMS103', error: notSupported(field, protocol, protocols), at: place, fix }];
}

function repeatedPorts(ports: readonly WrittenPort[]): readonly Refused[] {
  const seen = new Set<string>();
  return ports.flatMap(({ index, protocol, port }): Refused[] => {
    const key = `${protocol}/${port ?? 0}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    const printed = JSON.stringify({ name: '', protocol, port: port ?? 0, targetPort: 0 });
    const fix = 'remove one of the two, or change its port or protocol';
    return [{ code: 'VMS103', error: duplicate(`spec.ports[${index}]`, printed), at: at(['spec', 'ports', index]), fix }];
  });
}

function selectorRefusals(selector: ReadonlyMap<string, string>, traits: ProfileTraits): readonly Refused[] {
  const words = (text: string): string => (traits.gatesIpFamilies ? inNewWords(text) : text);
  return [...selector.keys()].sort().flatMap((key): Refused[] => {
    const value = selector.get(key) ?? '';
    return [
      ...qualifiedName(key).map((text): Refused => {
        const error = invalid('spec.selector', goQuote(key), words(text));
        return { code: 'VMS119', error, at: at(['spec', 'selector', key], 'key'), fix: 'no VM can have such a label: correct the key' };
      }),
      ...labelValue(value).map((text): Refused => {
        const error = invalid('spec.selector', goQuote(value), words(text));
        return { code: 'VMS119', error, at: at(['spec', 'selector', key]), fix: 'no VM can have such a label: correct the value' };
      }),
    ];
  });
}

/** As the newest Kubernetes libraries put it. */
function inNewWords(text: string): string {
  return text
    .replace(/must be no more than (\d+) characters$/, 'must be no more than $1 bytes')
    .replace(/^a qualified name /, 'a valid label key ');
}

function clusterIpRefusals(clusterIp: string, traits: ProfileTraits): readonly Refused[] {
  if (clusterIp === '' || clusterIp === 'None') return [];
  const refuse = (detail: string, fix: string): readonly Refused[] => [
    { code: 'VMS120', error: invalid('spec.clusterIP', goQuote(clusterIp), detail), at: at(['spec', 'clusterIp']), fix },
  ];
  const ip = parseIp(clusterIp);
  if (ip === undefined) {
    const fix = /^none$/i.test(clusterIp) ? 'write None' : 'leave clusterIp out, so that one is allocated';
    return refuse('must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)', fix);
  }
  if (!traits.canonicalClusterIp) return [];
  const canonical = formatIp(ip);
  if (hasLeadingZeros(clusterIp)) {
    return refuse('must not have leading 0s', `write ${canonical} if that is meant: some programs take leading zeros for octal`);
  }
  if (isNonStandard(clusterIp)) return refuse('must not be an IPv4-mapped IPv6 address', `write ${canonical}`);
  return canonical === clusterIp ? [] : refuse(`must be in canonical form (${goQuote(canonical)})`, `write ${canonical}`);
}

/** Of a dotted part; the groups of an IPv6 address may have them. */
function hasLeadingZeros(ip: string): boolean {
  return /(?:^|[:.])0\d+(?=\.|$)/.test(ip.includes('.') ? ip : '');
}

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer'];

function supportedType(type: string): readonly Refused[] {
  if (types.includes(type)) return [];
  const place = at(['spec', 'type']);
  if (type === '') {
    const fix = 'add "type: LoadBalancer" or "type: ClusterIP"; this API has no default, and it cannot be changed later';
    return [{ code: 'VMS101', error: required('spec.type'), at: place, fix }];
  }
  const near = types.find((known) => known.toLowerCase() === type.toLowerCase());
  const fix = near === undefined ? 'use LoadBalancer, or ClusterIP where clients are inside the cluster' : `write ${near}`;
  return [{ code: 'VMS104', error: notSupported('spec.type', type, types), at: place, fix }];
}

function sourceRangeRefusals({ type, sourceRanges }: WrittenSpec, traits: ProfileTraits): readonly Refused[] {
  if (sourceRanges.length === 0) return [];
  const list = 'spec.loadBalancerSourceRanges';
  const refused: Refused[] = [];
  if (type !== 'LoadBalancer') {
    const error = forbidden(list, "may only be used when `type` is 'LoadBalancer'");
    refused.push({
      code: 'VMS107',
      error,
      at: at(['spec', 'loadBalancerSourceRanges'], 'key'),
      fix: 'remove the ranges, or use type LoadBalancer',
    });
  }
  const isBad =
    traits.sourceRanges === 'list' ? (range: string) => parseCidr(range) === undefined : (range: string) => !isStrictCidr(range);
  const bad = sourceRanges.filter(({ text }) => isBad(text.trim()));
  const fixOf = (range: string): string => {
    const ip = parseIp(range);
    return ip === undefined
      ? 'write it as an address and the length of its prefix, for example 10.240.0.0/24'
      : `write ${formatIp(ip)}/${ip.family === 'IPv4' ? 32 : 128} for this one address`;
  };
  const [first] = bad;
  if (first === undefined) return refused;
  if (traits.sourceRanges === 'list') {
    const printed = `[${sourceRanges.map(({ text }) => text).join(' ')}]`;
    const error = invalid(list, printed, 'must be a list of IP ranges. For example, 10.240.0.0/24,10.250.0.0/24');
    refused.push({ code: 'VMS107', error, at: at(['spec', 'loadBalancerSourceRanges', first.index]), fix: fixOf(first.text.trim()) });
    return refused;
  }
  for (const { text, index } of bad) {
    const error = invalid(`${list}[${index}]`, goQuote(text.trim()), 'must be compatible with https://pkg.go.dev/net#ParseCIDR');
    refused.push({ code: 'VMS107', error, at: at(['spec', 'loadBalancerSourceRanges', index]), fix: fixOf(text.trim()) });
  }
  return refused;
}

/** Go's own parser refuses leading zeros in the address, which Kubernetes' parser ignores. */
function isStrictCidr(range: string): boolean {
  const [address = ''] = range.split('/');
  return parseCidr(range) !== undefined && !hasLeadingZeros(address);
}

/** Why the webhook refuses IP families at all. */
export const familiesNotEnabled = 'the WorkloadIPv6 feature is not enabled';

function familyRefusals(spec: WrittenSpec, { traits, workloadIPv6 }: WebhookContext): readonly Refused[] {
  if (!traits.gatesIpFamilies || workloadIPv6) return [];
  const refuse = (key: string): Refused => ({
    code: 'VMS111',
    error: forbidden(`spec.${key}`, familiesNotEnabled),
    at: at(['spec', key], 'key'),
    fix: `remove ${key}, or say --capability supports_workload_ipv6=true where it is on`,
  });
  return [
    ...(spec.ipFamilies.length > 0 ? [refuse('ipFamilies')] : []),
    ...(spec.ipFamilyPolicy === undefined ? [] : [refuse('ipFamilyPolicy')]),
  ];
}

function mapAt(object: JsonObject, field: string): JsonObject {
  const value: Json | undefined = object[field];
  return isMap(value) ? value : {};
}
