import type { FindingCode } from '../../../src/core/finding-codes.ts';
import type { KubeObject } from '../../../src/model/object.ts';
import type { DiagnosedOptions } from '../../support/diagnosed.ts';

/** A world in which a rule finds something, and one nearby in which it must not. */
export interface RuleCase {
  readonly code: FindingCode;
  readonly when: string;
  readonly world: readonly KubeObject[];
  readonly options?: DiagnosedOptions;
  /** Its findings of that code, as `brief` has them. */
  readonly says: string;
  readonly but: string;
  readonly near: readonly KubeObject[];
  readonly nearOptions?: DiagnosedOptions;
}
