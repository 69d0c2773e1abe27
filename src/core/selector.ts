import type { VirtualMachine } from '../model/virtual-machine.ts';

/** A VirtualMachineService's selector: equality on every pair. */
export type Selector = Readonly<Record<string, string>>;

export function isEmptySelector(selector: Selector | undefined): boolean {
  return selector === undefined || selector === null || Object.keys(selector).length === 0;
}

export type Labels = Readonly<Record<string, string>>;

/** An empty value is an empty label value, not an absent label. */
export function hasLabel(labels: Labels | undefined, key: string, value: string): boolean {
  return labels !== undefined && Object.hasOwn(labels, key) && labels[key] === value;
}

/** True when the labels hold every pair. */
export function matchesSelector(selector: Selector, labels: Labels | undefined): boolean {
  return Object.entries(selector).every(([key, value]) => hasLabel(labels, key, value));
}

/** The pairs that the labels do not have, in the order of the selector: why it does not select. */
export function unmatchedPairs(selector: Selector, labels: Labels | undefined): readonly [key: string, value: string][] {
  return Object.entries(selector).filter(([key, value]) => !hasLabel(labels, key, value));
}

/** `app=web,tier=front`, in the order of the keys, as kubectl prints a selector; `<none>` when there is none. */
export function selectorText(selector: Selector | undefined): string {
  if (selector === undefined || isEmptySelector(selector)) return '<none>';
  return Object.keys(selector)
    .sort()
    .map((key) => `${key}=${selector[key]}`)
    .join(',');
}

/**
 * Finds the VMs of a selector without looking at all VMs: a thousand services over ten thousand VMs cost their sum, not
 * their product. Order is that of the list it was made from.
 */
export interface VmIndex {
  readonly vms: readonly VirtualMachine[];
  /** The VMs of one namespace that a selector selects; an empty selector selects them all. */
  select(namespace: string | undefined, selector: Selector): readonly VirtualMachine[];
  /** The VMs of one namespace that have a label. */
  withLabel(namespace: string | undefined, key: string, value: string): readonly VirtualMachine[];
  inNamespace(namespace: string | undefined): readonly VirtualMachine[];
  withUid(uid: string): VirtualMachine | undefined;
}

export function indexVms(vms: readonly VirtualMachine[]): VmIndex {
  const byPair = new Map<string, VirtualMachine[]>();
  const byNamespace = new Map<string, VirtualMachine[]>();
  const byUid = new Map<string, VirtualMachine>();
  for (const vm of vms) {
    const namespace = vm.metadata.namespace ?? '';
    append(byNamespace, namespace, vm);
    if (vm.metadata.uid !== undefined) byUid.set(vm.metadata.uid, vm);
    for (const [key, value] of Object.entries(vm.metadata.labels ?? {})) append(byPair, pairKey(namespace, key, value), vm);
  }
  const inNamespace = (namespace: string | undefined) => byNamespace.get(namespace ?? '') ?? [];
  const withLabel = (namespace: string | undefined, key: string, value: string) => byPair.get(pairKey(namespace ?? '', key, value)) ?? [];
  return {
    vms,
    withLabel,
    inNamespace,
    withUid: (uid) => byUid.get(uid),
    select(namespace, selector) {
      let candidates: readonly VirtualMachine[] = inNamespace(namespace);
      for (const [key, value] of Object.entries(selector)) {
        const bucket = withLabel(namespace, key, value);
        if (bucket.length < candidates.length) candidates = bucket;
      }
      return candidates.filter((vm) => matchesSelector(selector, vm.metadata.labels));
    },
  };
}

function append<V>(map: Map<string, V[]>, key: string, value: V): void {
  const bucket = map.get(key);
  if (bucket === undefined) map.set(key, [value]);
  else bucket.push(value);
}

/** Label keys and values hold no NUL, so it separates them without doubt. */
function pairKey(namespace: string, key: string, value: string): string {
  return `${namespace}\0${key}\0${value}`;
}
