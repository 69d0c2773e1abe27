import type { ChangedFindings, ToldFinding } from '../core/diagnosis/changed-findings.ts';
import type { ServiceDiagnosis } from '../core/diagnosis/diagnose.ts';
import type { VmDiagnosis } from '../core/diagnosis/diagnose-vm.ts';
import { type DiagnosisReport, worstSeverity } from '../core/diagnosis/report.ts';
import type { SkippedRule } from '../core/diagnosis/rule.ts';
import { type Finding, objectText } from '../core/finding.ts';
import { findingWords } from '../core/finding-codes.ts';
import { type ProbeReport, probeDocument } from '../core/probe/probe.ts';
import type { Unavailable } from '../core/snapshot.ts';
import type { JsonObject } from '../model/object.ts';
import { findingDocument } from './finding-document.ts';
import { holeEntry } from './trace-document.ts';

/** The body of a `Diagnosis`: findings flat and in the order of the text, and how much was looked at. */
export function diagnosisDocument(
  report: DiagnosisReport,
  {
    holes,
    probes,
    showDangerous,
    changes,
  }: {
    readonly holes: readonly Unavailable[];
    readonly probes: readonly ProbeReport[];
    readonly showDangerous: boolean;
    readonly changes?: ChangedFindings | undefined;
  },
): JsonObject {
  const shown = (finding: Finding): Finding =>
    showDangerous ? finding : { ...finding, fix: finding.fix.filter((fix) => fix.kind === 'advice' || fix.dangerous !== true) };
  return {
    services: report.services.map(serviceDocument),
    ...(report.vms.length === 0 ? {} : { virtualMachines: report.vms.map(vmDocument) }),
    findings: [
      ...report.services.flatMap(({ subject, findings }) =>
        findings.map((finding) => ({ service: subject.vmService.metadata.name, ...findingDocument(shown(finding)) })),
      ),
      ...report.vms.flatMap(({ findings }) => findings.map((finding) => ({ service: null, ...findingDocument(shown(finding)) }))),
      ...report.namespaces.flatMap(({ findings }) => findings.map((finding) => ({ service: null, ...findingDocument(shown(finding)) }))),
    ],
    commonCauses: report.commonCauses.map(({ message, objects }) => ({ message, confidence: 'hint', objects })),
    rules: {
      passed: report.passed,
      couldNotRun: report.skipped.map(skippedDocument),
    },
    couldNotLook: holes.map(holeEntry),
    ...(probes.length === 0 ? {} : { probes: probes.map(probeDocument) }),
    ...(changes && {
      appeared: changes.appeared.map(changeDocument),
      cleared: changes.cleared.map(changeDocument),
      hidden: changes.hidden.map(changeDocument),
      visible: changes.visible.map(changeDocument),
    }),
  };
}

function serviceDocument({ subject, findings, passed, skipped }: ServiceDiagnosis): JsonObject {
  const { trace, vmService } = subject;
  return {
    namespace: vmService.metadata.namespace ?? '',
    name: vmService.metadata.name,
    status: trace.status,
    ready: trace.ready ?? null,
    selected: trace.selected ?? null,
    worst: worstSeverity(findings) ?? null,
    rulesPassed: passed.length,
    rulesNotRun: skipped.length,
  };
}

function vmDocument({ vm, behind, findings, passed, skipped }: VmDiagnosis): JsonObject {
  return {
    namespace: vm.metadata.namespace ?? '',
    name: vm.metadata.name,
    services: behind === undefined ? null : behind.map(({ service }) => service.metadata.name),
    worst: worstSeverity(findings) ?? null,
    rulesPassed: passed.length,
    rulesNotRun: skipped.length,
  };
}

function skippedDocument({ code, missing, mayHideError }: SkippedRule): JsonObject {
  return { code, reason: findingWords[code], mayHideError, missing: missing.map(holeEntry) };
}

function changeDocument({ place, finding }: ToldFinding): JsonObject {
  return {
    service: place,
    code: finding.code,
    reason: findingWords[finding.code],
    severity: finding.severity,
    object: objectText(finding),
  };
}
