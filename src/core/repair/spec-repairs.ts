import type { FieldPath } from '../../model/field-path.ts';
import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { ipFamilies, ipFamilyPolicies } from '../../model/service.ts';
import type { Finding } from '../finding.ts';
import { formatCidr, formatIp, parseCidr, parseIp } from '../ip-address.ts';
import { healthCheckAnnotation, trafficPolicyAnnotation } from '../load-balancer.ts';
import { dns1123Subdomain } from '../name-rules.ts';
import { jsonEqual } from '../patch.ts';
import { familiesNotEnabled } from '../webhook/families.ts';
import type { Edit } from './edit.ts';
import { fieldAt, isEmpty, listAt, mapAt, serviceTypes, textAt, typeOf } from './manifest-fields.ts';
import { quoted, type WrittenManifest } from './written-manifest.ts';

/** What mends a field of the spec, but for its ports. */
export function specRepair(path: FieldPath, { message }: Finding, manifest: WrittenManifest): readonly Edit[] | undefined {
  const { object } = manifest;
  const [, field, entry] = path;
  switch (field) {
    case 'type':
      return typeRepair(object);
    case 'clusterIp':
      return pointsElsewhere(object) ? [{ kind: 'remove', path }] : clusterIpRepair(object);
    case 'ipFamilies':
    case 'ipFamilyPolicy':
      return pointsElsewhere(object) ? withoutFamilies(object) : familyRepair(field, object, message.endsWith(familiesNotEnabled));
    case 'externalName':
      return externalNameRepair(object);
    case 'selector':
      return entry === 'matchLabels' ? selectorRepair(object) : labelRepair(path, manifest);
    case 'loadBalancerSourceRanges':
      return rangeRepair(path, object);
    default:
      return undefined;
  }
}

/** An ExternalName that says its name: of the address and the families of a Service the API says that they count for nothing there. */
function pointsElsewhere(object: JsonObject): boolean {
  return typeOf(object) === 'ExternalName' && !isEmpty(fieldAt(object, ['spec', 'externalName']));
}

const familyFields = ['ipFamilies', 'ipFamilyPolicy'] as const;

function withoutFamilies(object: JsonObject): readonly Edit[] {
  return familyFields.flatMap((field): Edit[] => {
    const path = ['spec', field];
    return fieldAt(object, path) === undefined ? [] : [{ kind: 'remove', path }];
  });
}

/** The words of the API in their own letter case, and families in a list. Where families may not be set, what the Service gets anyway need not be asked for. */
function familyRepair(field: (typeof familyFields)[number], object: JsonObject, forbidden: boolean): readonly Edit[] | undefined {
  const path = ['spec', field];
  const value = fieldAt(object, path);
  const words = field === 'ipFamilies' ? ipFamilies : ipFamilyPolicies;
  if (field === 'ipFamilies' && typeof value === 'string') {
    const families = value.split(',').map((word) => nearest(word, words));
    return families.every((family) => family !== undefined) ? [{ kind: 'set', path, value: families }] : undefined;
  }
  const right = isList(value) ? value.map((word) => nearest(word, words) ?? word) : nearest(value, words);
  if (right !== undefined && !jsonEqual(right, value)) {
    if (!isList(value) || !isList(right)) return [{ kind: 'set', path, value: right }];
    return right.flatMap((word, index): Edit[] => (word === value[index] ? [] : [{ kind: 'set', path: [...path, index], value: word }]));
  }
  const isDefault = field === 'ipFamilies' ? jsonEqual(value, ['IPv4']) : value === 'SingleStack';
  return forbidden && isDefault ? [{ kind: 'remove', path }] : undefined;
}

/** The word that is written in other letters, or with blanks around it. */
function nearest(written: Json | undefined, words: readonly string[]): string | undefined {
  return words.find((word) => typeof written === 'string' && word.toLowerCase() === written.trim().toLowerCase());
}

function typeRepair(object: JsonObject): readonly Edit[] | undefined {
  const path = ['spec', 'type'];
  const type = fieldAt(object, path);
  if (isEmpty(type)) {
    const meant = typeMeantBy(object);
    if (meant === undefined) return undefined;
    return [type === undefined ? { kind: 'set', path, value: meant, first: true } : { kind: 'set', path, value: meant }];
  }
  const near = nearest(type, serviceTypes);
  return near === undefined || near === type ? undefined : [{ kind: 'set', path, value: near }];
}

/**
 * The type of a manifest that says none. A field that only one type has decides. Without any it is ClusterIP: that is what a Service
 * without a type is, from which such manifests are copied, and what the page that VM Operator's own example stands on says that it is.
 * Where fields of different types stand beside each other there is no right answer.
 */
function typeMeantBy(object: JsonObject): string | undefined {
  const spec = mapAt(object, ['spec']) ?? {};
  const annotations = mapAt(object, ['metadata', 'annotations']) ?? {};
  const balanced = ['loadBalancerIP', 'loadBalancerSourceRanges'].some((field) => !isEmpty(spec[field]) && !isEmptyList(spec[field]));
  const headless = ['clusterIp', 'clusterIP'].some((field) => typeof spec[field] === 'string' && /^none$/i.test(spec[field]));
  const external = !isEmpty(spec['externalName']);
  if ([balanced, headless, external].filter((sign) => sign).length > 1) return undefined;
  if (external) return 'ExternalName';
  if (headless) return 'ClusterIP';
  // Fields of a Service that came along say less: beside one of the above they are only in the way.
  const policy = trafficPolicyAnnotation in annotations || healthCheckAnnotation in annotations;
  return balanced || policy || ofBalancers.some((field) => field in spec) ? 'LoadBalancer' : 'ClusterIP';
}

function isEmptyList(value: Json | undefined): boolean {
  return isList(value) && value.length === 0;
}

const ofBalancers = ['externalTrafficPolicy', 'healthCheckNodePort', 'loadBalancerClass', 'allocateLoadBalancerNodePorts'];

/** One that is the same address in its only right spelling. Leading zeros may be octal: nobody knows which address that is. */
function clusterIpRepair(object: JsonObject): readonly Edit[] | undefined {
  const path = ['spec', 'clusterIp'];
  const written = textAt(object, path) ?? '';
  const text = written.trim();
  if (/^none$/i.test(text)) return written === 'None' ? undefined : [{ kind: 'set', path, value: 'None' }];
  const ip = /(?:^|\.)0\d/.test(text) ? undefined : parseIp(text);
  const value = ip === undefined ? written : formatIp(ip);
  return value === written ? undefined : [{ kind: 'set', path, value }];
}

/** The DNS knows no letter case. */
function externalNameRepair(object: JsonObject): readonly Edit[] | undefined {
  const path = ['spec', 'externalName'];
  const written = textAt(object, path) ?? '';
  const value = written.trim().toLowerCase();
  const isGood = value !== '' && dns1123Subdomain(value.replace(/\.$/, '')).length === 0;
  return isGood && value !== written ? [{ kind: 'set', path, value }] : undefined;
}

/** The query of a Deployment that is a plain map in truth. */
function selectorRepair(object: JsonObject): readonly Edit[] | undefined {
  const selector = ['spec', 'selector'];
  const labels = mapAt(object, [...selector, 'matchLabels']);
  const { matchLabels: _, matchExpressions, ...others } = mapAt(object, selector) ?? {};
  const isPlain =
    matchExpressions === undefined || matchExpressions === null || (listAt(object, [...selector, 'matchExpressions']) ?? ['']).length === 0;
  if (labels === undefined || !isPlain || Object.keys(labels).length === 0) return undefined;
  if (Object.keys(labels).some((key) => Object.hasOwn(others, key) || key === 'matchExpressions')) return undefined;
  const unwrap: Edit = { kind: 'unwrap', path: [...selector, 'matchLabels'] };
  return matchExpressions === undefined ? [unwrap] : [{ kind: 'remove', path: [...selector, 'matchExpressions'] }, unwrap];
}

function labelRepair(path: FieldPath, manifest: WrittenManifest): readonly Edit[] | undefined {
  const value = fieldAt(manifest.object, path);
  return path.length === 3 && (typeof value === 'number' || typeof value === 'boolean') ? quoted(path, manifest) : undefined;
}

/** A block by its network, an address as the block that holds nothing else, and one text as a list of it. */
function rangeRepair(path: FieldPath, object: JsonObject): readonly Edit[] | undefined {
  const written = textAt(object, path);
  if (written === undefined) return undefined;
  if (path.length === 2) {
    const ranges = written.split(',').map((range) => range.trim());
    return ranges.every((range) => parseCidr(range) !== undefined) ? [{ kind: 'set', path, value: ranges }] : undefined;
  }
  const text = written.trim();
  if (/(?:^|\.)0\d/.test(text)) return undefined;
  const [cidr, ip] = [parseCidr(text), parseIp(text)];
  const value = cidr !== undefined ? formatCidr(cidr) : ip === undefined ? written : `${formatIp(ip)}/${ip.family === 'IPv4' ? 32 : 128}`;
  return value === written ? undefined : [{ kind: 'set', path, value }];
}
