import type { Confidence, Severity } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';

/**
 * What is to be known about one code. Plain sentences; in commands NAME is the VirtualMachineService, VM a VirtualMachine, and other
 * words in capitals are to be replaced, too.
 */
export interface Article {
  /** One line for lists, without a full stop. */
  readonly summary: string;
  /** What it means and why it happens. A line feed starts a paragraph. */
  readonly meaning: string;
  /** How grave it is, and when; the usual case first. */
  readonly levels: readonly Level[];
  /** What is read to find it. */
  readonly evidence: readonly string[];
  /** What to do, the likeliest first. */
  readonly fix: readonly Remedy[];
  /** Where it can happen: `all`, or which. */
  readonly releases: string;
  /** What looks the same and is no fault, and what is left alone for that reason. */
  readonly falseAlarms: readonly string[];
  /** Codes that are worth reading next. */
  readonly see: readonly FindingCode[];
}

export interface Level {
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Without it: in every other case. */
  readonly when?: string;
}

export interface Remedy {
  readonly text: string;
  /** A command line that does it. */
  readonly run?: string;
}
