import { type FieldPath, pathIn } from '../../model/field-path.ts';
import type { JsonObject } from '../../model/object.ts';
import { mapAt, textAt } from '../../model/raw-fields.ts';
import type { FieldError } from '../field-errors.ts';
import type { Finding, Pointer, Severity } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';

/** The object that is judged, as it was written: its metadata may be anything. */
export interface Subject {
  readonly object: JsonObject;
  /** Where it would go, when it does not say so itself. */
  readonly namespace: string | undefined;
}

/** What turns one complaint about a field into a finding. */
export interface Complaint {
  readonly code: FindingCode;
  readonly severity?: Severity;
  readonly confidence?: Finding['confidence'];
  /** `spec.clusterIP`, spelt as whoever complains spells it. */
  readonly field: string;
  /** Where the value stands in the object. */
  readonly at: Pointer;
  readonly message: string;
  readonly fix?: string;
  readonly why?: string;
}

export function findingOf({ object, namespace }: Subject, complaint: Complaint): Finding {
  const { code, severity = 'error', confidence = 'certain', field, at, message, fix, why } = complaint;
  return {
    code,
    severity,
    confidence,
    object: subjectRef(object, namespace),
    field,
    at,
    message,
    evidence: [],
    ...(why !== undefined && { why }),
    fix: fix === undefined ? [] : [{ kind: 'advice', text: fix }],
    follows: [],
  };
}

function subjectRef(object: JsonObject, namespace: string | undefined): Finding['object'] {
  const metadata = mapAt(object, 'metadata');
  return {
    kind: textAt(object, 'kind') || 'VirtualMachineService',
    name: textAt(metadata, 'name') || textAt(metadata, 'generateName'),
    namespace: textAt(metadata, 'namespace') || namespace,
  };
}

/** `spec.type: Required value`, as Kubernetes prints it. */
export function errorText({ field, message }: FieldError): string {
  return `${field}: ${message}`;
}

/** Where an error of the API server or the webhook points in the object. */
export function pointerOf(object: JsonObject, field: string, part: Pointer['part'] = 'value'): Pointer {
  return { path: pathIn(object, ownSpelling(field)), part };
}

/** The webhook and the child Service spell some fields as a Service does. */
function ownSpelling(field: string): string {
  return field
    .replace(/^spec\.clusterIPs?(?:\[\d+\])?$/, 'spec.clusterIp')
    .replace(/^spec\.LoadBalancerSourceRanges/, 'spec.loadBalancerSourceRanges');
}

export function at(path: FieldPath, part: Pointer['part'] = 'value'): Pointer {
  return { path, part };
}
