import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { proposedSelectors, smallestSelector } from '../../../src/core/create/smallest-selector.ts';
import { matchesSelector, selectorText } from '../../../src/core/selector.ts';
import type { VirtualMachine } from '../../../src/model/virtual-machine.ts';
import { propertyOptions } from '../../support/arbitraries.ts';
import { aVm } from '../../support/builders.ts';

const vm = (name: string, labels: Readonly<Record<string, string>>) => aVm(name, { labels });
const names = (vms: readonly VirtualMachine[]) => vms.map(({ metadata }) => metadata.name);

const web1 = vm('web-1', { app: 'web', tier: 'front' });
const web2 = vm('web-2', { app: 'web', tier: 'front' });
const web6 = vm('web-6', { app: 'web', tier: 'back' });
const db1 = vm('db-1', { app: 'db', tier: 'front' });
const drawn = [web1, web2, web6, db1];

test('the proposals begin with exactly the choice, then single labels, the narrowest first', () => {
  const proposed = (chosen: readonly VirtualMachine[]) =>
    proposedSelectors(chosen, drawn).map(({ selector, others }) => [selectorText(selector), names(others)]);
  assert.deepEqual(proposed([web1, web2]), [
    ['app=web,tier=front', []],
    ['app=web', ['web-6']],
    ['tier=front', ['db-1']],
  ]);
  assert.deepEqual(proposed([db1]), [
    ['app=db', []],
    ['tier=front', ['web-1', 'web-2']],
  ]);
  assert.deepEqual(proposed([vm('bare', {})]), []);
});

describe('among labels that do the same', () => {
  const chosen = (labels: Readonly<Record<string, string>>, others: readonly VirtualMachine[] = [], prefer: readonly string[] = []) =>
    selectorText(smallestSelector([vm('one', labels)], [vm('two', { x: 'y' }), ...others], prefer)?.selector);

  test('those that people know are taken, and before them those that are asked for', () => {
    assert.equal(chosen({ zzz: '1', 'app.kubernetes.io/name': 'web', abc: '1' }), 'app.kubernetes.io/name=web');
    assert.equal(chosen({ app: 'web', mine: '1' }, [], ['mine']), 'mine=1');
  });

  test('a zone or a chart is taken only where nothing else tells VMs apart', () => {
    const zone = { 'topology.kubernetes.io/zone': 'a' };
    const own = { app: 'web', tier: 'front', ...zone };
    assert.equal(chosen(own, [vm('three', { app: 'web' }), vm('four', { tier: 'front' })]), 'app=web,tier=front');
    assert.equal(chosen(own, [vm('three', { app: 'web', tier: 'front' })]), 'topology.kubernetes.io/zone=a');
  });

  test('those of the machines of workload clusters are never taken', () => {
    assert.equal(chosen({ 'cluster.x-k8s.io/cluster-name': 'tkc', 'capv.vmware.com/cluster.role': 'node' }), '<none>');
  });
});

test('where nothing tells the VMs apart, the selector is the one with the fewest others, who are named', () => {
  const twin = vm('twin', { app: 'web', tier: 'front', extra: '1' });
  const found = smallestSelector([web1], [web1, db1, twin]);
  assert.deepEqual([selectorText(found?.selector), names(found?.others ?? [])], ['app=web', ['twin']]);
});

const labels = fc.dictionary(fc.constantFrom('app', 'tier', 'role', 'a', 'b', 'c'), fc.constantFrom('1', '2'), { maxKeys: 6 });
const fleet = fc
  .array(fc.tuple(labels, fc.boolean()), { minLength: 1, maxLength: 12 })
  .map((drawnVms) => drawnVms.map(([own, isChosen], index) => ({ vm: vm(`vm-${index}`, own), isChosen })))
  .filter((vms) => vms.some(({ isChosen }) => isChosen));

test('the selector selects all that were chosen; none selects fewer others, and no smaller one as few', () => {
  fc.assert(
    fc.property(fleet, (vms) => {
      const all = vms.map((one) => one.vm);
      const chosen = vms.filter(({ isChosen }) => isChosen).map((one) => one.vm);
      const found = smallestSelector(chosen, all);
      const best = bruteForce(chosen, all);
      if (found === undefined) return assert.equal(best, undefined);
      const selected = all.filter(({ metadata }) => matchesSelector(found.selector, metadata.labels));
      assert.deepEqual(new Set(selected), new Set([...chosen, ...found.others]));
      assert.deepEqual([found.others.length, Object.keys(found.selector).length], best);
    }),
    propertyOptions(500),
  );
});

test('no label that nobody knows is taken where one that people know would do the same in its place', () => {
  const known = ['app', 'tier', 'role'];
  fc.assert(
    fc.property(fleet, (vms) => {
      const all = vms.map((one) => one.vm);
      const chosen = vms.filter(({ isChosen }) => isChosen).map((one) => one.vm);
      const found = smallestSelector(chosen, all);
      if (found === undefined) return;
      const taken = Object.keys(found.selector);
      const common = Object.entries(chosen[0]?.metadata.labels ?? {}).filter(
        ([key, value]) => known.includes(key) && !taken.includes(key) && chosen.every(({ metadata }) => metadata.labels?.[key] === value),
      );
      for (const unknown of taken.filter((key) => !known.includes(key))) {
        const { [unknown]: _, ...rest } = found.selector;
        for (const [key, value] of common) {
          const selected = all.filter(({ metadata }) => matchesSelector({ ...rest, [key]: value }, metadata.labels));
          assert.ok(selected.length > chosen.length + found.others.length, `${key}=${value} would do instead of ${unknown}`);
        }
      }
    }),
    propertyOptions(500),
  );
});

/** How few others any non-empty set of common labels selects, and how small such a set can be. */
function bruteForce(chosen: readonly VirtualMachine[], all: readonly VirtualMachine[]): readonly number[] | undefined {
  const [first] = chosen;
  const common = Object.entries(first?.metadata.labels ?? {}).filter(([key, value]) =>
    chosen.every(({ metadata }) => metadata.labels?.[key] === value),
  );
  let best: readonly [others: number, size: number] | undefined;
  for (let set = 1; set < 1 << common.length; set++) {
    const selector = Object.fromEntries(common.filter((_, index) => (set >> index) & 1));
    const others = all.filter((one) => !chosen.includes(one) && matchesSelector(selector, one.metadata.labels)).length;
    const size = Object.keys(selector).length;
    if (best === undefined || others < best[0] || (others === best[0] && size < best[1])) best = [others, size];
  }
  return best;
}

test('twenty labels that all matter are found without trying every set of them', () => {
  const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
  const chosen = vm('chosen', Object.fromEntries(keys.map((key) => [key, '1'])));
  const others = keys.map((key) => vm(key, Object.fromEntries(keys.filter((other) => other !== key).map((other) => [other, '1']))));
  const found = smallestSelector([chosen], [chosen, ...others]);
  assert.deepEqual([Object.keys(found?.selector ?? {}).length, found?.others], [20, []]);
});
