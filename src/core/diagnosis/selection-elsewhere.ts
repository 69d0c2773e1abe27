import type { JsonObject } from '../../model/object.ts';
import { compareText } from '../../model/text-order.ts';
import type { VirtualMachine } from '../../model/virtual-machine.ts';
import { fewOf } from '../few-names.ts';
import { advice, type Finding, type Fix } from '../finding.ts';
import { type Selector, selectorText } from '../selector.ts';
import { isClusterMachine } from '../workload-cluster.ts';
import { alignedLines, nameList } from './evidence.ts';
import { commandIn, labelCommand } from './fixes.ts';
import { found } from './found.ts';
import { labelPlaces } from './label-places.ts';
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
    const elsewhere = around.selectedAnywhere(selector).filter((vm) => vm.metadata.namespace !== namespace);
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
  mayHideIn: ({ vmService, around }) => (around.contentsOf(vmService.metadata.namespace).hasMadeVms ? ['replicaSets'] : []),
  find: (subject) => {
    const { vmService, around } = subject;
    const { namespace } = vmService.metadata;
    const signs = around
      .mayBeMisplaced(namespace, vmService.spec.selector ?? {})
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

/** Where all that the selector wants of a VM, and the VM does not have, stands instead. */
function placesOf(vm: VirtualMachine, selector: Selector, { around }: ServiceSubject): readonly string[] {
  const missing = Object.entries(selector).filter(([key, value]) => vm.metadata.labels?.[key] !== value);
  const has = (map: JsonObject) => missing.every(([key, value]) => map[key] === value);
  const text = missing.map(([key, value]) => `${key}=${value}`).join(',');
  const [first] = missing;
  const isName = Object.keys(vm.metadata.labels ?? {}).length === 0 && missing.length === 1 && first?.[1] === vm.metadata.name;
  return [
    ...labelPlaces(vm, around.parentsOf(vm))
      .filter(({ labels, template }) => has(labels) && (template === undefined || !has(template)))
      .map(({ words }) => `${text} ${words}`),
    ...(isName ? [`${vm.metadata.name} as its name, which is no label`] : []),
  ];
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
