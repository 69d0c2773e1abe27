import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../src/model/object.ts';
import { brief, endpoints, findingsOf, healthyBut, service, slice, svc, web } from '../../support/diagnosed.ts';

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
  const both = [svc(), off, failing, service(), endpoints({ ready: [off], notReady: [failing] }), slice(['10.0.0.1'])];
  assert.deepEqual(
    findingsOf(both)
      .filter(({ severity }) => severity !== 'info')
      .map(brief),
    ['error VMS209 certain VirtualMachine/web-1', 'error VMS308 certain VirtualMachine/web-2'],
  );
  const offAndFailing = web('web-1', { power: 'off', ready: false, readyMessage: 'virtual machine is not powered on', ip: '10.0.0.1' });
  const [first] = findingsOf([svc(), offAndFailing, service(), endpoints({ notReady: [offAndFailing] })]);
  assert.ok(first?.code === 'VMS209' && first.follows.includes('VMS308'));
});
