import { compareText } from '../../model/text-order.ts';
import { compareSeverity, type Finding, type Severity } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import { withAccess } from '../fix-access.ts';
import { type CommonCause, commonCauses } from './common-cause.ts';
import type { Diagnosis, NamespaceDiagnosis, ServiceDiagnosis } from './diagnose.ts';
import type { VmDiagnosis } from './diagnose-vm.ts';
import type { SkippedRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/** Everything that one run of `debug` found out. */
export interface DiagnosisReport {
  /** Worst first. */
  readonly services: readonly ServiceDiagnosis[];
  readonly namespaces: readonly NamespaceDiagnosis[];
  /** VMs that were named. */
  readonly vms: readonly VmDiagnosis[];
  readonly commonCauses: readonly CommonCause[];
  /** What the exit code goes by: also what is left out for being less severe. */
  readonly judged: readonly Finding[];
  /** Codes of rules that ran somewhere and found nothing anywhere. */
  readonly passed: readonly FindingCode[];
  /** Each rule once that could not be run somewhere. */
  readonly skipped: readonly SkippedRule[];
}

export interface ReportOptions {
  /** Leave out what is less severe. */
  readonly minSeverity: Severity;
  /** Show what is only worth knowing to somebody who asks for everything. */
  readonly all: boolean;
  /** The words that say which cluster, and as whom: commands to paste have them. */
  readonly access: readonly string[];
}

/** Orders the services, leaves out what was not asked for, and looks for what several have in common. */
export function diagnosisReport(
  services: readonly ServiceDiagnosis[],
  namespaces: readonly NamespaceDiagnosis[],
  vms: readonly VmDiagnosis[],
  options: ReportOptions,
): DiagnosisReport {
  const shown = services.map((service) => ({
    ...service,
    findings: toldFindings(service, options),
  }));
  const everything = [...services, ...namespaces, ...vms];
  const failed = new Set(everything.flatMap(({ findings }) => findings.flatMap(({ code, follows }) => [code, ...follows])));
  const skipped = new Map<FindingCode, SkippedRule>();
  for (const rule of everything.flatMap((one) => one.skipped)) {
    const known = skipped.get(rule.code);
    skipped.set(rule.code, known === undefined ? rule : { ...known, mayHideError: known.mayHideError || rule.mayHideError });
  }
  const passed = new Set(everything.flatMap((one) => one.passed).filter((code) => !failed.has(code) && !skipped.has(code)));
  return {
    services: shown.toSorted(compareServices),
    namespaces: namespaces.map((namespace) => ({ ...namespace, findings: toldFindings(namespace, options) })),
    vms: vms.map((vm) => ({ ...vm, findings: toldFindings(vm, options) })),
    commonCauses: commonCauses(services),
    judged: everything.flatMap((one) => toldFindings(one, { ...options, minSeverity: 'info' })),
    passed: [...passed].toSorted(compareText),
    skipped: [...skipped.values()].toSorted((left, right) => compareText(left.code, right.code)),
  };
}

/** What is true of nearly every service is told only to somebody who asks for everything. */
const onlyWithAll: readonly FindingCode[] = ['VMS213', 'VMS313', 'VMS511', 'VMS611', 'VMS617'];
/** The same where nothing is wrong: beside a fault they may be part of the answer. */
const onlyBesideFaults: readonly FindingCode[] = ['VMS708', 'VMS911'];

/** The findings without those that nobody wants to hear of unless they ask. */
export function toldFindings({ findings }: Diagnosis, options: ReportOptions): readonly Finding[] {
  return findings.filter((finding) => isTold(finding, findings, options)).map((finding) => withAccess(finding, options.access));
}

function isTold({ code, severity }: Finding, findings: readonly Finding[], { minSeverity, all }: ReportOptions): boolean {
  if (compareSeverity(severity, minSeverity) > 0) return false;
  if (all || severity !== 'info') return true;
  if (onlyWithAll.includes(code)) return false;
  return !onlyBesideFaults.includes(code) || findings.some((finding) => finding.severity !== 'info');
}

/** The worst severity of the findings; undefined without any. */
export function worstSeverity(findings: readonly Finding[]): Severity | undefined {
  return findings.map(({ severity }) => severity).toSorted(compareSeverity)[0];
}

function carriesNothing({ trace }: ServiceSubject): boolean {
  return trace.ready === 0 || trace.service.state === 'Missing';
}

/** Worst first: by severity, then those through which no traffic goes at all, then by name. */
function compareServices(left: ServiceDiagnosis, right: ServiceDiagnosis): number {
  const rank = ({ findings, skipped, subject }: ServiceDiagnosis) => {
    const worst = worstSeverity(findings);
    const severity = worst === 'error' ? 0 : skipped.some(({ mayHideError }) => mayHideError) ? 1 : worst === 'warning' ? 2 : 3;
    return severity * 2 + (severity < 3 && carriesNothing(subject) ? 0 : 1);
  };
  const name = ({ subject }: ServiceDiagnosis) => `${subject.vmService.metadata.namespace ?? ''}\0${subject.vmService.metadata.name}`;
  return rank(left) - rank(right) || compareText(name(left), name(right));
}
