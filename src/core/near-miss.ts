import type { VirtualMachine } from '../model/virtual-machine.ts';
import { editDistance } from './edit-distance.ts';
import type { Selector } from './selector.ts';
import { isClusterMachine } from './workload-cluster.ts';

/** A VM that a selector misses by very little. */
export interface NearMiss {
  readonly vm: VirtualMachine;
  /** The pair that the selector wants and the label that comes close to it. */
  readonly wanted: { readonly key: string; readonly value: string };
  readonly label: { readonly key: string; readonly value: string };
  readonly how: 'LetterCase' | 'Separator' | 'Prefix' | 'Spelling';
}

/**
 * The VMs that would be selected but for one label whose key or value is nearly right. Two values that differ in a number
 * (`db-1`, `db-2`) or are both words of the same family (`blue`, `green`) are meant to differ, and are not called near. The machines
 * of workload clusters are never called near either.
 */
export function nearMisses(selector: Selector, others: readonly VirtualMachine[]): readonly NearMiss[] {
  const pairs = Object.entries(selector);
  return others.flatMap((vm) => {
    // The machines of workload clusters are labelled by the clusters' controllers: nobody mistyped anything there.
    if (isClusterMachine(vm)) return [];
    const labels = vm.metadata.labels ?? {};
    const missing = pairs.filter(([key, value]) => !Object.hasOwn(labels, key) || labels[key] !== value);
    const [first, second] = missing;
    if (first === undefined || second !== undefined) return [];
    const near = nearestLabel(first, labels, pairs.length > 1);
    return near === undefined ? [] : [{ vm, ...near }];
  });
}

function nearestLabel(
  [key, value]: readonly [string, string],
  labels: Readonly<Record<string, string>>,
  othersMatch: boolean,
): Omit<NearMiss, 'vm'> | undefined {
  const wanted = { key, value };
  const own = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (own !== undefined) {
    const how = nearness(value, own, othersMatch);
    return how === undefined ? undefined : { wanted, label: { key, value: own }, how };
  }
  for (const [otherKey, otherValue] of Object.entries(labels)) {
    if (otherValue !== value) continue;
    const how = withoutPrefix(key) === withoutPrefix(otherKey) ? 'Prefix' : nearness(key, otherKey, true);
    if (how !== undefined) return { wanted, label: { key: otherKey, value: otherValue }, how };
  }
  return undefined;
}

function nearness(wanted: string, found: string, allowSpelling: boolean): NearMiss['how'] | undefined {
  if (wanted.toLowerCase() === found.toLowerCase()) return 'LetterCase';
  if (bare(wanted) === bare(found)) return 'Separator';
  if (!allowSpelling || digits(wanted) !== digits(found)) return undefined;
  return editDistance(wanted, found) <= (wanted.length < 6 ? 1 : 2) ? 'Spelling' : undefined;
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
