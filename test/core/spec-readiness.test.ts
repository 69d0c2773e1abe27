import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, KubeObject } from '../../src/model/object.ts';
import { aService, ownedBy, someEndpoints } from '../support/builders.ts';
import { listed, type StageOptions, stage, svc, webVm } from '../support/stage.ts';

async function members(objects: readonly KubeObject[], options?: StageOptions) {
  const world = stage(objects, options);
  assert.equal((await world.reconcile()).error, null);
  return listed(await world.endpoints());
}

const ip = '1.1.1.1';
const ready = { ready: [ip], notReady: [] };
const notReady = { ready: [], notReady: [ip] };
const owners = [ownedBy(svc())];

function readyCondition(status: string): JsonObject {
  return { conditions: [{ type: 'Ready', status, reason: status, message: '', lastTransitionTime: '2026-11-20T11:00:00Z' }] };
}

test('scenario 82: a probe without a verdict is not ready at first', async () => {
  assert.deepEqual(await members([svc(), webVm('vm-1', { ip, probe: 'tcp' })]), notReady);
});

test('scenario 83: a probe whose verdict is False or Unknown is not ready', async () => {
  assert.deepEqual(await members([svc(), webVm('vm-1', { ip, ready: false })]), notReady);
  assert.deepEqual(await members([svc(), webVm('vm-1', { ip, ready: 'Unknown' })]), notReady);
});

test('scenario 84: a probe whose verdict is True is ready', async () => {
  assert.deepEqual(await members([svc(), webVm('vm-1', { ip, ready: true })]), ready);
});

test('scenario 85: a VM that was ready stays so when the verdict goes', async () => {
  const world = stage([svc(), webVm('vm-1', { ip, ready: true })]);
  await world.reconcile();
  await world.edit('VirtualMachine', { status: { conditions: null } }, { name: 'vm-1', subresource: 'status' });
  await world.reconcile();
  assert.deepEqual(listed(await world.endpoints()), ready);
});

test('scenario 86: a VM that was recreated under its name starts as not ready', async () => {
  const before = webVm('vm-1', { ip, probe: 'tcp' });
  const recreated = webVm('vm-1', { ip, probe: 'tcp', uid: '00000000-0000-4000-8000-000000000001' });
  assert.deepEqual(await members([svc(), recreated, someEndpoints('svc', { owners, ready: [before] })]), notReady);
});

test('scenario 87: a VM that was not ready stays so while there is no verdict', async () => {
  const vm = webVm('vm-1', { ip, probe: 'tcp' });
  assert.deepEqual(await members([svc(), vm, someEndpoints('svc', { owners, notReady: [vm] })]), notReady);
});

test('scenario 88: a VM whose probe was removed is ready, whatever verdict it left', async () => {
  const world = stage([svc(), webVm('vm-1', { ip, ready: false })]);
  await world.reconcile();
  assert.deepEqual(listed(await world.endpoints()), notReady);
  await world.edit('VirtualMachine', { spec: { readinessProbe: null } }, { name: 'vm-1' });
  await world.reconcile();
  assert.deepEqual(listed(await world.endpoints()), ready);
});

test('scenario 89: a heartbeat probe added while the verdict is False takes the VM out until it is True', async () => {
  const world = stage([svc(), webVm('vm-1', { ip, ready: false, probe: 'none' })]);
  await world.reconcile();
  assert.deepEqual(listed(await world.endpoints()), ready);
  await world.edit('VirtualMachine', { spec: { readinessProbe: { guestHeartbeat: {} } } }, { name: 'vm-1' });
  await world.reconcile();
  assert.deepEqual(listed(await world.endpoints()), notReady);
  await world.edit('VirtualMachine', { status: readyCondition('True') }, { name: 'vm-1', subresource: 'status' });
  await world.reconcile();
  assert.deepEqual(listed(await world.endpoints()), ready);
});

test('scenario 90: a probe without an action gates up to 8.0.2, and is ignored from 8.0.3 on', async () => {
  const versions = { A: 'v1alpha1', B: 'v1alpha1', C: 'v1alpha2', D: 'v1alpha5', E: 'v1alpha6' } as const;
  for (const profile of ['A', 'B', 'C', 'D', 'E'] as const) {
    const version = versions[profile];
    const found = await members([svc({ version }), webVm('vm-1', { version, ip, ready: false, probe: 'empty' })], { profile });
    assert.deepEqual(found, profile === 'A' || profile === 'B' ? notReady : ready, profile);
  }
});

test('scenario 91: a guestInfo probe gates, read in the version that knows it', async () => {
  assert.deepEqual(await members([svc(), webVm('vm-1', { ip, ready: false, probe: 'guestInfo' })]), notReady);
});

test('scenario 92: a TCP probe of a VM that is off has failed, so the VM is not ready', async () => {
  const off = webVm('vm-1', { ip, power: 'off', ready: false, readyMessage: 'virtual machine is not powered on' });
  assert.deepEqual(await members([svc(), off]), notReady);
});

test('a VM can be ready behind one service and wait behind another, whose Endpoints never listed it', async () => {
  const vm = webVm('vm-1', { ip, probe: 'tcp' });
  const world = stage([
    svc(),
    { ...svc(), metadata: { ...svc().metadata, name: 'new', uid: 'u-new' } },
    vm,
    aService('svc', { owners }),
    someEndpoints('svc', { owners, ready: [vm] }),
  ]);
  await world.reconcile();
  await world.reconcile({ name: 'new' });
  assert.deepEqual([listed(await world.endpoints()), listed(await world.endpoints('new'))], [ready, notReady]);
});
