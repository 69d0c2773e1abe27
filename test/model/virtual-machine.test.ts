import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  classOf,
  conditionOf,
  desiredPower,
  hostOf,
  isIPv4,
  networkInterfaces,
  observedPower,
  primaryAddresses,
  probeAction,
  readyCondition,
  type VirtualMachine,
  vmOf,
  zoneOf,
} from '../../src/model/virtual-machine.ts';
import { aService, aVm, vmOperatorVersions } from '../support/builders.ts';

/** A VM of which only these parts are known. */
function bare(version: string, parts: object): VirtualMachine {
  return vmOf({ apiVersion: `vmoperator.vmware.com/${version}`, kind: 'VirtualMachine', metadata: { name: 'vm' }, ...parts });
}

test('the primary addresses are one of each family, and one at most in v1alpha1', () => {
  for (const version of vmOperatorVersions) {
    const [ip4, ip6] = ['10.0.0.7', 'fd00::7'];
    assert.deepEqual(primaryAddresses(aVm('vm', { version, ip: ip4 })), { ip4, ip6: undefined });
    assert.deepEqual(primaryAddresses(aVm('vm', { version, ip: ip6 })), { ip4: undefined, ip6 });
    assert.deepEqual(primaryAddresses(aVm('vm', { version, ip: [ip4, ip6] })), { ip4, ip6: version === 'v1alpha1' ? undefined : ip6 });
    assert.deepEqual(primaryAddresses(aVm('vm', { version })), { ip4: undefined, ip6: undefined });
  }
});

test('a VM of which nothing is known has no address, no power, no probe and no condition', () => {
  for (const version of ['v1alpha1', 'v1alpha6']) {
    for (const parts of [{}, { spec: {}, status: {} }, { status: { network: {}, vmIp: '', powerState: '' }, spec: { powerState: '' } }]) {
      const vm = bare(version, parts);
      assert.deepEqual(primaryAddresses(vm), { ip4: undefined, ip6: undefined });
      assert.deepEqual([observedPower(vm), desiredPower(vm), readyCondition(vm)], [undefined, undefined, undefined]);
      assert.deepEqual(probeAction(vm), { action: 'none' });
      assert.deepEqual([networkInterfaces(vm), hostOf(vm), zoneOf(vm), classOf(vm)], [[], undefined, undefined, undefined]);
    }
  }
});

test('empty texts are no addresses', () => {
  const vm = bare('v1alpha6', { status: { network: { primaryIP4: '', primaryIP6: 'fd00::7' } } });
  assert.deepEqual(primaryAddresses(vm), { ip4: undefined, ip6: 'fd00::7' });
});

test('power has one spelling, whichever the version has', () => {
  for (const version of vmOperatorVersions) {
    const read = (['on', 'off', 'suspended'] as const).map((power) => {
      const vm = aVm('vm', { version, power });
      return [observedPower(vm), desiredPower(vm)];
    });
    assert.deepEqual(read, [
      ['PoweredOn', 'PoweredOn'],
      ['PoweredOff', 'PoweredOff'],
      ['Suspended', 'Suspended'],
    ]);
  }
  assert.equal(observedPower(bare('v1alpha6', { status: { powerState: 'toString' } })), undefined);
});

test('a probe is what it does first', () => {
  const probeOf = (readinessProbe: object | null) => probeAction(bare('v1alpha6', { spec: { readinessProbe } }));
  const [tcpSocket, guestHeartbeat, guestInfo] = [
    { port: 80, host: '10.0.0.1' },
    { thresholdStatus: 'yellow' },
    [{ key: 'a' }, { key: 'b', value: 'x' }],
  ];
  assert.deepEqual(probeOf({ tcpSocket, guestHeartbeat, guestInfo }), { action: 'tcpSocket', port: 80, host: '10.0.0.1' });
  assert.deepEqual(probeOf({ guestHeartbeat, guestInfo }), { action: 'guestHeartbeat', threshold: 'yellow' });
  assert.deepEqual(probeOf({ guestInfo }), { action: 'guestInfo', keys: ['a', 'b'] });
  assert.deepEqual(probeOf({ tcpSocket: { port: 'http' } }), { action: 'tcpSocket', port: 'http', host: undefined });
  assert.deepEqual(probeOf({ guestHeartbeat: {} }), { action: 'guestHeartbeat', threshold: 'green' });
  for (const empty of [{}, { guestInfo: [] }, { timeoutSeconds: 5 }]) assert.deepEqual(probeOf(empty), { action: 'empty' });
  assert.deepEqual(probeOf(null), { action: 'none' });
});

test('conditions are found by their type, the first of it', () => {
  const conditions = [
    { type: 'Other', status: 'True' },
    { type: 'Ready', status: 'False' },
    { type: 'Ready', status: 'True' },
  ];
  const vm = bare('v1alpha1', { status: { conditions } });
  assert.deepEqual([readyCondition(vm), conditionOf(vm, 'Other'), conditionOf(vm, 'None')], [conditions[1], conditions[0], undefined]);
});

test('interfaces have names and addresses without their prefix length', () => {
  for (const version of vmOperatorVersions) {
    const name = version === 'v1alpha1' ? 'nic-1' : 'eth0';
    assert.deepEqual(networkInterfaces(aVm('vm', { version, ip: ['10.0.0.7', 'fd00::7'] })), [
      { name, addresses: ['10.0.0.7', 'fd00::7'] },
    ]);
  }
  const interfaces = [{ ip: { addresses: [{}, { address: '10.0.0.8' }] } }, { name: 'eth1' }];
  assert.deepEqual(networkInterfaces(bare('v1alpha6', { status: { network: { interfaces } } })), [
    { name: 'nic-1', addresses: ['10.0.0.8'] },
    { name: 'eth1', addresses: [] },
  ]);
});

test('host, zone and class are found wherever the version keeps them', () => {
  for (const version of vmOperatorVersions) {
    const vm = aVm('vm', { version, host: 'esx-1', zone: 'zone-a', className: 'small' });
    assert.deepEqual([hostOf(vm), zoneOf(vm), classOf(vm)], ['esx-1', 'zone-a', 'small']);
  }
  assert.equal(zoneOf(aVm('vm', { labels: { 'topology.kubernetes.io/zone': 'zone-b' } })), 'zone-b');
});

test('an IPv4 address is what Go takes for one', () => {
  for (const text of ['0.0.0.0', '10.0.0.7', '255.255.255.255', '::ffff:10.0.0.7', '::FFFF:10.0.0.7'])
    assert.equal(isIPv4(text), true, text);
  for (const text of ['10.0.0', '10.0.0.256', '10.0.0.07', '10.0.0.7/24', '', 'fd00::7', '10.0.0.x', ' 10.0.0.7'])
    assert.equal(isIPv4(text), false, text);
});

test('an object of another kind is refused by name', () => {
  assert.throws(() => vmOf(aService('web')), new Error('expected a VirtualMachine, got v1 Service'));
});
