import { compareText } from '../../model/text-order.ts';
import type { VirtualMachine } from '../../model/virtual-machine.ts';
import { matchesSelector, type Selector } from '../selector.ts';
import { isClusterLabel } from '../workload-cluster.ts';

/** A selector that selects all of some chosen VMs, and whom it selects besides. */
export interface SelectorProposal {
  readonly selector: Selector;
  /** Empty where it selects exactly the chosen ones. */
  readonly others: readonly VirtualMachine[];
}

/**
 * The smallest set of labels that selects exactly the chosen VMs; where none does, the smallest of those that select the fewest
 * others. Among equally small ones that of labels which people know. Labels that their owner may change under the service, a zone
 * for one, are taken only where nothing else tells the VMs apart; those of workload clusters' machines never.
 *
 * @param prefer keys to take before all others
 * @returns undefined where the chosen VMs have no label in common
 */
export function smallestSelector(
  chosen: readonly VirtualMachine[],
  all: readonly VirtualMachine[],
  prefer: readonly string[] = [],
): SelectorProposal | undefined {
  const own = narrowest(
    commonPairs(chosen, prefer).filter(({ key }) => !isKeptByOthers(key)),
    chosen,
    all,
  );
  if (own !== undefined && own.others.length === 0) return own;
  const any = narrowest(commonPairs(chosen, prefer), chosen, all);
  return own === undefined || (any !== undefined && any.others.length === 0) ? any : own;
}

/** The smallest one, then each label of its own that all chosen VMs have: those that select the fewest others first. */
export function proposedSelectors(chosen: readonly VirtualMachine[], all: readonly VirtualMachine[]): readonly SelectorProposal[] {
  const smallest = smallestSelector(chosen, all);
  if (smallest === undefined) return [];
  const single = commonPairs(chosen, [])
    .filter(({ key }) => !isKeptByOthers(key))
    .map(({ key, value }) => proposal({ [key]: value }, chosen, all))
    .filter(({ selector }) => Object.keys(smallest.selector).length > 1 || !Object.keys(selector).every((key) => key in smallest.selector));
  return [smallest, ...single.toSorted((left, right) => left.others.length - right.others.length)];
}

/** A label that all chosen VMs have, and how gladly it is taken: 0 before 1. */
interface Pair {
  readonly key: string;
  readonly value: string;
  readonly rank: number;
}

function commonPairs([first, ...rest]: readonly VirtualMachine[], prefer: readonly string[]): readonly Pair[] {
  return Object.entries(first?.metadata.labels ?? {})
    .filter(([key, value]) => !isClusterLabel(key) && rest.every(({ metadata }) => matchesSelector({ [key]: value }, metadata.labels)))
    .map(([key, value]) => ({ key, value, rank: rankOf(key, prefer) }))
    .toSorted((left, right) => left.rank - right.rank || compareText(left.key, right.key));
}

const knownKeys = [
  'app',
  'app.kubernetes.io/name',
  'app.kubernetes.io/instance',
  'app.kubernetes.io/component',
  'k8s-app',
  'component',
  'tier',
  'role',
  'app.kubernetes.io/part-of',
];

function rankOf(key: string, prefer: readonly string[]): number {
  if (prefer.includes(key)) return 0;
  const known = knownKeys.indexOf(key);
  return 1 + (known < 0 ? knownKeys.length : known);
}

/** Labels that controllers or tools write: where a VM runs, what it is made of, which release of a chart it came with. */
function isKeptByOthers(key: string): boolean {
  const prefix = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  if (/^(topology\.kubernetes\.io|failure-domain\.beta\.kubernetes\.io|vmoperator\.vmware\.com)$/.test(prefix)) return true;
  return ['chart', 'helm.sh/chart', 'heritage', 'app.kubernetes.io/version', 'app.kubernetes.io/managed-by'].includes(key);
}

/** The smallest set of the pairs that keeps out every VM that any of them keeps out. */
function narrowest(
  pairs: readonly Pair[],
  chosen: readonly VirtualMachine[],
  all: readonly VirtualMachine[],
): SelectorProposal | undefined {
  const [best] = pairs;
  if (best === undefined) return undefined;
  const wanted = new Set(chosen);
  const distinct = new Map<string, readonly number[]>();
  for (const vm of all) {
    if (wanted.has(vm)) continue;
    const keptOutBy = pairs.flatMap(({ key, value }, index) => (matchesSelector({ [key]: value }, vm.metadata.labels) ? [] : [index]));
    if (keptOutBy.length > 0) distinct.set(keptOutBy.join(), keptOutBy);
  }
  const taken = distinct.size === 0 ? [0] : smallestHit([...distinct.values()], pairs);
  const selector = Object.fromEntries(taken.map((index) => pairs[index] ?? best).map(({ key, value }) => [key, value]));
  return proposal(selector, chosen, all);
}

function proposal(selector: Selector, chosen: readonly VirtualMachine[], all: readonly VirtualMachine[]): SelectorProposal {
  const wanted = new Set(chosen);
  return { selector, others: all.filter((vm) => !wanted.has(vm) && matchesSelector(selector, vm.metadata.labels)) };
}

/** How many branches are looked at before a good set will do: labels that people write need a handful. */
const mostBranches = 50_000;

/** The smallest set of pairs of which every group holds one; of several the one with the best ranks. In the order of the pairs. */
function smallestHit(groups: readonly (readonly number[])[], pairs: readonly Pair[]): readonly number[] {
  const sorted = groups.toSorted((left, right) => left.length - right.length);
  const search = { best: greedyHit(sorted), branches: 0 };
  const rankSum = (taken: readonly number[]) => taken.reduce((sum, index) => sum + (pairs[index]?.rank ?? 0), 0);
  const isBetter = (taken: readonly number[]) =>
    taken.length < search.best.length || (taken.length === search.best.length && rankSum(taken) < rankSum(search.best));

  const visit = (taken: readonly number[], banned: ReadonlySet<number>): void => {
    search.branches += 1;
    if (search.branches > mostBranches || taken.length > search.best.length) return;
    const open = sorted.find((group) => !group.some((index) => taken.includes(index)));
    if (open === undefined) {
      if (isBetter(taken)) search.best = taken;
      return;
    }
    // Whatever is tried here with one pair need not be tried with it again below the next.
    const tried = new Set(banned);
    for (const index of open) {
      if (tried.has(index)) continue;
      visit([...taken, index], tried);
      tried.add(index);
    }
  };
  visit([], new Set());
  return search.best.toSorted((left, right) => left - right);
}

/** A good set to begin with: ever the pair that most groups still want, then without those that turned out to be needless. */
function greedyHit(groups: readonly (readonly number[])[]): readonly number[] {
  let taken: number[] = [];
  for (;;) {
    const open = groups.filter((group) => !group.some((index) => taken.includes(index)));
    if (open.length === 0) break;
    const counts = new Map<number, number>();
    for (const index of open.flat()) counts.set(index, (counts.get(index) ?? 0) + 1);
    const [most] = [...counts].toSorted(([one, many], [other, more]) => more - many || one - other);
    if (most === undefined) break;
    taken.push(most[0]);
  }
  for (const index of [...taken]) {
    const without = taken.filter((other) => other !== index);
    if (groups.every((group) => group.some((other) => without.includes(other)))) taken = without;
  }
  return taken;
}
