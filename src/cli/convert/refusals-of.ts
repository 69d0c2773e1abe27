import type { KubeObject } from '../../model/object.ts';
import { admissionFindings, findingText } from '../create/check-object.ts';
import { saidWorkloadIPv6 } from '../create/workload-ipv6.ts';
import type { Flags } from '../spec.ts';

/** What would refuse a VirtualMachineService, a sentence each. Import this file dynamically: it loads the API server. */
export function refusalsOf(object: KubeObject, version: string, flags: Flags): readonly string[] {
  return admissionFindings(object, version, flags, { families: saidWorkloadIPv6(flags) })
    .filter(({ severity }) => severity === 'error')
    .map(findingText);
}
