import type { KubeObject } from '../../model/object.ts';
import { compareText } from '../../model/text-order.ts';
import { conditionOf, hostOf, readyCondition, type VirtualMachine, zoneOf } from '../../model/virtual-machine.ts';
import { fewNames } from '../few-names.ts';
import { type FindingCode, findingWords } from '../finding-codes.ts';
import type { ServiceDiagnosis } from './diagnose.ts';

/** Something that several faults have in common. It is a hint: nobody knows whether it is the cause. */
export interface CommonCause {
  readonly message: string;
  /** `namespace/name` of VMs or services. */
  readonly objects: readonly string[];
}

/** VMs that failed within so many seconds of each other failed together. */
const together = 120;

/** What faults of several services, or of several VMs, have in common: the time, the zone, the host, the code. */
export function commonCauses(services: readonly ServiceDiagnosis[]): readonly CommonCause[] {
  return [...failedTogether(services), ...sameCode(services)];
}

interface Failure {
  readonly vm: VirtualMachine;
  readonly at: number;
  readonly services: Set<string>;
}

function failedTogether(services: readonly ServiceDiagnosis[]): readonly CommonCause[] {
  const failures = new Map<VirtualMachine, Failure>();
  for (const { subject, findings } of services) {
    for (const { vm } of subject.decisions) {
      const finding = findings.find(
        ({ code, object }) => vmCodes.includes(code) && object.kind === 'VirtualMachine' && object.name === vm.metadata.name,
      );
      const at = finding === undefined ? undefined : failedAt(vm, finding.code);
      if (at === undefined) continue;
      const known = failures.get(vm) ?? { vm, at, services: new Set<string>() };
      known.services.add(`${subject.vmService.metadata.namespace ?? ''}/${subject.vmService.metadata.name}`);
      failures.set(vm, known);
    }
  }
  return groupsInTime([...failures.values()].toSorted((left, right) => left.at - right.at)).flatMap((group) => {
    const [first] = group;
    const last = group.at(-1);
    const across = new Set(group.flatMap((failure) => [...failure.services]));
    if (first === undefined || last === undefined || group.length < 2 || across.size < 2) return [];
    const within = Math.round((last.at - first.at) / 1000);
    const place = sharedPlace(group.map(({ vm }) => vm));
    const time = `${new Date(first.at).toISOString().slice(11, 16)}`;
    const names = namesOf(group.map(({ vm }) => vm));
    return [
      {
        message: `VMs ${listed(names)} stopped answering within ${within} s of ${time}${place === undefined ? '' : `, all ${place}`}`,
        objects: group.map(({ vm }) => `${vm.metadata.namespace ?? ''}/${vm.metadata.name}`),
      },
    ];
  });
}

const vmCodes: readonly FindingCode[] = ['VMS209', 'VMS301', 'VMS308'];

function failedAt(vm: VirtualMachine, code: FindingCode): number | undefined {
  const condition =
    code === 'VMS308' ? readyCondition(vm) : conditionOf(vm, code === 'VMS301' ? 'VirtualMachineTools' : 'VirtualMachinePowerStateSynced');
  const at = Date.parse(condition?.lastTransitionTime ?? '');
  return Number.isNaN(at) ? undefined : at;
}

function groupsInTime(failures: readonly Failure[]): readonly (readonly Failure[])[] {
  const groups: Failure[][] = [];
  for (const failure of failures) {
    const group = groups.at(-1);
    const first = group?.[0];
    if (group !== undefined && first !== undefined && failure.at - first.at <= together * 1000) group.push(failure);
    else groups.push([failure]);
  }
  return groups;
}

function sharedPlace(vms: readonly VirtualMachine[]): string | undefined {
  const only = (places: readonly (string | undefined)[]) => (new Set(places).size === 1 ? places[0] : undefined);
  const host = only(vms.map(hostOf));
  if (host !== undefined) return `on host ${host}`;
  const zone = only(vms.map(zoneOf));
  return zone === undefined ? undefined : `in ${zone}`;
}

/** Codes that tell of the cluster rather than of one service: the same one twice is one thing to mend. */
const clusterWide: readonly FindingCode[] = ['VMS113', 'VMS401', 'VMS402', 'VMS602', 'VMS603', 'VMS604', 'VMS606', 'VMS915', 'VMS916'];

function sameCode(services: readonly ServiceDiagnosis[]): readonly CommonCause[] {
  return clusterWide.flatMap((code) => {
    const hit = services.filter(({ findings }) => findings.some((finding) => finding.code === code && finding.severity === 'error'));
    if (hit.length < 2) return [];
    const names = namesOf(hit.map(({ subject }) => subject.vmService));
    return [
      {
        message: `services ${listed(names)} have ${code} ${findingWords[code]}`,
        objects: hit.map(({ subject }) => `${subject.vmService.metadata.namespace ?? ''}/${subject.vmService.metadata.name}`),
      },
    ];
  });
}

/** With their namespaces where these differ: two may have one name. */
function namesOf(objects: readonly KubeObject[]): readonly string[] {
  const several = new Set(objects.map(({ metadata }) => metadata.namespace)).size > 1;
  return objects.map(({ metadata }) => (several ? `${metadata.namespace ?? ''}/${metadata.name}` : metadata.name)).toSorted(compareText);
}

/** `a, b and c`, `a, b, c, d, e and 3 more`. */
function listed(names: readonly string[]): string {
  if (names.length > 6) return fewNames(names, 5);
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
