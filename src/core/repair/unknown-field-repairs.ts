import type { FieldPath } from '../../model/field-path.ts';
import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { healthCheckAnnotation, trafficPolicyAnnotation } from '../load-balancer.ts';
import { jsonEqual } from '../patch.ts';
import { nearestField } from '../validation/unknown-field.ts';
import { vmServiceFields } from '../vm-service-fields.ts';
import type { Edit } from './edit.ts';
import { addedAnnotation, fieldAt, mapAt, textAt, typeOf } from './manifest-fields.ts';

/**
 * What mends a field that is not known here: its right name, the annotation that does the same, or nothing in its place where its value
 * is what the Service gets anyway. What would be lost is left for somebody who knows what was meant.
 */
export function unknownFieldRepair(path: FieldPath, object: JsonObject): readonly Edit[] | undefined {
  const name = path.at(-1);
  if (typeof name !== 'string') return undefined;
  const value = fieldAt(object, path);
  // Null stands for a field that is not there.
  if (value === null) return [{ kind: 'remove', path }];
  const place = path
    .slice(0, -1)
    .map((part) => (typeof part === 'number' ? '[]' : part))
    .join('.');
  const special = place === 'spec' ? ofService(name, object) : undefined;
  if (special !== undefined) return special === 'nothing' ? undefined : special;
  if (place === 'spec.ports.[]' && withoutEffect.includes(name)) return [{ kind: 'remove', path }];
  const known = vmServiceFields.get(place);
  const near = known === undefined ? undefined : nearestField(name, known);
  const siblings = path.length === 1 ? object : mapAt(object, path.slice(0, -1));
  if (near === undefined || siblings === undefined) return undefined;
  if (!Object.hasOwn(siblings, near)) return [{ kind: 'rename', path, key: near }];
  return jsonEqual(siblings[near], value) ? [{ kind: 'remove', path }] : undefined;
}

/** What a port of a Service may say, and what makes no difference to the way of a packet to a VM. */
const withoutEffect = ['nodePort', 'appProtocol'];

/** Fields that only a Service has, by what becomes of each; `nothing` for one that has no counterpart here. */
function ofService(name: string, object: JsonObject): readonly Edit[] | 'nothing' | undefined {
  const path = ['spec', name];
  const value = fieldAt(object, path);
  const remove: readonly Edit[] = [{ kind: 'remove', path }];
  const removedIf = (isDefault: boolean) => (isDefault ? remove : 'nothing');
  switch (name) {
    case 'clusterIP':
      return clusterIpRepair(path, value, object);
    case 'clusterIPs':
      return clusterIpsRepair(path, value, object);
    case 'externalTrafficPolicy':
      return policyRepair(path, value, object);
    case 'healthCheckNodePort':
      return healthCheckRepair(path, value, object);
    case 'internalTrafficPolicy':
      return removedIf(value === 'Cluster');
    case 'sessionAffinity':
      return removedIf(value === 'None');
    case 'allocateLoadBalancerNodePorts':
    case 'publishNotReadyAddresses':
      return removedIf(value === false);
    case 'externalIPs':
      return removedIf(isList(value) && value.length === 0);
    case 'ipFamilyPolicy':
      return removedIf(value === 'SingleStack');
    case 'ipFamilies':
      return removedIf(isList(value) && value.every((family) => family === 'IPv4') && value.length < 2);
    case 'sessionAffinityConfig':
    case 'loadBalancerClass':
    case 'trafficDistribution':
      return 'nothing';
    default:
      return undefined;
  }
}

function clusterIpRepair(path: FieldPath, value: Json | undefined, object: JsonObject): readonly Edit[] | 'nothing' {
  const right = fieldAt(object, ['spec', 'clusterIp']);
  if (right === undefined) return [{ kind: 'rename', path, key: 'clusterIp' }];
  return right === value ? [{ kind: 'remove', path }] : 'nothing';
}

/** The list that Kubernetes writes beside the one address. */
function clusterIpsRepair(path: FieldPath, value: Json | undefined, object: JsonObject): readonly Edit[] | 'nothing' {
  const [only, ...others] = isList(value) ? value : [];
  if (typeof only !== 'string' || others.length > 0) return 'nothing';
  const right = fieldAt(object, ['spec', 'clusterIp']) ?? fieldAt(object, ['spec', 'clusterIP']);
  const remove: Edit = { kind: 'remove', path };
  if (right === undefined) return [remove, { kind: 'set', path: ['spec', 'clusterIp'], value: only }];
  return right === only ? [remove] : 'nothing';
}

/** Only a LoadBalancer has one. */
function policyRepair(path: FieldPath, value: Json | undefined, object: JsonObject): readonly Edit[] | 'nothing' {
  const remove: Edit = { kind: 'remove', path };
  const type = typeOf(object);
  const said = textAt(object, ['metadata', 'annotations', trafficPolicyAnnotation]);
  if (value !== 'Local' && value !== 'Cluster') return 'nothing';
  if (said !== undefined) return said === value ? [remove] : 'nothing';
  // Of a type that is missing nothing is known yet; it is decided first.
  if (type === undefined) return 'nothing';
  return type === 'LoadBalancer' ? [remove, addedAnnotation(object, trafficPolicyAnnotation, value)] : [remove];
}

/** It means something with the policy Local only. */
function healthCheckRepair(path: FieldPath, value: Json | undefined, object: JsonObject): readonly Edit[] | 'nothing' {
  const policy = textAt(object, ['metadata', 'annotations', trafficPolicyAnnotation]);
  const said = fieldAt(object, ['metadata', 'annotations', healthCheckAnnotation]);
  const type = typeOf(object);
  if (typeof value !== 'number' || said !== undefined || type === undefined) return 'nothing';
  if (fieldAt(object, ['spec', 'externalTrafficPolicy']) !== undefined && policy === undefined) return 'nothing';
  const remove: Edit = { kind: 'remove', path };
  if (type !== 'LoadBalancer' || policy !== 'Local') return [remove];
  return [remove, addedAnnotation(object, healthCheckAnnotation, String(value))];
}
