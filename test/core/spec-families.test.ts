import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VmOperatorVersion, VmServiceOptions } from '../support/builders.ts';
import { dualStack, listed, type StageOptions, stage, svc, webVm } from '../support/stage.ts';

/** A dual-stack VM, one with IPv4 only and one with IPv6 only. */
function vms(version: VmOperatorVersion = 'v1alpha6') {
  return [
    webVm('vm-dual', { version, ip: ['192.168.1.1', '2001:db8::1'] }),
    webVm('vm-4', { version, ip: '192.168.1.2' }),
    webVm('vm-6', { version, ip: '2001:db8::2' }),
  ];
}

/** The ready addresses behind a VirtualMachineService on a dual-stack cluster, with the capability on. */
async function addresses(vmService: VmServiceOptions, options: StageOptions = {}): Promise<readonly string[] | undefined> {
  const { version } = vmService;
  const world = stage([svc(vmService), ...vms(version)], { workloadIPv6: true, serviceCidrs: dualStack, ...options });
  assert.equal((await world.reconcile()).error, null);
  return listed(await world.endpoints())?.ready;
}

const ipv4 = ['192.168.1.1', '192.168.1.2'];
const ipv6 = ['2001:db8::1', '2001:db8::2'];

test('scenario 93: an IPv4 Service has the IPv4 addresses only', async () => {
  assert.deepEqual(await addresses({ ipFamilies: ['IPv4'] }), ipv4);
});

test('scenario 94: an IPv6 Service has the IPv6 addresses only', async () => {
  assert.deepEqual(await addresses({ ipFamilies: ['IPv6'] }), ipv6);
});

test('scenario 95: a Service of both families has all four, in one subset, IPv4 first', async () => {
  const dual = { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' };
  const world = stage([svc(dual), ...vms()], { workloadIPv6: true, serviceCidrs: dualStack });
  await world.reconcile();
  assert.equal((await world.endpoints())?.subsets?.length, 1);
  assert.deepEqual(listed(await world.endpoints()), { ready: [...ipv4, ...ipv6], notReady: [] });
});

test('scenario 96: the policies select as their families do', async () => {
  assert.deepEqual(await addresses({ ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }), ipv4);
  for (const ipFamilyPolicy of ['PreferDualStack', 'RequireDualStack']) {
    assert.deepEqual(await addresses({ ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy }), [...ipv4, ...ipv6]);
    assert.deepEqual(await addresses({ ipFamilies: ['IPv6', 'IPv4'], ipFamilyPolicy }), [...ipv4, ...ipv6]);
  }
});

test('scenario 97: a VM with IPv6 only is no endpoint of an IPv4 Service', async () => {
  const world = stage([svc({ ipFamilyPolicy: 'SingleStack' }), webVm('vm-6', { ip: '2001:db8::2' })], { workloadIPv6: true });
  await world.reconcile();
  assert.equal((await world.endpoints())?.subsets, undefined);
});

test('scenario 98: 8.0.3 and 9 publish one address a VM, IPv4 first, whatever the Service’s families', async () => {
  assert.deepEqual(await addresses({ version: 'v1alpha2' }, { profile: 'C' }), [...ipv4, '2001:db8::2']);
  assert.deepEqual(await addresses({ version: 'v1alpha5' }, { profile: 'D' }), [...ipv4, '2001:db8::2']);
});

test('scenario 99: an ExternalName with a selector has empty Endpoints on main, and full ones before', async () => {
  const external = { type: 'ExternalName', externalName: 'db.example.com' };
  const world = stage([svc(external), ...vms()]);
  await world.reconcile();
  assert.deepEqual(listed(await world.endpoints()), { ready: [], notReady: [] });
  assert.deepEqual(await addresses({ ...external, version: 'v1alpha5' }, { profile: 'D' }), [...ipv4, '2001:db8::2']);
});

test('scenario 100: a headless Service publishes both families even where the capability is off', async () => {
  const headless = { type: 'ClusterIP', clusterIp: 'None' };
  assert.deepEqual(await addresses(headless, { workloadIPv6: false, serviceCidrs: ['10.96.0.0/16'] }), [...ipv4, ...ipv6]);
});
