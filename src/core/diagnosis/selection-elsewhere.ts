import { type Json, jsonOf, type KubeObject } from '../../model/object.ts';
import { mapAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import { compareText } from '../../model/text-order.ts';
import type { VirtualMachine } from '../../model/virtual-machine.ts';
import { fewOf } from '../few-names.ts';
import { advice, type Finding, type Fix } from '../finding.ts';
import { matchesSelector, type Selector, selectorText } from '../selector.ts';
import { itemsOf } from '../snapshot.ts';
import { isClusterMachine } from '../workload-cluster.ts';
import { alignedLines, nameList } from './evidence.ts';
import { commandIn, labelCommand } from './fixes.ts';
import { found } from './found.ts';
import { lastApplied } from './last-applied.ts';
import type { ServiceRule } from './rule.ts';
import { nothingSelected, pairTable, selects } from './selection.ts';
import type { ServiceSubject } from './subject.ts';

/** VMS203: the labels are right, and the namespace is another. */
export const matchInOtherNamespace: ServiceRule = {
  about: 'service',
  code: 'VMS203',
  worst: 'error',
  needs: ['vms'],
  // What is nearly right here was hardly meant for there.
  applies: (subject) => selects(subject) && subject.decisions.length === 0 && subject.nearMisses().length === 0,
  find: ({ vmService, around }) => {
    const { name, namespace } = vmService.metadata;
    const selector = vmService.spec.selector ?? {};
    const elsewhere = [...itemsOf(around.world.snapshot.vms), ...itemsOf(around.vmsElsewhere)].filter(
      (vm) => vm.metadata.namespace !== namespace && matchesSelector(selector, vm.metadata.labels),
    );
    if (elsewhere.length === 0) return [];
    const places = [...Map.groupBy(elsewhere, (vm) => vm.metadata.namespace ?? '')];
    const where = places.map(([place]) => place).join(', ');
    return [
      found(
        'VMS203',
        'error',
        'likely',
        vmService,
        `No VM of ${namespace ?? ''} matches, but ${elsewhere.length === 1 ? 'one' : `${elsewhere.length}`} of ${where} ${elsewhere.length === 1 ? 'does' : 'do'}`,
        {
          evidence: places.map(
            ([place, vms]) => `${place}: ${nameList(vms)} ${vms.length === 1 ? 'has' : 'have'} ${selectorText(selector)}`,
          ),
          why: 'selection never crosses namespaces',
          fix: [
            ...commandIn(places[0]?.[0], ['kubectl', 'vmsvc', 'get'], `make ${name} there, beside its VMs`),
            advice('or expose the VMs there, and point a Service without selector here at that address'),
          ],
          follows: nothingSelected,
        },
      ),
    ];
  },
};

/** VMS204: the labels stand where no selector looks. */
export const labelsMisplaced: ServiceRule = {
  about: 'service',
  code: 'VMS204',
  worst: 'error',
  needs: ['vms'],
  applies: (subject) => selects(subject) && subject.decisions.length === 0 && subject.nearMisses().length === 0,
  // The labels may stand on what makes the VMs.
  mayHideIn: ({ vmService, around: { world } }) =>
    'index' in world.vms && world.vms.index.inNamespace(vmService.metadata.namespace).some(isMadeByAnother) ? ['replicaSets'] : [],
  find: (subject) => {
    const { vmService, around } = subject;
    if ('unavailable' in around.world.vms) return [];
    const signs = around.world.vms.index
      .inNamespace(vmService.metadata.namespace)
      .filter((vm) => !isClusterMachine(vm))
      .flatMap((vm) => signOf(vm, subject) ?? []);
    const [first] = signs;
    if (first === undefined) return [];
    return signs.length === 1 ? [misplacedOn(first, 'error', subject)] : [misplacedOnMany(signs, subject)];
  },
};

interface Misplaced {
  readonly vm: VirtualMachine;
  readonly where: readonly string[];
}

function signOf(vm: VirtualMachine, subject: ServiceSubject): Misplaced | undefined {
  const where = placesOf(vm, subject.vmService.spec.selector ?? {}, subject);
  return where.length === 0 ? undefined : { vm, where };
}

/** What keeps one VM from being selected, where its labels stand elsewhere; undefined where they do not. */
export function leftOutByPlace(vm: VirtualMachine, subject: ServiceSubject): Finding | undefined {
  const sign = isClusterMachine(vm) || !selects(subject) ? undefined : signOf(vm, subject);
  return sign === undefined ? undefined : misplacedOn(sign, subject.decisions.length === 0 ? 'error' : 'warning', subject);
}

function misplacedOn(sign: Misplaced, severity: 'error' | 'warning', { vmService }: ServiceSubject): Finding {
  const { vm } = sign;
  return found(
    'VMS204',
    severity,
    'likely',
    vm,
    `The labels of ${vm.metadata.name} are not where selectors look`,
    details([sign], vmService),
  );
}

function misplacedOnMany(signs: readonly Misplaced[], { vmService }: ServiceSubject): Finding {
  const message = `The labels of ${signs.length} VMs are not where selectors look`;
  return found('VMS204', 'error', 'likely', vmService, message, details(signs, vmService));
}

function details(signs: readonly Misplaced[], { spec: { selector = {} } }: ServiceSubject['vmService']) {
  const { shown, more } = fewOf(signs, 5);
  const vms = signs.map(({ vm }) => vm);
  return {
    evidence: [
      ...shown.flatMap(({ vm, where }) => [
        `${vm.metadata.name} has ${where.join(', and ')}`,
        `${vm.metadata.name} metadata.labels: ${selectorText(vm.metadata.labels)}`,
      ]),
      ...more,
    ],
    why: 'only metadata.labels of the VirtualMachine itself count',
    fix: [...shown.flatMap(({ vm }) => labelFix(vm, selector)), advice(`and ${lastingFix(vms, selector)}`)],
    follows: nothingSelected,
  };
}

function isMadeByAnother({ metadata }: VirtualMachine): boolean {
  return (metadata.ownerReferences ?? []).some(({ kind }) => kind === 'VirtualMachineReplicaSet');
}

/** Where all that the selector wants of a VM, and the VM does not have, stands instead. */
function placesOf(vm: VirtualMachine, selector: Selector, { around }: ServiceSubject): readonly string[] {
  const missing = Object.entries(selector).filter(([key, value]) => vm.metadata.labels?.[key] !== value);
  const has = (map: Json | undefined) => isMap(map) && missing.every(([key, value]) => map[key] === value);
  const text = missing.map(([key, value]) => `${key}=${value}`).join(',');
  const applied = lastApplied(vm);
  const spec = applied?.['spec'];
  const metadata = applied?.['metadata'];
  return [
    ...(has(vm.metadata.annotations) ? [`${text} in metadata.annotations`] : []),
    ...(isMap(spec) && has(spec['labels']) ? [`${text} in spec.labels, which was sent but dropped by the API server`] : []),
    ...(isMap(metadata) && has(metadata['label']) ? [`${text} in metadata.label, which was sent but dropped by the API server`] : []),
    ...(Object.keys(vm.metadata.labels ?? {}).length === 0 && missing.length === 1 && missing[0]?.[1] === vm.metadata.name
      ? [`${missing[0][1]} as its name, which is no label`]
      : []),
    ...parentsOf(vm, itemsOf(around.surroundings.replicaSets))
      .filter(
        (parent) =>
          has(mapAt(jsonOf(parent), 'metadata', 'labels')) && !has(mapAt(jsonOf(parent), 'spec', 'template', 'metadata', 'labels')),
      )
      .map((parent) => `${text} on its ${parent.kind} ${parent.metadata.name}, but not in its spec.template.metadata.labels`),
  ];
}

function parentsOf(vm: VirtualMachine, parents: readonly KubeObject[]): readonly KubeObject[] {
  const owners = vm.metadata.ownerReferences ?? [];
  return parents.filter(
    (parent) =>
      parent.metadata.namespace === vm.metadata.namespace &&
      owners.some((owner) => owner.kind === parent.kind && owner.name === parent.metadata.name),
  );
}

/** What keeps the labels there: a VM that a parent makes anew has those of its template. */
function lastingFix(vms: readonly VirtualMachine[], selector: Selector): string {
  const parents = vms.flatMap(({ metadata }) => (metadata.ownerReferences ?? []).filter(({ kind }) => kind === 'VirtualMachineReplicaSet'));
  const missing = Object.entries(selector).filter(([key, value]) => vms.some(({ metadata }) => metadata.labels?.[key] !== value));
  const wanted = selectorText(Object.fromEntries(missing));
  const names = [...new Set(parents.map(({ kind, name }) => `${kind} ${name}`))];
  return names.length === 0
    ? `move ${wanted} under metadata.labels in your manifest`
    : `put ${wanted} under spec.template.metadata.labels of ${names.join(', ')}, for the VMs that it makes from now on`;
}

function labelFix(vm: VirtualMachine, selector: Selector): readonly Fix[] {
  const missing = Object.entries(selector).filter(([key, value]) => vm.metadata.labels?.[key] !== value);
  const overwrites = missing.some(([key]) => vm.metadata.labels?.[key] !== undefined);
  return labelCommand('vm', vm, ...missing.map(([key, value]) => `${key}=${value}`), ...(overwrites ? ['--overwrite'] : []));
}

/** VMS205: every pair is there, and no VM has all. */
export const selectorPairsNeverTogether: ServiceRule = {
  about: 'service',
  code: 'VMS205',
  worst: 'error',
  needs: ['vms'],
  applies: (subject) => selects(subject) && subject.decisions.length === 0 && subject.nearMisses().length === 0,
  find: (subject) => {
    const { vmService, around } = subject;
    const pairs = Object.entries(vmService.spec.selector ?? {}).toSorted(([left], [right]) => compareText(left, right));
    if (pairs.length < 2 || 'unavailable' in around.world.vms) return [];
    const { index } = around.world.vms;
    const { namespace } = vmService.metadata;
    if (pairs.some(([key, value]) => index.select(namespace, { [key]: value }).length === 0)) return [];
    const candidates = index
      .inNamespace(namespace)
      .filter((vm) => !isClusterMachine(vm) && pairs.some(([key, value]) => vm.metadata.labels?.[key] === value));
    const { shown, more } = fewOf(candidates, 8);
    const rows = shown.map((vm) => [
      vm.metadata.name,
      ...pairs.map(([key, value]) => (vm.metadata.labels?.[key] === value ? 'yes' : 'no')),
    ]);
    return [
      found('VMS205', 'error', 'certain', vmService, 'Every pair of the selector is on some VM, but no VM has them all', {
        evidence: [...pairTable(subject), ...alignedLines([['', ...pairs.map(([key, value]) => `${key}=${value}`)], ...rows]), ...more],
        why: 'a VM is selected only if it has every pair',
        fix: [advice('label the VMs with what they lack, or drop the pair that excludes them')],
        follows: nothingSelected,
      }),
    ];
  },
};
