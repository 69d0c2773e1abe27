import type { FieldError } from '../../core/field-errors.ts';
import type { FindingCode } from '../../core/finding-codes.ts';
import { trafficPolicyAnnotation } from '../../core/load-balancer.ts';
import { at, type Complaint, errorText, pointerOf } from '../../core/validation/refusal.ts';
import { portExample } from '../../core/webhook/ports.ts';
import { type FieldPath, pathIn, valueAt } from '../../model/field-path.ts';
import type { JsonObject } from '../../model/object.ts';
import { listAt, mapAt, textAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import type { ApiResponse } from '../request.ts';
import { annotationsFix } from './refusal-fixes.ts';

const onlyLog = 'VM Operator says so in its own log only: the VirtualMachineService is accepted, and nothing happens';

/** What an answer to the creation or update of a child Service means for the VirtualMachineService; nothing when it was accepted. */
export function childComplaints({ code, body, warnings }: ApiResponse, object: JsonObject): readonly Complaint[] {
  if (code < 300) return warnings.flatMap((text) => childWarning(text, object));
  const causes = listAt(mapAt(body, 'details'), 'causes').filter(isMap);
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
  const [, code] = warnings.find(([pattern]) => pattern.test(field)) ?? [];
  if (code === undefined) return [];
  const [, right] = /(?:use |format \()"([^"]*)"\)?$/.exec(text) ?? [];
  const fix = right === undefined ? 'remove externalName' : `write ${right}`;
  return [{ code, severity: 'warning', field, at: pointerOf(object, field), message: `Kubernetes would warn: ${text}`, fix }];
}

const warnings: readonly (readonly [field: RegExp, code: FindingCode])[] = [
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
function originOf(object: JsonObject, { field, message }: FieldError): Origin {
  if (field === 'metadata.name')
    return { code: 'VMS108', fix: 'start with a letter, use lower-case letters, digits and dashes, 63 at most' };
  if (field === 'spec.externalTrafficPolicy') {
    const fix = 'remove the annotation: it works with type LoadBalancer only';
    return { code: 'VMS110', path: ['metadata', 'annotations', trafficPolicyAnnotation], fix };
  }
  if (/^spec\.clusterIPs?/.test(field)) {
    return { code: 'VMS409', fix: 'leave clusterIp out, so that one is allocated, or take a free one from the range of the cluster' };
  }
  if (/^spec\.ipFamil/.test(field)) {
    // A policy that nobody wrote is refused because of the families.
    const isDefault = field === 'spec.ipFamilyPolicy' && valueAt(object, ['spec', 'ipFamilyPolicy']) === undefined;
    return { code: 'VMS111', path: isDefault ? ['spec', 'ipFamilies'] : pathIn(object, field), fix: familyFix(message) };
  }
  if (/LoadBalancerSourceRanges|load-balancer-source-ranges/i.test(field)) {
    const fix = message.startsWith('Forbidden') ? 'remove it: only a LoadBalancer has source ranges' : 'write ranges as 10.240.0.0/24';
    return { code: 'VMS107', fix };
  }
  if (field === 'spec.ports') {
    return {
      code: 'VMS101',
      path: ['spec', 'ports'],
      part: 'key',
      fix: `add a port: ${portExample}`,
    };
  }
  if (/^metadata\.annotations\[.*topology/.test(field))
    return { code: 'VMS123', fix: 'remove one of the two annotations, or give both one value' };
  if (field === 'metadata.annotations') return { code: 'VMS123', fix: annotationsFix };
  return { code: 'VMS123' };
}

/** What to do about families that the cluster, or the policy beside them, does not go with. */
function familyFix(message: string): string {
  if (message.includes('to release the secondary')) return 'set ipFamilyPolicy to SingleStack, or leave both families in';
  if (message.includes('when multiple IP families')) return 'set ipFamilyPolicy to PreferDualStack or RequireDualStack, or list one family';
  if (message.includes('not configured for dual-stack')) return 'set ipFamilyPolicy to PreferDualStack or SingleStack';
  return 'list families that the cluster has, or remove the field';
}
