import { type FieldPath, fieldText } from '../../model/field-path.ts';
import { editDistance } from '../edit-distance.ts';
import { healthCheckAnnotation, trafficPolicyAnnotation } from '../load-balancer.ts';

/** What is known about a field that is not in the schema. */
export interface UnknownField {
  readonly fix?: string;
  readonly why?: string;
}

/** Where it stands. */
export interface FieldPlace {
  readonly version: string;
  /** Of the service; undefined where it says none that there is. */
  readonly type: string | undefined;
}

/** What somebody may have meant by a field that is not there: its right spelling, or what does the same here. */
export function fieldNear(path: FieldPath, known: readonly string[], place: FieldPlace): UnknownField {
  const last = path.at(-1);
  if (typeof last !== 'string') return {};
  const parent = path.slice(0, -1);
  const ofService = serviceFields.get(`${parent.map((part) => (typeof part === 'number' ? '[]' : part)).join('.')}.${last}`);
  if (ofService !== undefined) return { fix: ofService(place) };
  const near = nearestField(last, known);
  if (near !== undefined) return { fix: `the field is called ${near}` };
  if (known.length === 0) return { fix: insteadOf(parent) };
  return { fix: `remove it; ${parent.length === 0 ? 'an object' : fieldText(parent)} has ${[...known].sort().join(', ')}` };
}

/** What to do about a field of something that has no fields. */
function insteadOf(parent: FieldPath): string {
  if (parent[0] !== 'spec') return 'remove it';
  if (parent[1] === 'selector') return 'write the labels directly below selector';
  const isList = parent.length === 2 && listFields.includes(String(parent[1]));
  return isList ? `write ${fieldText(parent)} as a list` : `write one value for ${fieldText(parent)}`;
}

const listFields = ['ports', 'loadBalancerSourceRanges', 'ipFamilies'];

/** The field that somebody probably meant: the same in another letter case, or a slip away. */
export function nearestField(name: string, known: readonly string[]): string | undefined {
  const folded = name.toLowerCase();
  const same = known.find((candidate) => candidate.toLowerCase() === folded);
  if (same !== undefined) return same;
  const scored = known.map((candidate) => ({ candidate, distance: editDistance(folded, candidate.toLowerCase()) }));
  return scored.filter(({ distance }) => distance <= (name.length < 6 ? 1 : 2)).sort((left, right) => left.distance - right.distance)[0]
    ?.candidate;
}

const onlyService = 'remove it: a VirtualMachineService has nothing like it';

/** What only a LoadBalancer has, and says in an annotation here. */
function ofBalancer(annotation: string): (place: FieldPlace) => string {
  return ({ type }) =>
    type === 'ClusterIP' || type === 'ExternalName' ? `remove it: only a LoadBalancer has one` : `use the annotation ${annotation}`;
}

/** What people copy from a core Service. */
const serviceFields: ReadonlyMap<string, (place: FieldPlace) => string> = new Map<string, (place: FieldPlace) => string>([
  ['spec.clusterIP', () => 'the field is called clusterIp'],
  ['spec.clusterIPs', () => 'one address goes into clusterIp; several cannot be asked for'],
  ['spec.externalTrafficPolicy', ofBalancer(trafficPolicyAnnotation)],
  ['spec.healthCheckNodePort', ofBalancer(healthCheckAnnotation)],
  ['spec.internalTrafficPolicy', () => onlyService],
  ['spec.sessionAffinity', () => onlyService],
  ['spec.sessionAffinityConfig', () => onlyService],
  ['spec.loadBalancerClass', () => onlyService],
  ['spec.allocateLoadBalancerNodePorts', () => onlyService],
  ['spec.publishNotReadyAddresses', () => 'remove it: a VM without a readiness probe always counts as ready'],
  ['spec.trafficDistribution', () => onlyService],
  ['spec.externalIPs', () => onlyService],
  ['spec.ports.[].nodePort', () => 'remove it: VirtualMachineServices have no node ports of their own'],
  ['spec.ports.[].appProtocol', () => onlyService],
  ['spec.ipFamilies', ({ version }) => `${version} does not have it: IP families came with v1alpha6`],
  ['spec.ipFamilyPolicy', ({ version }) => `${version} does not have it: IP families came with v1alpha6`],
]);
