import type { KubeObject } from '../../model/object.ts';
import type { Confidence, Finding, Severity } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';

type Details = Partial<Omit<Finding, 'code' | 'severity' | 'confidence' | 'object' | 'message'>>;

/** A finding about an object; what is not said about it is empty. */
export function found(
  code: FindingCode,
  severity: Severity,
  confidence: Confidence,
  { kind, metadata }: Pick<KubeObject, 'kind'> & { readonly metadata: { readonly name: string; readonly namespace?: string } },
  message: string,
  { evidence = [], fix = [], follows = [], ...more }: Details = {},
): Finding {
  const object = { kind, name: metadata.name, namespace: metadata.namespace };
  return { code, severity, confidence, object, message, evidence, fix, follows, ...more };
}

/** The same about a child, named as its VirtualMachineService, that is not there or could not be seen. */
export function childOf({ metadata }: KubeObject, kind: 'Service' | 'Endpoints'): Pick<KubeObject, 'kind' | 'metadata'> {
  const { name, namespace } = metadata;
  return { kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}
