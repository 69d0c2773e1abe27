import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../src/model/object.ts';
import { someEndpoints } from '../../support/builders.ts';
import { brief, endpoints, findingsOf, healthyBut, service, svc, web } from '../../support/diagnosed.ts';

const longAgo = '2026-11-20T09:00:00Z';
const goingNamespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'prod', deletionTimestamp: longAgo },
  status: {
    phase: 'Terminating',
    conditions: [
      { type: 'NamespaceDeletionDiscoveryFailure', status: 'False', message: 'All resources successfully discovered' },
      { type: 'NamespaceFinalizersRemaining', status: 'True', message: 'Some content in the namespace has finalizers remaining' },
    ],
  },
} as KubeObject;

test('where the namespace goes, a service that is stuck in its deletion goes with it, and is named as what holds it', () => {
  const [first, ...others] = findingsOf(healthyBut(svc({ deletedAt: longAgo }), goingNamespace));
  assert.ok(first);
  assert.deepEqual([brief(first), ...others.map(brief)], ['error VMS917 certain Namespace/prod']);
  assert.ok(first.follows.includes('VMS112'));
  assert.deepEqual(first.evidence.slice(1), [
    'svc is being deleted, and held by vmoperator.vmware.com/virtualmachineservice',
    'Namespace NamespaceFinalizersRemaining: Some content in the namespace has finalizers remaining',
  ]);
});

test('a deletion that has just begun explains nothing of a namespace that goes', () => {
  const [first, ...others] = findingsOf(healthyBut(svc({ deletedAt: '2026-11-20T11:59:50Z' }), goingNamespace));
  assert.deepEqual(first && [brief(first), first.follows.includes('VMS112')], ['error VMS917 certain Namespace/prod', true]);
  assert.deepEqual(others, []);
});

test('a deletion that is stuck is what its Service and Endpoints suffer from', () => {
  const found = findingsOf(healthyBut(svc({ deletedAt: longAgo })).filter(({ kind }) => kind !== 'Service'));
  assert.deepEqual(found.map(brief).slice(0, 1), ['error VMS112 certain VirtualMachineService/svc']);
});

test('what is wrong with one VM explains nothing that is wrong with another', () => {
  const off = web('web-1', { power: 'off', ip: '10.0.0.1' });
  const failing = web('web-2', { ready: false, readyMessage: 'dial tcp 10.0.0.2:8080: i/o timeout', ip: '10.0.0.2' });
  const both = [svc(), off, failing, service(), endpoints({ ready: [off], notReady: [failing] })];
  assert.deepEqual(
    findingsOf(both)
      .filter(({ severity, object }) => severity !== 'info' && object.kind === 'VirtualMachine')
      .map(brief),
    ['error VMS209 certain VirtualMachine/web-1', 'error VMS308 certain VirtualMachine/web-2'],
  );
  const offAndFailing = web('web-1', { power: 'off', ready: false, readyMessage: 'virtual machine is not powered on', ip: '10.0.0.1' });
  const [first] = findingsOf([svc(), offAndFailing, service(), endpoints({ notReady: [offAndFailing] })]);
  assert.ok(first?.code === 'VMS209' && first.follows.includes('VMS308'));
});

test('where the VMs of a new service are still to come, that explains its address without endpoints', () => {
  const [first, ...others] = findingsOf([svc({ createdAt: '2026-11-20T11:57:00Z' }), service(), endpoints()]);
  assert.ok(first);
  assert.deepEqual([brief(first), first.follows], ['warning VMS201 certain VirtualMachineService/svc', ['VMS614']]);
  assert.ok(others.every(({ severity }) => severity === 'info'));
});

test('a Service that is no load balancer is what has to be mended, not the load balancer', () => {
  const world = healthyBut(service({ type: 'ClusterIP', ingress: [] }));
  assert.deepEqual(
    findingsOf(world)
      .filter(({ severity }) => severity !== 'info')
      .map(brief),
    ['error VMS406 certain Service/svc'],
  );
});

test('Endpoints that belong to another controller are not waiting for this one', () => {
  const owners = [{ apiVersion: 'apps/v1', kind: 'WebApp', name: 'x', uid: 'u', controller: true }];
  const world = healthyBut(someEndpoints('svc', { owners })).filter(({ kind }) => kind !== 'EndpointSlice');
  const found = findingsOf(world).filter(({ severity }) => severity !== 'info');
  assert.deepEqual(found.map(brief), ['error VMS403 certain Endpoints/svc']);
});
