import { vmServiceAdmission } from '../../apiserver/admission/vm-service-admission.ts';
import { readCrdFiles } from '../../cluster/sandbox/crd-files.ts';
import type { Finding } from '../../core/finding.ts';
import type { FindingCode } from '../../core/finding-codes.ts';
import type { ProviderSource } from '../../core/load-balancer.ts';
import type { Profile } from '../../core/profile.ts';
import { findingOf } from '../../core/validation/refusal.ts';
import { sharedAddresses } from '../../core/validation/shared-addresses.ts';
import { suppressByAnnotation } from '../../core/validation/suppress.ts';
import type { ReportedFinding, SuppressedFinding } from '../../core/validation/validation-report.ts';
import type { World } from '../../core/world.ts';
import type { JsonObject, KubeObject } from '../../model/object.ts';
import { metadataText } from './metadata-text.ts';
import { selectionFindings } from './selection-findings.ts';

/** What judges start from. */
export interface Bench {
  readonly profile: Profile;
  /** The services, VMs and Services that are known. */
  readonly world: World;
  /** What else of the cluster a child Service meets, and the same Services once more. */
  readonly objects: readonly KubeObject[];
  readonly providerOf: (namespace: string) => ProviderSource;
  readonly kubernetesMinor: number | undefined;
  /** What `-n` says. */
  readonly namespace: string | undefined;
  /** Where an object goes that does not say so. */
  readonly place: string;
  readonly now: Date;
  /** The objects are those of a cluster, and whole. */
  readonly live: boolean;
  /** The words that say which cluster, and as whom: commands to paste have them. */
  readonly access: readonly string[];
  /** Everything that is judged together. */
  readonly services: readonly JsonObject[];
}

/** Says everything about one VirtualMachineService that can be said. */
export interface Judge {
  of(object: JsonObject, old?: JsonObject): readonly Finding[];
  /** The same about an object that is stored already. */
  ofStored(object: JsonObject): readonly Finding[];
  /** What the API server and the webhook would say, and nothing else. */
  atTheDoor(object: JsonObject, old?: JsonObject): readonly Finding[];
  /** Whether a code could have been found here at all. */
  asked(code: FindingCode): boolean;
  /** Whether there are VMs that a selector could select. */
  readonly vmsSeen: boolean;
}

/** All that is known about a kind of release, put together once for many objects. */
export async function judgeOf({
  profile,
  world,
  objects,
  providerOf,
  kubernetesMinor,
  namespace,
  place,
  now,
  live,
  access,
  services,
}: Bench): Promise<Judge> {
  const { workloadIPv6 } = world.facts;
  const definitions = readCrdFiles(profile);
  const admission = vmServiceAdmission({ profile, definitions, workloadIPv6, providerOf, objects, kubernetesMinor });
  const selection = await selectionFindings(world, now, { live, access });
  const shared = sharedAddresses(services.map((object) => ({ object, name: metadataText(object, 'name') ?? 'another' })));
  const asSent = (old: JsonObject | undefined) => ({ namespace, place, ...(old !== undefined && { old }) });
  const around = (object: JsonObject): readonly Finding[] => [
    ...shared(object).map((complaint) => findingOf({ object, namespace }, complaint)),
    ...selection.of(object, place),
  ];
  return {
    of: (object, old) => [...admission.all(object, asSent(old)), ...around(object)],
    ofStored: (object) => [...admission.all(object, { ...asSent(undefined), stored: true }), ...around(object)],
    atTheDoor: (object, old) => admission.atTheDoor(object, asSent(old)),
    asked: selection.asked,
    vmsSeen: selection.vmsSeen,
  };
}

/** Findings on one object without what its annotations leave out, each where it belongs. */
export function judged(
  object: JsonObject,
  found: readonly Finding[],
  judge: Judge,
  namespace: string | undefined,
  place: (finding: Finding) => ReportedFinding,
): { readonly findings: readonly ReportedFinding[]; readonly suppressed: readonly SuppressedFinding[] } {
  const { findings, suppressed, complaints } = suppressByAnnotation(object, found, judge.asked);
  return { findings: [...findings, ...complaints.map((complaint) => findingOf({ object, namespace }, complaint))].map(place), suppressed };
}
