import type { VirtualMachine } from '../../model/virtual-machine.ts';
import { lazyIndex } from '../lazy-index.ts';
import { matchesSelector, type Selector } from '../selector.ts';
import { itemsOf, type Leg } from '../snapshot.ts';
import type { World } from '../world.ts';

/**
 * The VMs of every namespace that was looked at which a selector would select: made when somebody first asks.
 * @param elsewhere those of other namespaces that were looked at besides
 */
export function anywhereIndex(
  { snapshot }: World,
  elsewhere: Leg<VirtualMachine> = { items: [] },
): (selector: Selector) => readonly VirtualMachine[] {
  const pairKey = (key: string, value: string) => `${key}\0${value}`;
  const withPair = lazyIndex(() =>
    [...itemsOf(snapshot.vms), ...itemsOf(elsewhere)].flatMap((vm) =>
      Object.entries(vm.metadata.labels ?? {}).map(([key, value]) => [pairKey(key, value), vm] as const),
    ),
  );
  return (selector) => {
    const pairs = Object.entries(selector);
    // An empty selector asks for no VM of another namespace.
    if (pairs.length === 0) return [];
    const buckets = pairs.map(([key, value]) => withPair(pairKey(key, value)));
    const [fewest = []] = buckets.toSorted((left, right) => left.length - right.length);
    return fewest.filter((vm) => matchesSelector(selector, vm.metadata.labels));
  };
}
