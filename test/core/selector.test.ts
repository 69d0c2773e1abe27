import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexVms, isEmptySelector, matchesSelector, selectorText } from '../../src/core/selector.ts';
import type { VirtualMachine } from '../../src/model/virtual-machine.ts';
import { aVm } from '../support/builders.ts';

test('a selector wants every pair', () => {
  assert.equal(matchesSelector({ app: 'web', tier: 'front' }, { app: 'web', tier: 'front', extra: 'x' }), true);
  assert.equal(matchesSelector({ app: 'web', tier: 'front' }, { app: 'web' }), false);
  assert.equal(matchesSelector({ app: 'web' }, { app: 'Web' }), false);
  assert.equal(matchesSelector({ app: 'web' }, undefined), false);
});

test('an empty value matches an empty label, not an absent one', () => {
  assert.equal(matchesSelector({ tier: '' }, { tier: '' }), true);
  assert.equal(matchesSelector({ tier: '' }, {}), false);
});

test('an empty selector matches everything, and is known to be empty', () => {
  assert.equal(matchesSelector({}, undefined), true);
  assert.deepEqual([isEmptySelector(undefined), isEmptySelector({}), isEmptySelector({ a: '' })], [true, true, false]);
});

test('words that every JavaScript object knows are labels like any other', () => {
  const labels = JSON.parse('{"__proto__":"a","toString":"b"}');
  assert.equal(matchesSelector(JSON.parse('{"__proto__":"a"}'), labels), true);
  assert.equal(matchesSelector(JSON.parse('{"__proto__":"a"}'), {}), false);
  assert.equal(matchesSelector({ constructor: '' }, {}), false);
  const named = aVm('named', { labels });
  const index = indexVms([named, aVm('plain', { labels: { app: 'web' } })]);
  assert.deepEqual(index.select('prod', JSON.parse('{"__proto__":"a"}')), [named]);
  assert.deepEqual(index.select('prod', JSON.parse('{"toString":"b"}')), [named]);
});

test('a selector is written in the order of its keys', () => {
  assert.equal(selectorText({ tier: 'front', app: 'web', env: '' }), 'app=web,env=,tier=front');
  assert.equal(selectorText({}), '<none>');
  assert.equal(selectorText(undefined), '<none>');
});

const names = (vms: readonly VirtualMachine[]) => vms.map((vm) => vm.metadata.name);

test('the index finds what a look at every VM would find, in the order of the list', () => {
  const vms = [
    aVm('z', { labels: { app: 'web', tier: 'front' } }),
    aVm('a', { labels: { app: 'web' } }),
    aVm('m', { labels: { app: 'web', tier: 'front' } }),
    aVm('b', { labels: { app: 'api', tier: 'front' } }),
    aVm('c'),
    aVm('far', { namespace: 'other', labels: { app: 'web', tier: 'front' } }),
  ];
  const index = indexVms(vms);
  assert.deepEqual(names(index.select('prod', { app: 'web' })), ['z', 'a', 'm']);
  assert.deepEqual(names(index.select('prod', { app: 'web', tier: 'front' })), ['z', 'm']);
  assert.deepEqual(names(index.select('prod', { app: 'none' })), []);
  assert.deepEqual(names(index.select('prod', {})), ['z', 'a', 'm', 'b', 'c']);
  assert.deepEqual(names(index.select('other', { app: 'web' })), ['far']);
  assert.deepEqual(names(index.select('nowhere', {})), []);
  assert.deepEqual(names(index.inNamespace('other')), ['far']);
  assert.deepEqual(index.vms, vms);
});
