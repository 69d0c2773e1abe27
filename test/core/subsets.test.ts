import assert from 'node:assert/strict';
import { test } from 'node:test';
import { portDigest, repackSubsets, sameMembers } from '../../src/core/subsets.ts';

const digests: readonly (readonly [name: string, port: number, protocol: string, md5: string])[] = [
  ['port1', 142, 'TCP', '174ca5e20f52a9f18ba35ca42c5e6d02'],
  ['port2', 1142, 'UDP', 'dabd762dbda7c6177cec70f91bb9f8f8'],
  ['http', 8080, 'TCP', 'fc51ca7087ce52e70c38709727f8f0b6'],
  ['https', 8443, 'TCP', '74928f751c6699a88a4d3f21730d0b48'],
  ['', 80, 'TCP', 'ed3dd1542e8a857e5070def5c89da6ea'],
  ['dns', 53, 'UDP', '3e9daf8e22f0b0da6aaa1a1b052ee929'],
  ['sctp', 36412, 'SCTP', 'bb6e668cf550c4514b599ed479ec7122'],
  ['metrics', 9090, 'TCP', '7f2b2ed5c291d262b380780a26a35733'],
  ['web-udp', 80, 'UDP', '44a5017576cea0a2d0ef468f2224565b'],
];

for (const [name, port, protocol, digest] of digests) {
  test(`port ${name || '(unnamed)'} ${port}/${protocol} has the controller's digest`, () => {
    assert.equal(portDigest({ name, port, protocol }), digest);
  });
}

const ready = (ip: string, uid: string) => ({ address: { ip, targetRef: { uid } }, ready: true });
const notReady = (ip: string, uid: string) => ({ address: { ip, targetRef: { uid } }, ready: false });
const port = (name: string, number: number, protocol = 'TCP') => ({ name, port: number, protocol });

test('ports stand in the order of their digests', () => {
  const ports = [
    port('a', 1),
    port('b', 2),
    port('c', 3),
    port('d', 4),
    port('api', 6443),
    port('metrics', 9090),
    port('web', 80),
    port('web-udp', 80, 'UDP'),
  ];
  const [subset] = repackSubsets([ready('10.0.0.1', 'u1')], ports);
  assert.deepEqual(
    subset?.ports?.map((entry) => entry.name),
    ['b', 'api', 'web', 'c', 'web-udp', 'a', 'metrics', 'd'],
  );
});

test('addresses are ordered by their text, not by their number, and ties by uid', () => {
  const entries = [
    ready('fd00::1', 'u5'),
    ready('10.0.0.2', 'u2'),
    ready('2001:db8::1', 'u4'),
    ready('10.0.0.10', 'u9'),
    ready('10.0.0.10', 'u1'),
  ];
  const [subset] = repackSubsets(entries, []);
  assert.deepEqual(
    subset?.addresses?.map((address) => [address.ip, address.targetRef?.uid]),
    [
      ['10.0.0.10', 'u1'],
      ['10.0.0.10', 'u9'],
      ['10.0.0.2', 'u2'],
      ['2001:db8::1', 'u4'],
      ['fd00::1', 'u5'],
    ],
  );
});

test('where one address stands twice, not ready wins', () => {
  assert.deepEqual(repackSubsets([ready('10.0.0.1', 'u1'), notReady('10.0.0.1', 'u1')], [port('http', 80)]), [
    { notReadyAddresses: [{ ip: '10.0.0.1', targetRef: { uid: 'u1' } }], ports: [port('http', 80)] },
  ]);
});

test('without an address there is no subset, without ports there is one without ports', () => {
  assert.deepEqual(repackSubsets([], [port('http', 80)]), []);
  assert.deepEqual(repackSubsets([ready('10.0.0.1', 'u1')], []), [{ addresses: [{ ip: '10.0.0.1', targetRef: { uid: 'u1' } }] }]);
});

test('the same members in another order are the same', () => {
  const one = repackSubsets([ready('10.0.0.1', 'u1'), notReady('10.0.0.2', 'u2')], [port('http', 80)]);
  const other = [{ notReadyAddresses: one[0]?.notReadyAddresses ?? [], addresses: one[0]?.addresses ?? [], ports: one[0]?.ports ?? [] }];
  assert.equal(sameMembers(one, other), true);
  assert.equal(sameMembers(one, []), false);
});

test('members differ when a ready state, a target or any part of a port does', () => {
  const packed = (list: ReturnType<typeof ready>, ...ports: ReturnType<typeof port>[]) => repackSubsets([list], ports);
  const one = packed(ready('10.0.0.1', 'u1'), port('http', 80), port('dns', 53));
  assert.equal(sameMembers(one, packed(ready('10.0.0.1', 'u1'), port('dns', 53), port('http', 80))), true);
  for (const other of [
    packed(notReady('10.0.0.1', 'u1'), port('http', 80), port('dns', 53)),
    packed(ready('10.0.0.2', 'u1'), port('http', 80), port('dns', 53)),
    packed(ready('10.0.0.1', 'u2'), port('http', 80), port('dns', 53)),
    packed(ready('10.0.0.1', 'u1'), port('web', 80), port('dns', 53)),
    packed(ready('10.0.0.1', 'u1'), port('http', 81), port('dns', 53)),
    packed(ready('10.0.0.1', 'u1'), port('http', 80), port('dns', 53, 'UDP')),
    packed(ready('10.0.0.1', 'u1'), port('http', 80)),
  ]) {
    assert.equal(sameMembers(one, other), false);
  }
});
