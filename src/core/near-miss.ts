import { compareText } from '../model/text-order.ts';
import type { VirtualMachine } from '../model/virtual-machine.ts';
import { editDistance } from './edit-distance.ts';
import type { Selector } from './selector.ts';
import { isClusterMachine } from './workload-cluster.ts';

/** A label that is nearly what a selector wants. */
export interface NearLabel {
  /** The pair that the selector wants and the label that comes close to it. */
  readonly wanted: { readonly key: string; readonly value: string };
  readonly label: { readonly key: string; readonly value: string };
  readonly how: 'LetterCase' | 'Separator' | 'Prefix' | 'Convention' | 'Spelling';
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
  const pairs = Object.entries(selector);
  return others.flatMap((vm) => {
    // The machines of workload clusters are labelled by the clusters' controllers: nobody mistyped anything there.
    if (isClusterMachine(vm)) return [];
    const labels = vm.metadata.labels ?? {};
    const missing = pairs.filter(([key, value]) => !Object.hasOwn(labels, key) || labels[key] !== value);
    const near = missing.flatMap((pair) => nearestLabel(pair, labels, pairs.length > missing.length) ?? []);
    const [first, ...besides] = near;
    if (first === undefined || near.length < missing.length) return [];
    return besides.length > 0 && !near.every(isSameWord) ? [] : [{ vm, ...first, besides }];
  });
}

/** Labels of some VMs, to be asked which come close to a pair without looking at every VM for every service. */
export interface LabelIndex {
  /** Labels that may be a misspelt `key=value`; a few too many, never too few. */
  near(key: string, value: string): readonly { readonly key: string; readonly value: string }[];
}

/** Near values have the same digits, and near keys the same value: so few labels are ever compared. */
export function indexLabels(vms: readonly VirtualMachine[]): LabelIndex {
  const values = new Map<string, Map<string, Set<string>>>();
  const keys = new Map<string, Set<string>>();
  for (const vm of vms) {
    for (const [key, value] of Object.entries(vm.metadata.labels ?? {})) {
      const ofValue = keys.get(value);
      if (ofValue?.has(key)) continue;
      keys.set(value, (ofValue ?? new Set()).add(key));
      const ofKey = values.get(key) ?? new Map<string, Set<string>>();
      values.set(key, ofKey);
      const number = digits(value);
      ofKey.set(number, (ofKey.get(number) ?? new Set()).add(value));
    }
  }
  return {
    near: (key, value) => [
      ...[...(values.get(key)?.get(digits(value)) ?? [])].filter((other) => other !== value).map((other) => ({ key, value: other })),
      ...[...(keys.get(value) ?? [])].filter((other) => other !== key).map((other) => ({ key: other, value })),
    ],
  };
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
  const pairs = Object.entries(selector);
  const candidates = pairs.map(([key, value]) => {
    const near = labels
      .near(key, value)
      .filter((other) => nearestLabel([key, value], { [other.key]: other.value }, pairs.length > 1) !== undefined);
    return [{ key, value }, ...near].map((label) => withLabel(label.key, label.value));
  });
  const sizes = candidates.map((lists) => lists.reduce((size, list) => size + list.length, 0));
  const fewest = candidates[sizes.indexOf(Math.min(...sizes))] ?? [];
  return nearMisses(
    selector,
    [...new Set(fewest.flat())].toSorted((left, right) => compareText(left.metadata.name, right.metadata.name)),
  );
}

function nearestLabel(
  [key, value]: readonly [string, string],
  labels: Readonly<Record<string, string>>,
  othersMatch: boolean,
): NearLabel | undefined {
  const wanted = { key, value };
  const own = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (own !== undefined) {
    const how = nearness(value, own, othersMatch);
    return how === undefined ? undefined : { wanted, label: { key, value: own }, how };
  }
  for (const [otherKey, otherValue] of Object.entries(labels)) {
    if (otherValue !== value) continue;
    const how = keyNearness(key, otherKey);
    if (how !== undefined) return { wanted, label: { key: otherKey, value: otherValue }, how };
  }
  return undefined;
}

function isSameWord({ how }: NearLabel): boolean {
  return how !== 'Spelling';
}

/** Keys that one habit or another has for the name of an application. */
const nameKeys = ['app', 'k8s-app', 'app.kubernetes.io/name'];

function keyNearness(wanted: string, found: string): NearMiss['how'] | undefined {
  if (withoutPrefix(wanted) === withoutPrefix(found)) return 'Prefix';
  if (nameKeys.includes(wanted) && nameKeys.includes(found)) return 'Convention';
  return nearness(wanted, found, true);
}

function nearness(wanted: string, found: string, allowSpelling: boolean): NearMiss['how'] | undefined {
  if (wanted.toLowerCase() === found.toLowerCase()) return 'LetterCase';
  if (bare(wanted) === bare(found)) return 'Separator';
  if (!allowSpelling || digits(wanted) !== digits(found)) return undefined;
  const distance = editDistance(wanted, found);
  // Where nothing is left of it, as of a key of one letter, it is another word.
  const sharesSome = distance < Math.max(wanted.length, found.length);
  return sharesSome && distance <= (wanted.length < 6 ? 1 : 2) ? 'Spelling' : undefined;
}

function withoutPrefix(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

function bare(text: string): string {
  return text.toLowerCase().replace(/[-_.]/g, '');
}

function digits(text: string): string {
  return text.replace(/\D/g, '');
}
