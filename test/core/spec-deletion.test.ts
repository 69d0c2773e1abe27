import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { deprecatedFinalizer, finalizer } from '../../src/core/profile.ts';
import { ApiError } from '../../src/model/status.ts';
import { aService, ownedBy, someEndpoints } from '../support/builders.ts';
import { stage, svc, webVm } from '../support/stage.ts';

const deletedAt = '2026-11-20T11:00:00Z';
const children = [aService('svc', { owners: [ownedBy(svc())] }), someEndpoints('svc', { owners: [ownedBy(svc())], ready: ['1.1.1.1'] })];
const allDeleted = ['Endpoints/svc deleted', 'Service/svc deleted', 'VirtualMachineService/svc deleted'];

test('scenario 48: the deletion path deletes Endpoints and Service, and lets the VirtualMachineService go', async () => {
  const world = stage([svc({ deletedAt, finalizers: [finalizer] }), ...children, webVm('vm-1', { ip: '1.1.1.1' })]);
  const { error, steps } = await world.reconcile();
  assert.deepEqual([error, steps], [null, allDeleted]);
  assert.deepEqual([await world.vmService(), await world.service(), await world.endpoints()], [undefined, undefined, undefined]);
  assert.deepEqual(await world.names(), ['VirtualMachine/vm-1']);
});

test('scenario 49: the deprecated finalizer alone is enough, and goes', async () => {
  const world = stage([svc({ deletedAt, finalizers: [deprecatedFinalizer] }), ...children]);
  assert.deepEqual((await world.reconcile()).steps, allDeleted);
  assert.deepEqual([await world.vmService(), await world.service(), await world.endpoints()], [undefined, undefined, undefined]);
});

test('a finalizer of somebody else keeps the VirtualMachineService, without ours', async () => {
  const world = stage([svc({ deletedAt, finalizers: [deprecatedFinalizer, 'example.com/hold', finalizer] }), ...children]);
  assert.deepEqual((await world.reconcile()).steps, allDeleted.with(2, 'VirtualMachineService/svc updated'));
  assert.deepEqual((await world.vmService())?.metadata.finalizers, ['example.com/hold']);
  assert.equal(await world.service(), undefined);
  assert.deepEqual((await world.reconcile()).steps, ['VirtualMachineService/svc unchanged']);
});

test('scenario 50: without a finalizer of ours nothing is deleted', async () => {
  const world = stage([svc({ deletedAt, finalizers: ['example.com/hold'] }), ...children]);
  const before = [await world.vmService(), await world.service(), await world.endpoints()];
  assert.deepEqual((await world.reconcile()).steps, ['VirtualMachineService/svc unchanged']);
  assert.deepEqual([await world.vmService(), await world.service(), await world.endpoints()], before);
});

test('scenario 51: children that are gone already are no error', async () => {
  const world = stage([svc({ deletedAt, finalizers: [finalizer] })]);
  const { error, steps } = await world.reconcile();
  assert.deepEqual([error, steps], [null, ['VirtualMachineService/svc deleted']]);
  assert.equal(await world.vmService(), undefined);
});

test('scenario 52: a Service of the same name goes as well, whoever owns it', async () => {
  const owners = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'other', uid: 'd-1', controller: true }];
  const world = stage([svc({ deletedAt, finalizers: [finalizer] }), aService('svc', { owners })]);
  assert.deepEqual((await world.reconcile()).error, null);
  assert.equal(await world.service(), undefined);
});

test('scenario 53: where the Service may not be deleted, the finalizers stay, and the Endpoints are gone already', async () => {
  const finalizers = [deprecatedFinalizer, finalizer];
  const world = stage([svc({ deletedAt, finalizers }), ...children], { through: refusingToDelete('Service') });
  const { error, reason, steps } = await world.reconcile();
  assert.deepEqual([error, reason], ['failed to delete Service: services "svc" is forbidden: not today', 'Forbidden']);
  assert.deepEqual(steps, ['Endpoints/svc deleted']);
  assert.deepEqual((await world.vmService())?.metadata.finalizers, finalizers);
  assert.equal((await world.service())?.metadata.name, 'svc');
  assert.equal(await world.endpoints(), undefined);
});

test('scenario 54: the deprecated finalizer of a VirtualMachineService that stays is replaced by the current one', async () => {
  const world = stage([svc({ finalizers: [deprecatedFinalizer, 'example.com/hold'] })]);
  await world.reconcile();
  assert.deepEqual((await world.vmService())?.metadata.finalizers, ['example.com/hold', finalizer]);
});

test('scenario 55: a VirtualMachineService with both finalizers keeps both', async () => {
  const world = stage([svc({ finalizers: [deprecatedFinalizer, finalizer] })]);
  await world.reconcile();
  assert.deepEqual((await world.vmService())?.metadata.finalizers, [deprecatedFinalizer, finalizer]);
});

test('releases up to 8.0.3 know the deprecated finalizer only', async () => {
  const version = 'v1alpha2';
  const world = stage([svc({ version, finalizers: [finalizer] })], { profile: 'C' });
  await world.reconcile();
  assert.deepEqual((await world.vmService())?.metadata.finalizers, [finalizer, deprecatedFinalizer]);
  const deleting = stage([svc({ version, deletedAt, finalizers: [finalizer, deprecatedFinalizer] }), ...children], { profile: 'C' });
  await deleting.reconcile();
  assert.deepEqual((await deleting.vmService())?.metadata.finalizers, [finalizer]);
  const untouched = stage([svc({ version, deletedAt, finalizers: [finalizer] }), ...children], { profile: 'C' });
  await untouched.reconcile();
  assert.equal((await untouched.service())?.metadata.name, 'svc');
});

test('who is not the controller leaves a VirtualMachineService that is being deleted alone, and says what holds it', async () => {
  const world = stage([svc({ deletedAt, finalizers: [finalizer] }), ...children], { role: 'guest' });
  const { error, reason, steps } = await world.reconcile();
  assert.deepEqual(
    [error, reason, steps],
    [`VirtualMachineService prod/svc is being deleted, held by ${finalizer}: --as-controller runs the deletion path`, 'BeingDeleted', []],
  );
  assert.equal((await world.service())?.metadata.name, 'svc');
});

function refusingToDelete(kind: string): (cluster: Cluster) => Cluster {
  return (cluster) => ({
    ...cluster,
    async delete(ref, options) {
      if (ref.kind !== kind) return cluster.delete(ref, options);
      const message = `services "${ref.name}" is forbidden: not today`;
      throw new ApiError({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', message, code: 403 });
    },
  });
}
