import type { DiagnosisReport } from '../../core/diagnosis/report.ts';
import { untoldOf } from '../../core/diagnosis/unread.ts';
import type { Finding } from '../../core/finding.ts';
import { families, familyOf } from '../../core/finding-family.ts';
import { type ProbeReport, vantageText } from '../../core/probe/probe.ts';
import type { Unavailable } from '../../core/snapshot.ts';
import type { Checked, CheckedObject } from '../../core/test-cases.ts';
import { unavailableSentence } from '../../render/unavailable-sentence.ts';

/** A diagnosis as reports for other tools take it. */
export function checkedDiagnosis(
  { services, vms, namespaces, skipped }: DiagnosisReport,
  probes: readonly ProbeReport[],
  unread: readonly Unavailable[],
  failOn: Checked['failOn'],
): Checked {
  const objects: readonly Finding['object'][] = [
    ...services.map(({ subject }) => objectOf('VirtualMachineService', subject.vmService.metadata)),
    ...vms.map(({ vm }) => objectOf('VirtualMachine', vm.metadata)),
    ...namespaces.map(({ namespace }) => ({ kind: 'Namespace', name: namespace, namespace: undefined })),
  ];
  const [first] = objects;
  return {
    command: 'debug',
    objects: objects.map((object): CheckedObject => ({ object })),
    findings: [...services, ...vms, ...namespaces].flatMap(({ findings }) => findings),
    families,
    unknown:
      first === undefined
        ? []
        : [
            ...skipped.flatMap(({ code, missing }) =>
              missing.map(({ verb, resource }) => ({
                object: first,
                family: familyOf(code),
                reason: `${code}: could not ${verb} ${resource}`,
              })),
            ),
            ...probes.flatMap(({ vantage, problem }) =>
              problem === undefined
                ? []
                : { object: first, family: familyOf('VMS701'), reason: `probe from ${vantageText(vantage)}: ${problem.message}` },
            ),
          ],
    unread: untoldOf(unread, skipped).map(unavailableSentence),
    failOn,
  };
}

function objectOf(kind: string, { name, namespace }: { readonly name: string; readonly namespace?: string }): Finding['object'] {
  return { kind, name, namespace };
}
