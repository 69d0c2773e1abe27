import { compareText } from '../../model/text-order.ts';
import type { Confidence, Severity } from '../finding.ts';
import type { NearMiss } from '../near-miss.ts';
import type { StaleBecause } from '../trace-members.ts';

/** What one code carries, besides what every finding has. */
export type TraceFindingArgs =
  | { readonly code: 'VMS112'; readonly reason: 'DeletionStuck'; readonly finalizers: readonly string[] }
  | { readonly code: 'VMS201'; readonly reason: 'NoMatchingVirtualMachines'; readonly selector: string; readonly others: number }
  | { readonly code: 'VMS202'; readonly reason: 'SelectorNearMiss'; readonly nearMiss: NearMiss }
  | { readonly code: 'VMS208'; readonly reason: 'VirtualMachineBeingDeleted'; readonly vm: string }
  | { readonly code: 'VMS301'; readonly reason: 'VirtualMachineHasNoAddress'; readonly vm: string }
  | { readonly code: 'VMS305'; readonly reason: 'AddressFamilyMismatch'; readonly vm: string; readonly families: readonly string[] }
  | { readonly code: 'VMS308'; readonly reason: 'ReadinessProbeFails'; readonly vm: string; readonly said: string }
  | { readonly code: 'VMS309'; readonly reason: 'ReadinessProbeNeverRan'; readonly vm: string }
  | { readonly code: 'VMS402'; readonly reason: 'ServiceNeverCreated'; readonly service: string }
  | { readonly code: 'VMS403'; readonly reason: 'ServiceNameTaken'; readonly owner: string }
  | { readonly code: 'VMS404'; readonly reason: 'ServiceHasSelector'; readonly selector: string }
  | { readonly code: 'VMS406'; readonly reason: 'ServiceDiffers'; readonly fields: readonly string[] }
  | { readonly code: 'VMS501'; readonly reason: 'EndpointsMissing'; readonly eligible: number }
  | { readonly code: 'VMS502'; readonly reason: 'EndpointNoLongerSelected'; readonly vm: string }
  | { readonly code: 'VMS503'; readonly reason: 'EndpointStale'; readonly target: string; readonly because: StaleBecause }
  | { readonly code: 'VMS505'; readonly reason: 'NoReadyEndpoints'; readonly selected: number }
  | { readonly code: 'VMS601'; readonly reason: 'AddressPending' }
  | { readonly code: 'VMS602'; readonly reason: 'NoLoadBalancer' };

/** One diagnosed fact. Words are made elsewhere, from the code and its arguments. */
export type TraceFinding = TraceFindingArgs & {
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** `VirtualMachine/web-3`. */
  readonly object: string;
};

/** Errors first, then warnings; within one severity in the order of the codes. */
export function sortTraceFindings(findings: readonly TraceFinding[]): readonly TraceFinding[] {
  const rank = { error: 0, warning: 1, info: 2 } as const;
  return findings.toSorted(
    (left, right) =>
      rank[left.severity] - rank[right.severity] || compareText(left.code, right.code) || compareText(left.object, right.object),
  );
}
