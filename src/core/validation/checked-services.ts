import { virtualMachineServices } from '../../model/resources.ts';
import type { Severity } from '../finding.ts';
import type { Checked } from '../test-cases.ts';
import type { ValidationReport } from './validation-report.ts';

/** A validation as reports for other tools tell it. Without VMs in the input, what needs them is unknown. */
export function checkedServices(
  report: ValidationReport,
  { vmsSeen, failOn }: { readonly vmsSeen: boolean; readonly failOn: Severity | 'never' },
): Checked {
  const { kind } = virtualMachineServices;
  const objects = report.services.map(({ name, namespace, location }) => {
    const object = { kind, name, namespace };
    return location === undefined ? { object } : { object, location };
  });
  return {
    command: 'validate',
    objects,
    findings: report.findings.map(({ finding }) => finding),
    families: vmsSeen ? ['VMS1', 'VMS2'] : ['VMS1'],
    unknown: vmsSeen ? [] : objects.map(({ object }) => ({ object, family: 'VMS2', reason: 'there is no VirtualMachine in the input' })),
    failOn,
  };
}
