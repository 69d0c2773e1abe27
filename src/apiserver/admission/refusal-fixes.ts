import type { FieldError } from '../../core/field-errors.ts';
import type { Pointer } from '../../core/finding.ts';
import { missingPortName } from '../../core/repair/port-repairs.ts';
import { nameFix } from '../../core/webhook/names.ts';
import { portExample } from '../../core/webhook/ports.ts';
import { type FieldPath, fieldText, valueAt } from '../../model/field-path.ts';
import type { Json, JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { mostAnnotationBytes } from '../metadata/object-meta-validation.ts';

const keyFix = 'write it as NAME or PREFIX/NAME, the name of letters, digits, -, _ and ., 63 at most, with a letter or digit at both ends';

/** What to do about annotations that are too long. */
export const annotationsFix = `shorten the longest: all annotations together may have ${mostAnnotationBytes / 1024} KiB`;

/** What to do about what kube-apiserver refuses of metadata. */
export function metadataFix({ reason }: FieldError, object: JsonObject, { path, part }: Pointer): string {
  const value = valueAt(object, path);
  switch (path[1]) {
    case 'name':
      return reason === 'FieldValueRequired' ? 'add "name: web", for example' : nameFix(typeof value === 'string' ? value : undefined);
    case 'generateName':
      return nameFix(undefined);
    case 'namespace':
      return 'use lower-case letters, digits and dashes, 63 at most: no namespace is called otherwise';
    case 'labels':
      return part === 'key' ? keyFix : 'use letters, digits, -, _ and ., 63 at most, with a letter or digit at both ends';
    case 'annotations':
      return reason === 'FieldValueTooLong' ? annotationsFix : keyFix;
    default:
      return `remove ${fieldText(path.slice(0, 2))}: a server writes it`;
  }
}

/** What to add where the schema asks for something, with what the port itself suggests. */
export function requiredFix(object: JsonObject, path: FieldPath): string | undefined {
  const [, list, , field] = path;
  if (list === 'type') return 'add "type: LoadBalancer" or "type: ClusterIP"; this API has no default, and it cannot be changed later';
  if (list !== 'ports' || typeof field !== 'string') return undefined;
  const port = valueAt(object, path.slice(0, 3));
  const number = isMap(port) && typeof port['port'] === 'number' ? port['port'] : 80;
  const example = new Map([
    ['name', missingPortName(object, path)],
    ['protocol', 'TCP'],
    ['targetPort', String(number)],
  ]).get(field);
  return `add ${example === undefined ? field : `"${field}: ${example}"`}; unlike in a Service, every port needs name, protocol, port and targetPort`;
}

/** What to write in the place of a value of a wrong type. */
export function typeFix(path: FieldPath, value: Json | undefined, types: readonly string[]): string | undefined {
  const [, field, , inner] = path;
  const last = path.at(-1);
  if (field === 'selector' && (last === 'matchLabels' || last === 'matchExpressions')) return 'write the labels directly below selector';
  if (field === 'type' && path.length === 2) return 'write LoadBalancer, ClusterIP or ExternalName';
  if (inner === 'protocol') return 'write TCP, UDP or SCTP';
  if (types.includes('integer')) {
    if (typeof value === 'string' && /^-?\d+$/.test(value))
      return inner === 'targetPort' ? `write ${value} without quotes` : 'write it without quotes';
    return inner === 'targetPort' && typeof value === 'string'
      ? 'write the number: VMs have no named ports'
      : 'write a number from 1 to 65535';
  }
  // What was written as `yes` or `0777` is not to be seen any more.
  if (types.includes('string') && (typeof value === 'number' || typeof value === 'boolean')) return 'put it in quotes';
  if (types.includes('array')) return `write a list: ${isPlainWord(value) ? `[${value}]` : (listExamples.get(String(field)) ?? '[…]')}`;
  if (types.includes('object'))
    return `write ${path[1] === 'ports' ? portExample : (mapExamples.get(String(last)) ?? 'a mapping: KEY: VALUE')}`;
  return types.includes('string') ? 'write one text in its place' : undefined;
}

/** Text that stands in a list as it is. */
function isPlainWord(value: Json | undefined): value is string {
  return typeof value === 'string' && /^\w[\w./-]*$/.test(value);
}

const listExamples: ReadonlyMap<string, string> = new Map([
  ['ports', `[${portExample}]`],
  ['loadBalancerSourceRanges', '[10.240.0.0/24]'],
  ['ipFamilies', '[IPv4]'],
]);

const mapExamples: ReadonlyMap<string, string> = new Map([
  ['selector', '{app: web}, the labels of the VMs'],
  ['spec', '{type: LoadBalancer, selector: {app: web}, ports: […]}'],
]);

/** What to do about a value that is none of those that the schema knows, or about too many of them. */
export function valueFix(path: FieldPath): string | undefined {
  const [, field] = path;
  if (field === 'ipFamilyPolicy') return 'write SingleStack, PreferDualStack or RequireDualStack, or remove it';
  return field === 'ipFamilies' ? 'write IPv4 and IPv6, one of them or both' : undefined;
}

/** What to do about a rule of the definition that does not hold. */
export function ruleFix({ message }: FieldError): string {
  if (message.includes('ExternalName')) return 'remove ipFamilies and ipFamilyPolicy: an ExternalName has no addresses';
  if (message.includes('may not be changed'))
    return 'list the family first that the stored object has first: only a new object can have another one there';
  return 'write IPv4 and IPv6, one of them or both, each once';
}
