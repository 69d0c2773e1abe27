import type { MendableObject } from '../../cluster/files/mend-text.ts';
import type { Finding } from '../../core/finding.ts';
import type { FindingRepair } from '../../core/repair/repairs.ts';
import type { ValidationReport } from '../../core/validation/validation-report.ts';
import type { ReleaseFacts } from '../../core/world.ts';

/** What was found, before anything is left out by flags. */
export interface Verdicts {
  readonly report: ValidationReport;
  readonly facts: ReleaseFacts;
  /** Whether VMs could be looked at. */
  readonly vmsSeen: boolean;
  /** What is judged otherwise than somebody might think, a sentence each. */
  readonly notes?: readonly string[];
  /** What files can be mended by; absent for live objects. */
  readonly repairs?: Repairs;
}

export interface Repairs {
  /** Those of the report's findings that have one right answer. */
  readonly repairable: ReadonlySet<Finding>;
  /** What mends an object as it is now, which earlier repairs may have changed. */
  of(object: MendableObject): readonly FindingRepair[];
}

/** What tells a finding in a file from the others, and is the same when the file is judged again. */
export function findingKey(file: string, { code, field, message, object }: Finding): string {
  return JSON.stringify([file, code, field, message, object.kind, object.namespace, object.name]);
}
