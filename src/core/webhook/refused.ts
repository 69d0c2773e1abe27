import type { FieldError } from '../field-errors.ts';
import type { Pointer } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';

/** One refusal, in the order and the words of the webhook, and what to do about it. */
export interface Refused {
  readonly code: FindingCode;
  readonly error: FieldError;
  readonly at: Pointer;
  readonly fix?: string;
}
