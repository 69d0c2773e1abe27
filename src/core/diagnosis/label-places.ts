import { type JsonObject, jsonOf, type KubeObject } from '../../model/object.ts';
import { mapAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import type { VirtualMachine } from '../../model/virtual-machine.ts';
import { lazyIndex } from '../lazy-index.ts';
import type { Selector } from '../selector.ts';
import { lastApplied } from './last-applied.ts';

/** Where somebody wrote labels for a VM, and no selector looks. */
export interface LabelPlace {
  readonly labels: JsonObject;
  /** Labels are misplaced there only as long as they are not here, too. */
  readonly template?: JsonObject;
  /** `in metadata.annotations`. */
  readonly words: string;
}

export function labelPlaces(vm: VirtualMachine, parents: readonly KubeObject[]): readonly LabelPlace[] {
  const applied = lastApplied(vm);
  const spec = applied?.['spec'];
  const metadata = applied?.['metadata'];
  return [
    { labels: vm.metadata.annotations ?? {}, words: 'in metadata.annotations' },
    { labels: isMap(spec) ? mapAt(spec, 'labels') : {}, words: 'in spec.labels, which was sent but dropped by the API server' },
    { labels: isMap(metadata) ? mapAt(metadata, 'label') : {}, words: 'in metadata.label, which was sent but dropped by the API server' },
    ...parents.map((parent) => ({
      labels: mapAt(jsonOf(parent), 'metadata', 'labels'),
      template: mapAt(jsonOf(parent), 'spec', 'template', 'metadata', 'labels'),
      words: `on its ${parent.kind} ${parent.metadata.name}, but not in its spec.template.metadata.labels`,
    })),
  ];
}

/** What makes the VMs, by its name: worked out once, when somebody first asks. */
export function parentIndex(parents: readonly KubeObject[]): (vm: VirtualMachine) => readonly KubeObject[] {
  const keyOf = (namespace: string | undefined, kind: string, name: string) => `${namespace ?? ''}/${kind}/${name}`;
  const called = lazyIndex(() => parents.map((parent) => [keyOf(parent.metadata.namespace, parent.kind, parent.metadata.name), parent]));
  return ({ metadata: { namespace, ownerReferences = [] } }) => {
    const names = new Set(ownerReferences.map(({ kind, name }) => keyOf(namespace, kind, name)));
    return [...names].flatMap(called);
  };
}

/** No value of a label is longer. */
const longestValue = 63;

/**
 * The VMs that may have one of the pairs of a selector in a wrong place, or as their name, in the order of the list: what was applied to a
 * VM is read once, and not by every service that selects none.
 */
export function misplacedIndex(
  vms: readonly VirtualMachine[],
  parentsOf: (vm: VirtualMachine) => readonly KubeObject[],
): (selector: Selector) => readonly VirtualMachine[] {
  const byPair = new Map<string, Set<number>>();
  const byName = new Map<string, number>();
  for (const [at, vm] of vms.entries()) {
    byName.set(vm.metadata.name, at);
    for (const { labels } of labelPlaces(vm, parentsOf(vm))) {
      for (const [key, value] of Object.entries(labels)) {
        if (typeof value !== 'string' || value.length > longestValue) continue;
        const pair = `${key}\0${value}`;
        byPair.set(pair, (byPair.get(pair) ?? new Set()).add(at));
      }
    }
  }
  return (selector) => {
    const found = new Set(
      Object.entries(selector).flatMap(([key, value]) => [...(byPair.get(`${key}\0${value}`) ?? []), byName.get(value) ?? []].flat()),
    );
    return [...found].toSorted((left, right) => left - right).flatMap((at) => vms[at] ?? []);
  };
}
