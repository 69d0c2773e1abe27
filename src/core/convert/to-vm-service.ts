import { isList, type Json, type JsonObject, lastAppliedAnnotation, serverMetadata } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { vmOperatorGroup } from '../../model/resources.ts';
import { healthCheckAnnotation, trafficPolicyAnnotation } from '../load-balancer.ts';
import { type WholePort, wholePorts } from '../port-names.ts';
import { type Protocol, parseProtocol, protocols } from '../port-notation.ts';
import { selectorText } from '../selector.ts';
import type { Conversion, Loss } from './conversion.ts';

export interface ToVmServiceOptions {
  /** Of VM Operator's API: what it has room for depends on it. */
  readonly version: string;
  /** For an object that does not say; undefined leaves it out. */
  readonly namespace: string | undefined;
}

/**
 * A core Service as a VirtualMachineService. Fields that the API server fills in by itself are not missed; those that somebody chose
 * and that have no place are losses. Pure: any JSON object of that kind may be given.
 */
export function toVmService(service: JsonObject, { version, namespace }: ToVmServiceOptions): Conversion {
  const metadata = mapAt(service, 'metadata');
  const spec = mapAt(service, 'spec');
  // Read back from a server, which has allocated what nobody chose.
  const isStored = typeof metadata['uid'] === 'string' || typeof metadata['creationTimestamp'] === 'string';
  const losses: Loss[] = [
    ...metadataLosses(metadata),
    ...unknownFields(service, ['apiVersion', 'kind', 'metadata', 'spec', 'status'], ''),
    ...misshapen(spec),
  ];
  const lose = (field: string, why: string): void => {
    losses.push({ field, why });
  };
  const type = typeOf(spec, lose);
  const families = familiesOf(spec, version, isStored, lose);
  const ranges = textsOf(spec['loadBalancerSourceRanges']);
  if (ranges.length > 0 && type !== 'LoadBalancer') lose('spec.loadBalancerSourceRanges', 'only a LoadBalancer has them');
  // A server fills it in, and VM Operator switches it off.
  if (spec['allocateLoadBalancerNodePorts'] === true && !isStored) lose('spec.allocateLoadBalancerNodePorts', noNodePorts);
  for (const [field, why] of withoutPlace(spec)) lose(`spec.${field}`, why);
  losses.push(...unknownFields(spec, knownSpec, 'spec.'));
  const ports = portsOf(spec, isStored, lose);
  const annotations = annotationsOf(metadata, spec, type, isStored, lose);
  const labels = textMap(metadata['labels']);
  const selector = textMap(spec['selector']);
  const clusterIp = clusterIpOf(spec, isStored, lose);
  const loadBalancerIP = textOf(spec['loadBalancerIP']);
  if (loadBalancerIP !== undefined && type !== 'LoadBalancer') lose('spec.loadBalancerIP', 'only a LoadBalancer has it');
  const where = textOf(metadata['namespace']) ?? namespace;
  const object = {
    apiVersion: `${vmOperatorGroup}/${version}`,
    kind: 'VirtualMachineService',
    metadata: {
      name: textOf(metadata['name']) ?? '',
      ...(where !== undefined && { namespace: where }),
      ...filled('labels', labels),
      ...filled('annotations', annotations),
    },
    spec: {
      type,
      ...filled('selector', selector),
      ...(ports.length > 0 && { ports }),
      ...(clusterIp !== undefined && { clusterIp }),
      ...(loadBalancerIP !== undefined && type === 'LoadBalancer' && { loadBalancerIP }),
      ...(ranges.length > 0 && type === 'LoadBalancer' && { loadBalancerSourceRanges: ranges }),
      ...families,
    },
  };
  const note =
    Object.keys(selector).length === 0
      ? 'it has no selector: Endpoints must be written by hand, as for the Service'
      : `its selector ${selectorText(selector)} is for VMs now: they need these labels`;
  return { objects: [object], losses, notes: [note] };
}

/** Whether there is anything to convert it to: a name for another host has no VMs behind it. */
export function isExternalName(service: JsonObject): boolean {
  return mapAt(service, 'spec')['type'] === 'ExternalName';
}

const noNodePorts = 'VM Operator has no node ports';

type Lose = (field: string, why: string) => void;

function typeOf(spec: JsonObject, lose: Lose): string {
  const type = textOf(spec['type']) ?? 'ClusterIP';
  if (type !== 'NodePort') return type;
  lose('spec.type', `${noNodePorts}; LoadBalancer is what reaches the VMs from outside`);
  return 'LoadBalancer';
}

/** Fields with a value that somebody chose, for which VM Operator's API has no place. */
function withoutPlace(spec: JsonObject): readonly (readonly [field: string, why: string])[] {
  const has = (field: string, byDefault: Json): boolean => {
    const value = spec[field];
    return value !== undefined && value !== null && value !== byDefault && !(isList(value) && value.length === 0);
  };
  return [
    ...(has('sessionAffinity', 'None') ? [['sessionAffinity', 'a VirtualMachineService has no session affinity'] as const] : []),
    ...(has('sessionAffinityConfig', null) ? [['sessionAffinityConfig', 'a VirtualMachineService has no session affinity'] as const] : []),
    ...(has('internalTrafficPolicy', 'Cluster') ? [['internalTrafficPolicy', 'traffic from inside always goes to all VMs'] as const] : []),
    ...(has('externalIPs', null) ? [['externalIPs', 'only the load balancer gives addresses'] as const] : []),
    ...(has('loadBalancerClass', null) ? [['loadBalancerClass', 'the Supervisor has one load balancer'] as const] : []),
    ...(has('publishNotReadyAddresses', false) ? [['publishNotReadyAddresses', 'VMs that are not ready get no traffic'] as const] : []),
    ...(has('trafficDistribution', null) ? [['trafficDistribution', 'traffic goes to all VMs alike'] as const] : []),
    ...(has('topologyKeys', null) ? [['topologyKeys', 'traffic goes to all VMs alike'] as const] : []),
    ...(has('externalName', '') ? [['externalName', 'it means nothing on this type'] as const] : []),
  ];
}

/** Fields that are written as what they cannot be: nothing of them can be read. */
function misshapen(spec: JsonObject): readonly Loss[] {
  const isText = (value: Json | undefined): boolean => typeof value === 'string';
  const isTexts = (value: Json): boolean => isList(value) && value.every(isText);
  const shapes: readonly (readonly [fields: readonly string[], fits: (value: Json) => boolean, shape: string])[] = [
    [['type', 'clusterIP', 'loadBalancerIP', 'ipFamilyPolicy', 'externalTrafficPolicy'], isText, 'text'],
    [['clusterIPs', 'ipFamilies', 'loadBalancerSourceRanges'], isTexts, 'a list of texts'],
    [['healthCheckNodePort'], (value) => typeof value === 'number', 'a number'],
    [['selector'], (value) => isMap(value) && Object.values(value).every(isText), 'labels, KEY: VALUE, with values that are text'],
    [['ports'], isList, 'a list'],
  ];
  const wrong = (value: Json | undefined, fits: (value: Json) => boolean): boolean => value !== undefined && value !== null && !fits(value);
  const ports = isList(spec['ports']) ? spec['ports'] : [];
  return [
    ...shapes.flatMap(([fields, fits, shape]) =>
      fields.filter((field) => wrong(spec[field], fits)).map((field) => ({ field: `spec.${field}`, why: `it must be ${shape}` })),
    ),
    ...ports.flatMap((port, index) => (isMap(port) ? [] : [{ field: `spec.ports[${index}]`, why: 'it must be a map, as in {port: 80}' }])),
  ];
}

const knownSpec: readonly string[] = [
  'type',
  'selector',
  'ports',
  'clusterIP',
  'clusterIPs',
  'ipFamilies',
  'ipFamilyPolicy',
  'externalName',
  'loadBalancerIP',
  'loadBalancerSourceRanges',
  'allocateLoadBalancerNodePorts',
  'externalTrafficPolicy',
  'internalTrafficPolicy',
  'healthCheckNodePort',
  'sessionAffinity',
  'sessionAffinityConfig',
  'externalIPs',
  'loadBalancerClass',
  'publishNotReadyAddresses',
  'trafficDistribution',
  'topologyKeys',
];

function portsOf(spec: JsonObject, isStored: boolean, lose: Lose): readonly WholePort[] {
  const written = isList(spec['ports']) ? spec['ports'] : [];
  const ports = written.filter(isMap);
  for (const port of ports) {
    const at = `spec.ports[${written.indexOf(port)}]`;
    const { protocol } = port;
    if (protocol !== undefined && protocol !== null && protocol !== '' && !protocols.some((known) => known === protocol))
      lose(`${at}.protocol`, `it must be one of ${protocols.join(', ')}: it became ${protocolOf(protocol) ?? 'TCP'}`);
    if (typeof port['targetPort'] === 'string' && !/^\d+$/.test(port['targetPort']))
      lose(`${at}.targetPort`, `VMs have no named ports: ${port['targetPort']} became ${String(port['port'])}`);
    if (port['appProtocol'] !== undefined) lose(`${at}.appProtocol`, 'ports have no application protocol');
    // What the server has drawn is not missed.
    if (port['nodePort'] !== undefined && port['nodePort'] !== 0 && !isStored) lose(`${at}.nodePort`, noNodePorts);
    for (const { field, why } of unknownFields(port, ['name', 'protocol', 'port', 'targetPort', 'nodePort', 'appProtocol'], `${at}.`))
      lose(field, why);
  }
  return wholePorts(
    ports.map((port) => ({
      name: textOf(port['name']),
      protocol: protocolOf(port['protocol']),
      port: Number(port['port'] ?? 0),
      targetPort: targetPortOf(port['targetPort']),
    })),
  );
}

/** In any letter case. */
function protocolOf(value: Json | undefined): Protocol | undefined {
  const parsed = typeof value === 'string' ? parseProtocol(value) : undefined;
  return parsed !== undefined && 'protocol' in parsed ? parsed.protocol : undefined;
}

function targetPortOf(value: Json | undefined): number | undefined {
  const number = typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value)) ? Number(value) : 0;
  return number > 0 ? number : undefined;
}

/** One that the server has given is not kept: the new Service gets its own. */
function clusterIpOf(spec: JsonObject, isStored: boolean, lose: Lose): string | undefined {
  const [first, second] = textsOf(spec['clusterIPs']);
  const ip = textOf(spec['clusterIP']) ?? first;
  if (ip === 'None') return ip;
  if (second !== undefined && !isStored) lose('spec.clusterIPs', 'only the first can be asked for');
  return isStored ? undefined : ip;
}

/** Those of a single-stack Service that was read back are the cluster's own. */
function familiesOf(spec: JsonObject, version: string, isStored: boolean, lose: Lose): JsonObject {
  const policy = textOf(spec['ipFamilyPolicy']);
  const families = textsOf(spec['ipFamilies']);
  if ((policy === undefined && families.length === 0) || (isStored && policy === 'SingleStack')) return {};
  if (Number(/^v1alpha(\d+)$/.exec(version)?.[1] ?? Number.POSITIVE_INFINITY) >= 6)
    return { ...(families.length > 0 && { ipFamilies: families }), ...(policy !== undefined && { ipFamilyPolicy: policy }) };
  const why = `${version} has no IP families; they came with v1alpha6`;
  if (families.length > 0) lose('spec.ipFamilies', why);
  if (policy !== undefined) lose('spec.ipFamilyPolicy', why);
  return {};
}

/** The two fields that are annotations there, beside those of the Service. */
function annotationsOf(
  metadata: JsonObject,
  spec: JsonObject,
  type: string,
  isStored: boolean,
  lose: Lose,
): Readonly<Record<string, string>> {
  const { [lastAppliedAnnotation]: _, ...annotations } = textMap(metadata['annotations']);
  const policy = textOf(spec['externalTrafficPolicy']);
  const port = spec['healthCheckNodePort'];
  const isLocal = policy === 'Local' && type === 'LoadBalancer';
  if (policy !== undefined && policy !== 'Local' && policy !== 'Cluster') lose('spec.externalTrafficPolicy', 'it must be Local or Cluster');
  if (policy === 'Local' && !isLocal) lose('spec.externalTrafficPolicy', 'only a LoadBalancer has it');
  const asked = typeof port === 'number' && port !== 0 && !isStored;
  if (asked && !isLocal) lose('spec.healthCheckNodePort', 'it goes with externalTrafficPolicy Local');
  return {
    ...annotations,
    ...(isLocal && { [trafficPolicyAnnotation]: 'Local' }),
    ...(asked && isLocal && { [healthCheckAnnotation]: String(port) }),
  };
}

function metadataLosses(metadata: JsonObject): readonly Loss[] {
  const owners = metadata['ownerReferences'];
  const finalizers = textsOf(metadata['finalizers']).filter((name) => !/^service\.kubernetes\.io\//.test(name));
  return [
    ...(isList(owners) && owners.length > 0
      ? [{ field: 'metadata.ownerReferences', why: 'whoever owns the Service does not own this' }]
      : []),
    ...(finalizers.length > 0 ? [{ field: 'metadata.finalizers', why: 'whoever waits for the Service does not wait for this' }] : []),
    ...(textOf(metadata['generateName']) !== undefined && textOf(metadata['name']) === undefined
      ? [{ field: 'metadata.generateName', why: 'its Service takes its name from it, so it needs one' }]
      : []),
    ...unknownFields(
      metadata,
      ['name', 'generateName', 'namespace', 'labels', 'annotations', 'ownerReferences', 'finalizers', ...serverMetadata],
      'metadata.',
    ),
  ];
}

/** Fields that no Service has: the server would have dropped them as well, so somebody should know. */
function unknownFields(fields: JsonObject, known: readonly string[], before: string): readonly Loss[] {
  return Object.keys(fields)
    .filter((field) => !known.includes(field) && fields[field] !== undefined && fields[field] !== null)
    .map((field) => ({ field: `${before}${field}`, why: 'no Service has such a field' }));
}

function mapAt(object: JsonObject, field: string): JsonObject {
  const value = object[field];
  return isMap(value) ? value : {};
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function textsOf(value: Json | undefined): readonly string[] {
  return isList(value) ? value.filter((item) => typeof item === 'string') : [];
}

function textMap(value: Json | undefined): Readonly<Record<string, string>> {
  if (!isMap(value)) return {};
  return Object.fromEntries(Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])));
}

function filled(field: string, map: Readonly<Record<string, string>>): JsonObject {
  return Object.keys(map).length === 0 ? {} : { [field]: map };
}
