import type { SuppressedFinding, ValidationReport } from '../core/validation/validation-report.ts';
import type { JsonObject } from '../model/object.ts';
import { findingDocument } from './finding-document.ts';

/** The body of a `ValidationReport` document. */
export function validationDocument(report: ValidationReport): JsonObject & { readonly findings: readonly JsonObject[] } {
  const { files, objects, services, findings, suppressed } = report;
  return {
    checked: { files, objects, virtualMachineServices: services.length },
    findings: findings.map(({ finding }) => findingDocument(finding)),
    suppressed: suppressed.map(suppressedDocument),
  };
}

function suppressedDocument({ finding, reason }: SuppressedFinding): JsonObject {
  return { ...findingDocument(finding), suppressedBecause: reason ?? null };
}
