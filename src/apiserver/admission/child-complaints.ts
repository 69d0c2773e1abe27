import type { FieldError } from '../../core/field-errors.ts';
import type { FindingCode } from '../../core/finding-codes.ts';
import { trafficPolicyAnnotation } from '../../core/load-balancer.ts';
import { at, type Complaint, errorText, pointerOf } from '../../core/validation/refusal.ts';
import { type FieldPath, pathIn } from '../../model/field-path.ts';
import type { JsonObject } from '../../model/object.ts';
import { isJsonObject, listAt, objectAt, textAt } from '../json.ts';
import type { ApiResponse } from '../request.ts';

const onlyLog = 'VM Operator says so in its own log only: the VirtualMachineService is accepted, and nothing happens';

/** What an answer to the creation or update of a child Service means for the VirtualMachineService; nothing when it was accepted. */
export function childComplaints({ code, body, warnings }: ApiResponse, object: JsonObject): readonly Complaint[] {
  if (code < 300) return warnings.flatMap((text) => childWarning(text, object));
  const causes = listAt(objectAt(body, 'details'), 'causes').filter(isJsonObject);
  const message = `the Service would be refused: ${textAt(body, 'message')}`;
  if (causes.some((cause) => textAt(cause, 'reason') === 'NamespaceTerminating')) {
    const fix = 'use another namespace, or wait until this one is gone and make it again';
    return [{ code: 'VMS917', field: 'metadata.namespace', at: at(['metadata', 'namespace']), message, fix }];
  }
  const errors = causes.flatMap((cause): FieldError[] => {
    const field = textAt(cause, 'field');
    return field === '' ? [] : [{ reason: textAt(cause, 'reason'), message: textAt(cause, 'message'), field }];
  });
  if (errors.length > 0) return errors.map((error) => fieldComplaint(object, error));
  return [{ code: 'VMS123', field: 'spec', at: at(['spec'], 'key'), message, why: onlyLog }];
}

/** What the server warns of and accepts. Ranges with bits behind their prefix are told of in our own words. */
function childWarning(text: string, object: JsonObject): readonly Complaint[] {
  const field = /^[a-z][\w.]*(?:\[\d+\])?/i.exec(text)?.[0] ?? 'spec';
  if (text.includes('is ambiguous in this context')) return [];
  const code = warningCodes.find(([pattern]) => pattern.test(field))?.[1];
  if (code === undefined) return [];
  return [{ code, severity: 'warning', field, at: pointerOf(object, field), message: `Kubernetes would warn: ${text}` }];
}

const warningCodes: readonly (readonly [RegExp, FindingCode])[] = [
  [/SourceRanges/i, 'VMS107'],
  [/^spec\.clusterIPs/, 'VMS120'],
  [/^spec\.externalName/, 'VMS121'],
  [/^spec\.loadBalancerIP/, 'VMS605'],
];

/** The controller does not get to the Service at all. */
export function stoppedBy(refusal: { readonly reason: string; readonly message: string }): Complaint {
  const taken = refusal.reason === 'OwnedByAnotherController';
  return {
    code: taken ? 'VMS403' : 'VMS402',
    field: 'metadata.name',
    at: at(['metadata', 'name']),
    message: refusal.message,
    why: onlyLog,
    ...(taken && { fix: 'give one of the two another name' }),
  };
}

export function fieldComplaint(object: JsonObject, error: FieldError): Complaint {
  const { code, path, part = 'value', fix } = originOf(object, error);
  return {
    code,
    field: error.field,
    at: path === undefined ? pointerOf(object, error.field) : at(path, part),
    message: `the Service would be refused: ${errorText(error)}`,
    why: onlyLog,
    ...(fix !== undefined && { fix }),
  };
}

interface Origin {
  readonly code: FindingCode;
  readonly path?: FieldPath;
  readonly part?: 'key' | 'value';
  readonly fix?: string;
}

/** What in the VirtualMachineService a field of the Service comes from. */
function originOf(object: JsonObject, { field }: FieldError): Origin {
  if (field === 'metadata.name')
    return { code: 'VMS108', fix: 'start with a letter, use lower-case letters, digits and dashes, 63 at most' };
  if (field === 'spec.externalTrafficPolicy') {
    const fix = 'remove the annotation: it works with type LoadBalancer only';
    return { code: 'VMS110', path: ['metadata', 'annotations', trafficPolicyAnnotation], fix };
  }
  if (/^spec\.clusterIPs?/.test(field)) {
    return { code: 'VMS409', fix: 'leave clusterIp out, so that one is allocated, or take a free one from the range of the cluster' };
  }
  if (/^spec\.ipFamil/.test(field)) return { code: 'VMS111', path: pathIn(object, field) };
  if (/LoadBalancerSourceRanges|load-balancer-source-ranges/i.test(field)) return { code: 'VMS107' };
  if (field === 'spec.ports') return { code: 'VMS101', path: ['spec', 'ports'], part: 'key' };
  return { code: 'VMS123' };
}
