import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deletionOf } from '../../src/core/deletion.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { aService, aVmService, ownedBy } from '../support/builders.ts';
import { seenWorld } from '../support/seen-world.ts';

const published = aVmService('web', { ingress: ['192.0.2.9'] });
const service = (ingress: readonly string[]) => aService('web', { owners: [ownedBy(published)], ingress });

/** The addresses that go when `web` is deleted. */
function going(of: typeof published, ...objects: readonly KubeObject[]): readonly string[] {
  const deletion = deletionOf(of, seenWorld([of, ...objects]));
  assert.equal(deletion.kind, 'possible');
  return deletion.kind === 'possible' ? deletion.addresses : [];
}

test('the addresses that go with a service are those of its Service, whatever its own status says', () => {
  assert.deepEqual(going(published, service(['192.0.2.7', 'lb.example.com'])), ['VIP 192.0.2.7', 'VIP lb.example.com']);
  assert.deepEqual(going(published, service([])), ['cluster IP 10.96.0.15']);
  assert.deepEqual(going(published), []);
});

test('a service of another type has no VIP, though its status still names one', () => {
  const internal = aVmService('web', { type: 'ClusterIP', ingress: ['192.0.2.9'] });
  assert.deepEqual(going(internal, aService('web', { type: 'ClusterIP', owners: [ownedBy(internal)] })), ['cluster IP 10.96.0.15']);
});
