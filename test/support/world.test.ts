import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aWorld } from './world.ts';

test('the same seed gives the same world, another seed another one, and every VM its own address', () => {
  const options = { seed: 7, namespaces: 2, services: 3, vms: 10, version: 'v1alpha5' } as const;
  const world = aWorld(options);
  assert.equal(world.length, 2 * 3 * (1 + 10));
  assert.deepEqual(aWorld(options), world);
  assert.notDeepEqual(aWorld({ ...options, seed: 8 }), world);
  const addresses = JSON.stringify(world).match(/"primaryIP4":"[^"]+"/g) ?? [];
  assert.ok(addresses.length > 40 && new Set(addresses).size === addresses.length);
});
