import type { VirtualMachine } from '../../model/virtual-machine.ts';
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
  let index: Map<string, VirtualMachine[]> | undefined;
  const pairKey = (key: string, value: string) => `${key}\0${value}`;
  const build = () => {
    const known = new Map<string, VirtualMachine[]>();
    for (const vm of [...itemsOf(snapshot.vms), ...itemsOf(elsewhere)]) {
      for (const [key, value] of Object.entries(vm.metadata.labels ?? {})) {
        const same = known.get(pairKey(key, value));
        if (same === undefined) known.set(pairKey(key, value), [vm]);
        else same.push(vm);
      }
    }
    return known;
  };
  return (selector) => {
    const pairs = Object.entries(selector);
    // An empty selector asks for no VM of another namespace.
    if (pairs.length === 0) return [];
    index ??= build();
    const buckets = pairs.map(([key, value]) => index?.get(pairKey(key, value)) ?? []);
    const [fewest = []] = buckets.toSorted((left, right) => left.length - right.length);
    return fewest.filter((vm) => matchesSelector(selector, vm.metadata.labels));
  };
}
