import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexLabels, isMeant, nearMisses, nearMissesAmong } from '../../src/core/near-miss.ts';
import { indexVms, type Selector } from '../../src/core/selector.ts';
import { isMisspelt } from '../../src/core/similar-words.ts';
import { aVm } from '../support/builders.ts';

type Labels = Readonly<Record<string, string>>;

/** How near one VM with these labels comes: the label in question and why; undefined when it is not near. */
function near(selector: Selector, labels: Labels): string | undefined {
  const [miss, second] = nearMisses(selector, [aVm('vm', { labels })]);
  assert.equal(second, undefined);
  return miss && `${miss.wanted.key}=${miss.wanted.value} ${miss.how} ${miss.label.key}=${miss.label.value}`;
}

test('another letter case of the value or the key is near', () => {
  assert.equal(near({ app: 'web' }, { app: 'Web' }), 'app=web LetterCase app=Web');
  assert.equal(near({ app: 'web' }, { App: 'web' }), 'app=web LetterCase App=web');
});

test('another separator is near', () => {
  assert.equal(near({ app: 'web-front' }, { app: 'web_front' }), 'app=web-front Separator app=web_front');
  assert.equal(near({ 'app-name': 'web' }, { app_name: 'web' }), 'app-name=web Separator app_name=web');
});

test('the same key with another prefix, or without one, is near', () => {
  assert.equal(near({ 'example.com/app': 'web' }, { app: 'web' }), 'example.com/app=web Prefix app=web');
  assert.equal(near({ app: 'web' }, { 'app.kubernetes.io/app': 'web' }), 'app=web Prefix app.kubernetes.io/app=web');
});

test('a misspelt key is near when it has the wanted value', () => {
  assert.equal(near({ tier: 'front' }, { teir: 'front' }), 'tier=front Spelling teir=front');
  assert.equal(near({ q: '1' }, { qa: '1' }), 'q=1 Spelling qa=1');
  assert.equal(near({ q: '1' }, { a: '1' }), undefined);
  assert.equal(near({ tier: 'front' }, { teir: 'back' }), undefined);
});

test('a misspelt value is near only where every other pair matches', () => {
  assert.equal(near({ app: 'web', tier: 'front' }, { app: 'web', tier: 'frnot' }), 'tier=front Spelling tier=frnot');
  assert.equal(near({ app: 'web', tier: 'front' }, { app: 'api', tier: 'frnot' }), undefined);
});

test('of a selector with one pair, a slip of the fingers is near: two letters that changed places, or one missing or too many', () => {
  assert.equal(near({ app: 'checkout' }, { app: 'chekcout' }), 'app=checkout Spelling app=chekcout');
  assert.equal(near({ tier: 'front' }, { tier: 'frnot' }), 'tier=front Spelling tier=frnot');
  assert.equal(near({ app: 'checkout' }, { app: 'checkot' }), 'app=checkout Spelling app=checkot');
  assert.equal(near({ app: 'server' }, { app: 'servers' }), 'app=server Spelling app=servers');
  // Other words, short ones, other numbers.
  assert.equal(near({ env: 'test' }, { env: 'rest' }), undefined);
  assert.equal(near({ app: 'web' }, { app: 'webs' }), undefined);
  assert.equal(near({ app: 'api' }, { app: 'aip' }), undefined);
  assert.equal(near({ app: 'worker-12' }, { app: 'worker-21' }), undefined);
});

test('such a slip is another name where other VMs are selected, or somebody asks for it', () => {
  const [miss] = nearMisses({ app: 'checkout' }, [aVm('vm', { labels: { app: 'chekcout' } })]);
  const nobody = () => false;
  assert.ok(miss !== undefined);
  assert.equal(isMeant(miss, nobody, false), false);
  assert.equal(isMeant(miss, nobody, true), true);
  assert.equal(
    isMeant(miss, ({ value }) => value === 'chekcout', false),
    true,
  );
  const [besidesMatching] = nearMisses({ app: 'x', tier: 'front' }, [aVm('vm', { labels: { app: 'x', tier: 'frnot' } })]);
  assert.ok(besidesMatching !== undefined);
  assert.equal(isMeant(besidesMatching, nobody, true), false);
});

test('short words may differ in one letter, longer ones in two', () => {
  const both = (value: string, found: string) => near({ app: 'x', tier: value }, { app: 'x', tier: found });
  assert.equal(both('front', 'frent'), 'tier=front Spelling tier=frent');
  assert.equal(both('front', 'frept'), undefined);
  assert.equal(both('frontend', 'frunted'), 'tier=frontend Spelling tier=frunted');
  assert.equal(both('frontend', 'backend'), undefined);
});

test('values that differ in a number, or are other words, are meant to differ', () => {
  assert.equal(near({ app: 'x', role: 'db-1' }, { app: 'x', role: 'db-2' }), undefined);
  assert.equal(near({ app: 'x', slot: 'blue' }, { app: 'x', slot: 'green' }), undefined);
});

test('the name of an application has several keys', () => {
  assert.equal(near({ app: 'web' }, { 'app.kubernetes.io/name': 'web' }), 'app=web Convention app.kubernetes.io/name=web');
  assert.equal(near({ 'app.kubernetes.io/name': 'web' }, { app: 'web' }), 'app.kubernetes.io/name=web Convention app=web');
  assert.equal(near({ 'app.kubernetes.io/name': 'web' }, { app: 'api' }), undefined);
  assert.equal(near({ 'app.kubernetes.io/component': 'web' }, { app: 'web' }), undefined);
});

test('several labels may each be the same word written in another way, and none a misspelling', () => {
  const all = (selector: Selector, labels: Labels) =>
    nearMisses(selector, [aVm('vm', { labels })]).flatMap((miss) =>
      [miss, ...miss.besides].map(({ how, label }) => `${how} ${label.key}=${label.value}`),
    );
  const selector = { app: 'web', tier: 'front' };
  assert.deepEqual(all(selector, { app: 'Web', Tier: 'front' }), ['LetterCase app=Web', 'LetterCase Tier=front']);
  assert.deepEqual(all(selector, { App: 'web', 'example.com/tier': 'front' }), ['LetterCase App=web', 'Prefix example.com/tier=front']);
  assert.deepEqual(all(selector, { app: 'Web', teir: 'front' }), []);
  assert.deepEqual(all(selector, { app: 'Web', tier: 'back' }), []);
  assert.deepEqual(all(selector, { app: 'Web' }), []);
});

test('a VM that is selected is no near miss, and every VM is selected by an empty selector', () => {
  assert.equal(near({ app: 'web' }, { app: 'web' }), undefined);
  assert.equal(near({}, { app: 'Web' }), undefined);
});

test('a VM without labels, and keys that every object knows, are no near misses', () => {
  assert.deepEqual(nearMisses({ app: 'web' }, [aVm('vm')]), []);
  assert.equal(near({ constructor: 'web' }, { app: 'api' }), undefined);
});

test('near misses come in the order of the VMs', () => {
  const vms = [aVm('b', { labels: { app: 'Web' } }), aVm('far', { labels: { app: 'db' } }), aVm('a', { labels: { app: 'WEB' } })];
  assert.deepEqual(
    nearMisses({ app: 'web' }, vms).map((miss) => miss.vm.metadata.name),
    ['b', 'a'],
  );
});

/** `shop-aa`, `shop-ab` …: each within two letters of all others. */
function family(size: number): readonly string[] {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  return Array.from({ length: size }, (_, index) => `shop-${letters[Math.floor(index / 26) % 26]}${letters[index % 26]}`);
}

test('of many names that are like one another none is called misspelt', () => {
  const misses = (names: readonly string[]) =>
    nearMisses(
      { app: 'shop', name: 'shop-zz' },
      names.map((name) => aVm(name, { labels: { app: 'shop', name } })),
    ).length;
  assert.equal(misses(family(10)), 10);
  assert.equal(misses(family(11)), 0);
  assert.equal(misses([...family(11), 'Shop-ZZ']), 1, 'the same word in another letter case still is');
});

test('as many services over as many VMs with names alike compare few names for each service', () => {
  const names = family(600);
  const vms = names.map((name) => aVm(name, { labels: { tier: 'front', name } }));
  const index = indexVms(vms);
  let compared = 0;
  let looked = 0;
  const labels = indexLabels(vms, (wanted, found) => {
    compared++;
    return isMisspelt(wanted, found);
  });
  for (const name of names) {
    const near = nearMissesAmong({ tier: 'front', name }, labels, (key, value) => {
      const having = index.withLabel('prod', key, value);
      looked += key === 'name' ? having.length : 0;
      return having;
    });
    assert.deepEqual(near, []);
  }
  assert.ok(compared <= 12 * names.length, `${compared} comparisons for ${names.length} services`);
  assert.equal(looked, names.length, 'each service looks at the VM that it selects');
});

test('what another service asks for by that very spelling was meant so', () => {
  const [miss] = nearMisses({ app: 'x', name: 'card' }, [aVm('cart-1', { labels: { app: 'x', name: 'cart' } })]);
  assert.ok(miss);
  assert.equal(
    isMeant(miss, ({ key, value }) => key === 'name' && value === 'cart', false),
    true,
  );
  assert.equal(
    isMeant(miss, () => false, false),
    false,
  );
  const [otherCase] = nearMisses({ name: 'card' }, [aVm('card-1', { labels: { name: 'Card' } })]);
  assert.ok(otherCase);
  assert.equal(
    isMeant(otherCase, () => true, true),
    false,
    'the same word in another letter case is no other word',
  );
});
