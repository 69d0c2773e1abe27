import { type Finding, objectText } from '../finding.ts';
import type { DiagnosisReport } from './report.ts';

/** A finding, and the service that it was told of; undefined for one about a namespace. */
export interface ToldFinding {
  readonly place: string;
  readonly finding: Finding;
}

/** What one diagnosis says and the one before it did not, and the other way round. */
export interface ChangedFindings {
  readonly appeared: readonly ToldFinding[];
  readonly cleared: readonly ToldFinding[];
}

/** Two findings are the same if they say the same code of the same object: words and ages may differ. */
export function changedFindings(before: DiagnosisReport, after: DiagnosisReport): ChangedFindings {
  const [old, now] = [toldFindings(before), toldFindings(after)];
  return {
    appeared: [...now].flatMap(([key, told]) => (old.has(key) ? [] : [told])),
    cleared: [...old].flatMap(([key, told]) => (now.has(key) ? [] : [told])),
  };
}

function toldFindings({ services, vms, namespaces }: DiagnosisReport): ReadonlyMap<string, ToldFinding> {
  const told = [
    ...services.flatMap(({ subject, findings }) => {
      const { namespace = '', name } = subject.vmService.metadata;
      return findings.map((finding) => ({ place: `${namespace}/${name}`, finding }));
    }),
    ...vms.flatMap(({ vm, findings }) => {
      const { namespace = '', name } = vm.metadata;
      return findings.map((finding) => ({ place: `${namespace}/${name}`, finding }));
    }),
    ...namespaces.flatMap(({ namespace, findings }) => findings.map((finding) => ({ place: namespace, finding }))),
  ];
  return new Map(told.map((one) => [`${one.place} ${one.finding.code} ${one.finding.severity} ${objectText(one.finding)}`, one]));
}
