import { compareText } from '../model/text-order.ts';
import type { VirtualMachine } from '../model/virtual-machine.ts';
import { hasLabel, type Labels, type Selector } from './selector.ts';
import { indexWords, isMisspelt, isSlip, type Likeness } from './similar-words.ts';
import { isClusterMachine } from './workload-cluster.ts';

/** A label that is nearly what a selector wants. */
export interface NearLabel {
  /** The pair that the selector wants and the label that comes close to it. */
  readonly wanted: { readonly key: string; readonly value: string };
  readonly label: { readonly key: string; readonly value: string };
  readonly how: Likeness | 'Prefix' | 'Convention';
  /** A misspelt value, and the selector has no other pair that would say that the VM is meant. */
  readonly alone?: true;
}

/** A VM that a selector misses by very little. */
export interface NearMiss extends NearLabel {
  readonly vm: VirtualMachine;
  /** Further labels of the VM that are nearly right, and by which it misses as well. */
  readonly besides: readonly NearLabel[];
}

/**
 * The VMs that would be selected but for labels whose key or value is nearly right: one of them may be misspelt; where there are several,
 * each has to be the same word written in another way. Two values that differ in a number (`db-1`, `db-2`) or are both words of the same
 * family (`blue`, `green`) are meant to differ, and are not called near. The machines of workload clusters are never called near either.
 */
export function nearMisses(selector: Selector, others: readonly VirtualMachine[]): readonly NearMiss[] {
  const wanted = wantedLabels(selector, indexLabels(others));
  return others.flatMap((vm) => missOf(vm, wanted) ?? []);
}

/** Labels of some VMs, to be asked which come close to a pair without looking at every VM for every service. */
export interface LabelIndex {
  /** Labels that may have been meant to be `key=value`. */
  near(key: string, value: string): readonly NearLabel[];
}

/** Near values have the same key, and near keys the same value: so few labels are ever compared. */
export function indexLabels(vms: readonly VirtualMachine[], spelledLike = isMisspelt): LabelIndex {
  const values = new Map<string, Set<string>>();
  const keys = new Map<string, Set<string>>();
  for (const vm of vms) {
    for (const [key, value] of Object.entries(vm.metadata.labels ?? {})) {
      keys.set(value, (keys.get(value) ?? new Set()).add(key));
      values.set(key, (values.get(key) ?? new Set()).add(value));
    }
  }
  const valueWords = indexEach(values, (words) => indexWords(words, spelledLike));
  const keyWords = indexEach(keys, (words) => indexKeys(words, spelledLike));
  return {
    near: (key, value) => {
      const wanted = { key, value };
      return [
        ...(valueWords(key)?.near(value) ?? []).map(({ word, how }) => ({ wanted, label: { key, value: word }, how })),
        ...(keyWords(value)?.(key) ?? []).map(({ word, how }) => ({ wanted, label: { key: word, value }, how })),
      ];
    },
  };
}

/** Only what is asked for is indexed, and once. */
function indexEach<Index>(
  groups: ReadonlyMap<string, Iterable<string>>,
  indexed: (words: Iterable<string>) => Index,
): (name: string) => Index | undefined {
  const known = new Map<string, Index>();
  return (name) => {
    const words = groups.get(name);
    if (words === undefined) return undefined;
    const index = known.get(name) ?? indexed(words);
    known.set(name, index);
    return index;
  };
}

/** Keys that one habit or another has for the name of an application. */
const nameKeys = ['app', 'k8s-app', 'app.kubernetes.io/name'];

/** The keys that may have been meant to be one: besides words that are alike, what differs in its prefix alone, or in the habit. */
function indexKeys(
  words: Iterable<string>,
  spelledLike: typeof isMisspelt,
): (wanted: string) => readonly { readonly word: string; readonly how: NearLabel['how'] }[] {
  const keys = [...words];
  const alike = indexWords(keys, spelledLike);
  const byName = Map.groupBy(keys, withoutPrefix);
  return (wanted) => {
    const near = new Map<string, NearLabel['how']>();
    for (const word of byName.get(withoutPrefix(wanted)) ?? []) near.set(word, 'Prefix');
    if (nameKeys.includes(wanted)) {
      for (const word of nameKeys) if (keys.includes(word) && !near.has(word)) near.set(word, 'Convention');
    }
    for (const { word, how } of alike.near(wanted)) if (!near.has(word)) near.set(word, how);
    near.delete(wanted);
    return [...near].map(([word, how]) => ({ word, how }));
  };
}

/**
 * Whether a label that comes close was written on purpose: what another service asks for by that very spelling is no misspelling of what
 * this one asks for; and where VMs are selected, a slip that nothing else speaks for is taken for another name.
 */
export function isMeant(miss: NearMiss, isAskedFor: (label: NearLabel['label']) => boolean, selectsOthers: boolean): boolean {
  return [miss, ...miss.besides].some(
    ({ label, how, alone = false }) => how === 'Spelling' && ((alone && selectsOthers) || isAskedFor(label)),
  );
}

/**
 * The same as `nearMisses` of all VMs that were indexed; `withLabel` finds those that have a label. A VM that is near has for every pair of
 * the selector the pair itself or a label near to it: so only those are looked at which have one of the labels for the rarest pair.
 */
export function nearMissesAmong(
  selector: Selector,
  labels: LabelIndex,
  withLabel: (key: string, value: string) => readonly VirtualMachine[],
): readonly NearMiss[] {
  const wanted = wantedLabels(selector, labels);
  const candidates = wanted.map(({ key, value, near }) =>
    [{ key, value }, ...near.map(({ label }) => label)].map((label) => withLabel(label.key, label.value)),
  );
  const sizes = candidates.map((lists) => lists.reduce((size, list) => size + list.length, 0));
  const fewest = candidates[sizes.indexOf(Math.min(...sizes))] ?? [];
  return [...new Set(fewest.flat())]
    .flatMap((vm) => missOf(vm, wanted) ?? [])
    .toSorted((left, right) => compareText(left.vm.metadata.name, right.vm.metadata.name));
}

/** A pair of a selector, and the labels that may have been meant to be it. */
interface WantedLabel {
  readonly key: string;
  readonly value: string;
  readonly near: readonly NearLabel[];
}

function wantedLabels(selector: Selector, labels: LabelIndex): readonly WantedLabel[] {
  return Object.entries(selector).map(([key, value]) => ({ key, value, near: labels.near(key, value) }));
}

function missOf(vm: VirtualMachine, wanted: readonly WantedLabel[]): NearMiss | undefined {
  // The machines of workload clusters are labelled by the clusters' controllers: nobody mistyped anything there.
  if (isClusterMachine(vm)) return undefined;
  const { labels = {} } = vm.metadata;
  const missing = wanted.filter(({ key, value }) => !hasLabel(labels, key, value));
  const near = missing.flatMap((label) => nearestLabel(label, labels, wanted.length - missing.length, wanted.length) ?? []);
  const [first, ...besides] = near;
  if (first === undefined || near.length < missing.length) return undefined;
  return besides.length > 0 && !near.every(isSameWord) ? undefined : { vm, ...first, besides };
}

/**
 * A value may be a misspelt one only where the rest of the selector is right, or, of a selector with one pair, where it is a slip; where
 * there is another value, no other key is looked at.
 */
function nearestLabel({ key, value, near }: WantedLabel, labels: Labels, matching: number, pairs: number): NearLabel | undefined {
  const hasKey = Object.hasOwn(labels, key);
  const found = near.find(({ label, how }) => {
    if (!hasLabel(labels, label.key, label.value)) return false;
    if (!hasKey) return label.key !== key;
    return label.key === key && (matching > 0 || how !== 'Spelling' || (pairs === 1 && isSlip(value, label.value)));
  });
  return found !== undefined && hasKey && matching === 0 && found.how === 'Spelling' ? { ...found, alone: true } : found;
}

function isSameWord({ how }: NearLabel): boolean {
  return how !== 'Spelling';
}

function withoutPrefix(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
