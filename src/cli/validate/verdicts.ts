import type { ValidationReport } from '../../core/validation/validation-report.ts';
import type { ReleaseFacts } from '../../core/world.ts';

/** What was found, before anything is left out by flags. */
export interface Verdicts {
  readonly report: ValidationReport;
  readonly facts: ReleaseFacts;
  /** Whether VMs could be looked at. */
  readonly vmsSeen: boolean;
}
