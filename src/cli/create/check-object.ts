import { vmServiceAdmission } from '../../apiserver/admission/vm-service-admission.ts';
import { readCrdFiles } from '../../cluster/sandbox/crd-files.ts';
import { type Finding, reasonOf } from '../../core/finding.ts';
import { detectProfile, parseRelease } from '../../core/profile.ts';
import { jsonOf, type KubeObject } from '../../model/object.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { CliError } from '../errors.ts';
import type { Flags } from '../spec.ts';
import { familiesWarning, type WorkloadIPv6 } from './workload-ipv6.ts';

/** What is known of where the object is to be. */
export interface ObjectPlace {
  /** Undefined where nobody asks for IP families. */
  readonly families: WorkloadIPv6 | undefined;
  /** The ranges of cluster IPs and the Services that have one, as far as they are known. */
  readonly addresses?: readonly KubeObject[];
}

/**
 * Holds the object against everything that would refuse it: the server's schema, VM Operator's webhook, and Kubernetes when its Service
 * is made. Import this file dynamically: it loads the API server.
 * @returns what is only odd, a sentence each
 * @throws CliError with a line for each refusal
 */
export function checkObject(
  object: VirtualMachineService,
  version: string,
  flags: Flags,
  { families, addresses = [] }: ObjectPlace,
): readonly string[] {
  const findings = admissionFindings(object, version, flags, { families, addresses });
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) {
    const unknown = families === undefined ? undefined : familiesWarning(families);
    return [...findings.filter(({ severity }) => severity === 'warning').map(findingText), ...(unknown === undefined ? [] : [unknown])];
  }
  const { kind, metadata } = object;
  const lines = errors.length === 1 ? [] : errors.map((finding) => `* ${findingText(finding)}`);
  const head = `the ${kind} ${JSON.stringify(metadata.name)} would be refused:${errors.length === 1 ? ` ${findingText(first)}` : ''}`;
  throw new CliError(head, { exitCode: 2, hint: [...lines, '  nothing was changed'] });
}

/** What server, webhook and Kubernetes would say of an object that is new; what is not known to be off counts as on. */
export function admissionFindings(
  object: KubeObject,
  version: string,
  flags: Flags,
  { families, addresses = [] }: ObjectPlace,
): readonly Finding[] {
  const profile = parseRelease(flags.text('release') ?? 'auto') ?? detectProfile({ newestVersion: version });
  const admission = vmServiceAdmission({
    profile,
    definitions: readCrdFiles(profile),
    workloadIPv6: families !== 'off',
    providerOf: () => ({ from: 'setting', provider: 'none' }),
    objects: addresses,
    kubernetesMinor: undefined,
  });
  return admission.all(jsonOf(object), { namespace: object.metadata.namespace });
}

/** `spec.type: Required value (VMS101 RequiredFieldMissing)`. */
export function findingText(finding: Finding): string {
  return `${finding.message} (${finding.code} ${reasonOf(finding)})`;
}
