import { compareText } from '../../model/text-order.ts';
import { compareSeverity, type Finding, type FindingLocation, isFailure, type Severity } from '../finding.ts';

/** The line of a file that a finding points at, and which part of it. */
export interface SourceLine {
  /** Cut to a readable width. */
  readonly text: string;
  /** Of the part in `text`, from 1. */
  readonly column: number;
  /** 0 where there is nothing to underline but a place. */
  readonly length: number;
}

export interface ReportedFinding {
  readonly finding: Finding;
  /** Undefined for live objects, and for what is about a file as a whole. */
  readonly source: SourceLine | undefined;
}

/** A VirtualMachineService that was looked at. */
export interface CheckedService {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly location: FindingLocation | undefined;
}

/** What `validate` found, and how much it looked at. */
export interface ValidationReport {
  /** 0 for live objects. */
  readonly files: number;
  /** Of every kind; those that are no VirtualMachineServices are context. */
  readonly objects: number;
  readonly services: readonly CheckedService[];
  /** Whose rules were asked: `9.1`, and its newest version `v1alpha5`. */
  readonly release: string;
  readonly version: string;
  /** In the order of file, line and column. */
  readonly findings: readonly ReportedFinding[];
  /** What somebody said to leave out, with the reason where one was given. */
  readonly suppressed: readonly SuppressedFinding[];
}

export interface SuppressedFinding {
  readonly finding: Finding;
  readonly reason: string | undefined;
}

/** By file, line and column; live objects by namespace and name. Errors first at one place. */
export function inOrder(findings: readonly ReportedFinding[]): readonly ReportedFinding[] {
  return findings.toSorted(({ finding: left }, { finding: right }) => {
    const [a, b] = [left.location, right.location];
    return (
      compareText(a?.file ?? '', b?.file ?? '') ||
      (a?.line ?? 0) - (b?.line ?? 0) ||
      (a?.column ?? 0) - (b?.column ?? 0) ||
      (a === undefined ? 0 : compareSeverity(left.severity, right.severity)) ||
      compareText(left.object.namespace ?? '', right.object.namespace ?? '') ||
      compareText(left.object.name, right.object.name) ||
      compareSeverity(left.severity, right.severity) ||
      compareText(left.code, right.code)
    );
  });
}

/** Whether something is as severe as `limit`; `never` fails for nothing. */
export function hasFailure({ findings }: Pick<ValidationReport, 'findings'>, limit: Severity | 'never'): boolean {
  return findings.some(({ finding }) => isFailure(finding.severity, limit));
}
