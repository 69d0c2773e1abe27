import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finalizer } from '../../src/core/profile.ts';
import type { OwnerReference } from '../../src/model/object.ts';
import { aService, ownedBy, someEndpoints } from '../support/builders.ts';
import { allCreated, allUnchanged, listed, stage, svc, webVm } from '../support/stage.ts';

const deployment: OwnerReference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'other', uid: 'd-1', controller: true };
const gateway: OwnerReference = { apiVersion: 'example.com/v1', kind: 'Gateway', name: 'gate', uid: 'g-1' };
const one = webVm('vm-1', { ip: '1.1.1.1' });

test('scenario 41: a Service without an owner is adopted: owned and overwritten, its cluster IP and foreign labels kept', async () => {
  const found = aService('svc', {
    type: 'ClusterIP',
    clusterIP: '10.96.0.42',
    labels: { foreign: 'x' },
    ports: [{ name: 'old', protocol: 'TCP', port: 1, targetPort: 1 }],
  });
  const world = stage([svc({ labels: { b: '2' } }), found]);
  assert.deepEqual((await world.reconcile()).steps, ['Service/svc updated', 'Endpoints/svc created', 'VirtualMachineService/svc updated']);
  const service = await world.service();
  assert.deepEqual(service?.metadata.ownerReferences, [ownedBy(svc())]);
  assert.deepEqual(service?.metadata.labels, { foreign: 'x', b: '2' });
  assert.deepEqual(
    [service?.spec.type, service?.spec.clusterIP, service?.spec.ports],
    ['LoadBalancer', '10.96.0.42', [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }]],
  );
});

test('scenario 42: a Service that another controller owns is an error: the finalizer is added, and nothing else changes', async () => {
  const found = aService('svc', { owners: [deployment] });
  const world = stage([svc(), found, one]);
  const before = await world.service();
  const { error, reason, steps } = await world.reconcile();
  assert.equal(
    error,
    'failed to reconcile VirtualMachineService: failed to update VirtualMachineService k8s Service: Object prod/svc is already owned by another Deployment controller other',
  );
  assert.equal(reason, 'OwnedByAnotherController');
  assert.deepEqual(steps, ['VirtualMachineService/svc updated']);
  assert.deepEqual(await world.service(), before);
  assert.equal(await world.endpoints(), undefined);
  const vmService = await world.vmService();
  assert.deepEqual([vmService?.metadata.finalizers, vmService?.status], [[finalizer], undefined]);
});

test('scenario 43: a Service with an owner that does not control it is adopted, and keeps that owner', async () => {
  const world = stage([svc(), aService('svc', { owners: [gateway] })]);
  assert.equal((await world.reconcile()).error, null);
  assert.deepEqual((await world.service())?.metadata.ownerReferences, [gateway, ownedBy(svc())]);
});

test('scenario 44: the reference of an earlier VirtualMachineService of the same name is rewritten in its place', async () => {
  const stale = { ...ownedBy(svc()), apiVersion: 'vmoperator.vmware.com/v1alpha3', uid: '00000000-0000-4000-8000-000000000001' };
  const world = stage([svc(), aService('svc', { owners: [stale, gateway] })]);
  assert.equal((await world.reconcile()).error, null);
  assert.deepEqual((await world.service())?.metadata.ownerReferences, [ownedBy(svc()), gateway]);
});

test('scenario 45: Endpoints without an owner are replaced: labels, annotations and subsets', async () => {
  const found = someEndpoints('svc', { labels: { foreign: 'x' }, annotations: { foreign: 'y' }, ready: ['192.0.2.1'] });
  const world = stage([svc({ labels: { b: '2' } }), found, one]);
  assert.deepEqual((await world.reconcile()).steps, allCreated.with(1, 'Endpoints/svc updated'));
  const endpoints = await world.endpoints();
  assert.deepEqual([endpoints?.metadata.labels, endpoints?.metadata.annotations], [{ b: '2' }, undefined]);
  assert.deepEqual(endpoints?.metadata.ownerReferences, [ownedBy(svc())]);
  assert.deepEqual(listed(endpoints), { ready: ['1.1.1.1'], notReady: [] });
  assert.deepEqual((await world.reconcile()).steps, allUnchanged);
});

test('scenario 46: Endpoints that another controller owns are an error after the Service is written; the status stays', async () => {
  const world = stage([svc(), someEndpoints('svc', { owners: [deployment], ready: ['192.0.2.1'] }), one]);
  const before = await world.endpoints();
  const { error, steps } = await world.reconcile();
  assert.equal(
    error,
    'failed to reconcile VirtualMachineService: failed to update VirtualMachineService Endpoints: Object prod/svc is already owned by another Deployment controller other',
  );
  assert.deepEqual(steps, ['Service/svc created', 'VirtualMachineService/svc updated']);
  assert.deepEqual(await world.endpoints(), before);
  assert.equal((await world.vmService())?.status, undefined);
});

test('scenario 47: an adopted Service keeps its selector', async () => {
  const world = stage([svc(), aService('svc', { selector: { app: 'pods' } })]);
  assert.equal((await world.reconcile()).error, null);
  assert.deepEqual((await world.service())?.spec.selector, { app: 'pods' });
});

test('who is not the controller takes over nothing that nobody owns, unless told to', async () => {
  const world = stage([svc(), aService('svc'), one], { role: 'guest' });
  const before = await world.service();
  const { error, reason, steps } = await world.reconcile();
  assert.equal(error, 'Service prod/svc exists and nobody owns it: say --adopt to take it over, as the controller would');
  assert.deepEqual([reason, steps], ['UnownedChild', []]);
  assert.deepEqual([await world.service(), await world.endpoints()], [before, undefined]);
  assert.equal((await world.reconcile({ adopt: true })).error, null);
  assert.deepEqual((await world.service())?.metadata.ownerReferences, [ownedBy(svc())]);
});

test('who is not the controller neither adds a finalizer nor speaks in the controller’s words', async () => {
  const world = stage([svc(), aService('svc', { owners: [deployment] })], { role: 'guest' });
  assert.equal((await world.reconcile()).error, 'Service prod/svc is already owned by another Deployment controller other');
  assert.equal((await world.vmService())?.metadata.finalizers, undefined);
});
