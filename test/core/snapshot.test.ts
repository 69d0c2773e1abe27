import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holesOf, isSeen, itemsOf } from '../../src/core/snapshot.ts';
import { aVm } from '../support/builders.ts';
import { seenWorld, unavailable } from '../support/seen-world.ts';

test('a leg that was seen has its items, one that was not has none', () => {
  const hidden = { unavailable: unavailable('services') };
  assert.deepEqual([isSeen({ items: [] }), isSeen(hidden)], [true, false]);
  assert.deepEqual([itemsOf({ items: [1, 2] }), itemsOf(hidden)], [[1, 2], []]);
});

test('holes are what was asked for and not seen, in a fixed order', () => {
  const { snapshot } = seenWorld([aVm('web-1')], {
    hidden: { events: 'NotAsked', endpoints: 'Forbidden', vms: 'Failed', slices: 'NotServed' },
  });
  assert.deepEqual(holesOf(snapshot), [unavailable('vms', 'Failed'), unavailable('endpoints'), unavailable('slices', 'NotServed')]);
});

test('where NetworkSettings are not served, nothing was missed', () => {
  assert.deepEqual(holesOf(seenWorld([], { hidden: { networkSettings: 'NotServed' } }).snapshot), []);
  assert.deepEqual(holesOf(seenWorld([], { hidden: { networkSettings: 'Forbidden' } }).snapshot), [unavailable('networksettings')]);
});
