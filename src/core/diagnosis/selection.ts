import { compareText } from '../../model/text-order.ts';
import { fewOf } from '../few-names.ts';
import { advice, type Finding, type Fix } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import type { NearLabel, NearMiss } from '../near-miss.ts';
import type { Selector } from '../selector.ts';
import { alignedLines, nameList } from './evidence.ts';
import { commandIn, labelCommand, patchCommand } from './fixes.ts';
import { found } from './found.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/** Everything that follows where no VM is selected. */
export const nothingSelected: readonly FindingCode[] = ['VMS201', 'VMS501', 'VMS505', 'VMS614', 'VMS904'];

/** New services often come before their VMs. Seconds. */
const newService = 60;
const youngService = 600;

/** VMS201: no VM of the namespace has all pairs of the selector. */
export const noMatchingVms: ServiceRule = {
  about: 'service',
  code: 'VMS201',
  worst: 'error',
  needs: ['vms'],
  applies: selects,
  find: (subject) => {
    const { vmService, decisions, around, cluster } = subject;
    if (decisions.length > 0) return [];
    const age = around.times.age(vmService.metadata.creationTimestamp) ?? Number.POSITIVE_INFINITY;
    const severity = age < newService ? 'info' : age < youngService ? 'warning' : 'error';
    const { namespace } = vmService.metadata;
    return [
      found('VMS201', severity, 'certain', vmService, `The selector matches no VM in ${namespace ?? ''}`, {
        evidence: pairTable(subject),
        why: 'labels are compared exactly, and only VMs of the same namespace are selected',
        fix: cluster === undefined ? labelSome(namespace) : lookAtMachines(namespace, cluster.cluster),
        follows: ['VMS501', 'VMS505', 'VMS614', 'VMS904'],
      }),
    ];
  },
};

function labelSome(namespace: string | undefined): readonly Fix[] {
  return [
    ...commandIn(namespace, ['kubectl', 'get', 'vm', '--show-labels'], 'label a VM, or correct the selector'),
    advice('a VM that was made in the vSphere Client is no VirtualMachine here, and cannot be selected'),
  ];
}

/** The labels of a cluster's machines are not for people to change: it lacks machines, or they were made otherwise. */
function lookAtMachines(namespace: string | undefined, cluster: string): readonly Fix[] {
  return commandIn(namespace, ['kubectl', 'get', 'cluster,machinedeployment,machine'], `does cluster ${cluster} have such machines?`);
}

/** VMS202: VMs that are left out only by the spelling of one label. */
export const selectorNearMiss: ServiceRule = {
  about: 'service',
  code: 'VMS202',
  worst: 'error',
  needs: ['vms'],
  applies: selects,
  find: (subject) => {
    const { vmService, decisions } = subject;
    const near = subject.nearMisses();
    if (near.length === 0) return [];
    if (decisions.length > 0) return near.map((miss) => leftOutBySpelling(miss, subject));
    return [
      found('VMS202', 'error', 'likely', vmService, nearMissMessage(near), {
        evidence: [...pairTable(subject), ...nearMissLines(near).map((line) => `  ${line}`)],
        fix: nearMissFixes(near, subject),
        follows: nothingSelected,
      }),
    ];
  },
};

/** Where other VMs are selected, each that is left out is a matter of its own. */
export function leftOutBySpelling(miss: NearMiss, { vmService }: ServiceSubject): Finding {
  const { name } = miss.vm.metadata;
  return found(
    'VMS202',
    'warning',
    'likely',
    miss.vm,
    `${name} is left out of ${vmService.metadata.name} only by the spelling of a label`,
    {
      evidence: nearMissLines([miss]),
      fix: relabelCommand(miss),
    },
  );
}

export function selects({ leftAlone }: ServiceSubject): boolean {
  return !leftAlone;
}

/** How many VMs have each pair by itself, and all of them: that is how people find the wrong one. */
export function pairTable(subject: ServiceSubject): readonly string[] {
  const { vmService, around } = subject;
  const selector: Selector = vmService.spec.selector ?? {};
  if ('unavailable' in around.world.vms) return [];
  const { index } = around.world.vms;
  const { namespace } = vmService.metadata;
  const total = index.inNamespace(namespace).length;
  const pairs = Object.entries(selector).toSorted(([left], [right]) => compareText(left, right));
  const rows = pairs.map(([key, value]) => {
    const vms = index.select(namespace, { [key]: value });
    return [`${key}=${value}`, `${vms.length} of ${total} VMs`, nameList(vms)];
  });
  const all = pairs.length > 1 ? [[pairs.length === 2 ? 'both' : 'all', '0']] : [];
  return alignedLines([...rows, ...all]);
}

function nearMissMessage(near: readonly NearMiss[]): string {
  const [first] = near;
  const who = first !== undefined && near.length === 1 ? `${first.vm.metadata.name} misses` : `${near.length} miss`;
  return `The selector matches no VM, but ${who} it only by spelling`;
}

/** So many are told at most. */
const mostMisses = 6;

function nearMissLines(near: readonly NearMiss[]): readonly string[] {
  const { shown, more } = fewOf(near, mostMisses);
  const rows = shown.flatMap((miss) =>
    [miss, ...miss.besides].map((one, index) => [
      index === 0 ? miss.vm.metadata.name : '',
      `${one.label.key}=${one.label.value}`,
      howItDiffers(one),
    ]),
  );
  return [...alignedLines(rows), ...more];
}

function howItDiffers({ wanted, label, how }: NearLabel): string {
  const part = label.key === wanted.key ? 'value' : 'key';
  const full = `${wanted.key}=${wanted.value}`;
  switch (how) {
    case 'LetterCase':
      return `${part} differs from ${full} in letter case`;
    case 'Separator':
      return `${part} differs from ${full} in separators`;
    case 'Prefix':
      return `key differs from that of ${full} in its prefix`;
    case 'Convention':
      return `key differs from that of ${full}, and both are used for the name of an application`;
    case 'Spelling':
      return `${part} differs from ${full} by a letter or two`;
  }
}

function nearMissFixes(near: readonly NearMiss[], { vmService }: ServiceSubject): readonly Fix[] {
  const relabel = fewOf(near, mostMisses).shown.flatMap(relabelCommand);
  const [first] = near;
  const same =
    first !== undefined &&
    near.every(({ label, besides }) => besides.length === 0 && label.key === first.label.key && label.value === first.label.value);
  // Where they differ in different ways, no selector fits them all.
  if (!same) return relabel;
  const { wanted, label } = first;
  const selector = label.key === wanted.key ? { [label.key]: label.value } : { [label.key]: label.value, [wanted.key]: null };
  // Both at once would miss each other again.
  return [
    ...relabel,
    advice('or, instead of that, let the selector follow:'),
    ...patchCommand('vmservice', vmService, { spec: { selector } }),
  ];
}

function relabelCommand(miss: NearMiss): readonly Fix[] {
  const near = [miss, ...miss.besides];
  const right = near.map(({ wanted }) => `${wanted.key}=${wanted.value}`);
  // A key with another prefix, or of another habit, may well have its own use.
  const wrong = near.filter(({ wanted, label, how }) => label.key !== wanted.key && how !== 'Prefix' && how !== 'Convention');
  const overwrites = near.some(({ wanted, label }) => label.key === wanted.key);
  return labelCommand('vm', miss.vm, ...right, ...wrong.map(({ label }) => `${label.key}-`), ...(overwrites ? ['--overwrite'] : []));
}
