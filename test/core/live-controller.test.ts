import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isControllersWork, lastWriteOfVmOperator, type SignOfLife, signOfLife } from '../../src/core/live-controller.ts';
import type { Json, JsonObject, KubeObject } from '../../src/model/object.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';

const now = Date.parse('2026-11-20T12:00:00Z');
const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

function writtenBy<T extends KubeObject>(object: T, ...managedFields: readonly JsonObject[]): T {
  return { ...object, metadata: { ...object.metadata, managedFields } };
}

function aLease(renewTime: Json, holderIdentity: Json | undefined = 'vmop-0_4f5c'): KubeObject {
  const spec = { renewTime, ...(holderIdentity !== undefined && { holderIdentity }) };
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'leader' }, ...{ spec } };
}

function aDeployment(status: JsonObject): KubeObject {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'manager' }, ...{ status } };
}

const vmService = aVmService('web');
const owned = { owners: [ownedBy(vmService)] };
const status = { 'f:status': { 'f:conditions': {} } };
const finalizers = (name: string) => ({ 'f:metadata': { 'f:finalizers': { '.': {}, [`v:"${name}"`]: {} } } });
const owner = { 'f:metadata': { 'f:ownerReferences': { '.': {}, 'k:{"uid":"u"}': {} } } };

describe('who counts as VM Operator in managedFields', () => {
  const entries: readonly (readonly [what: string, object: KubeObject, counts: boolean])[] = [
    ['vm-operator, whatever it wrote', writtenBy(aVm('web-1'), { manager: 'vm-operator', time: ago(12) }), true],
    ['a name that begins so', writtenBy(aVm('web-1'), { manager: 'vmware-system-vmop-controller-manager', time: ago(12) }), true],
    ['a person', writtenBy(vmService, { manager: 'kubectl-edit', time: ago(12), fieldsV1: status }), false],
    ['a name that only holds it', writtenBy(vmService, { manager: 'my-vm-operator', time: ago(12) }), false],
    ['manager with the status of a VM', writtenBy(aVm('web-1'), { manager: 'manager', time: ago(12), fieldsV1: status }), true],
    [
      'manager with the status of a VM as its subresource',
      writtenBy(aVm('web-1'), { manager: 'manager', subresource: 'status', time: ago(12), fieldsV1: {} }),
      true,
    ],
    [
      'manager with the spec of a VM, as Cluster API writes it',
      writtenBy(aVm('web-1'), { manager: 'manager', time: ago(12), fieldsV1: { 'f:spec': {} } }),
      false,
    ],
    [
      'manager with the status of another kind of VM',
      writtenBy({ ...aVm('web-1'), apiVersion: 'example.com/v1' }, { manager: 'manager', time: ago(12), fieldsV1: status }),
      false,
    ],
    [
      'manager with the finalizer',
      writtenBy(vmService, { manager: 'manager', time: ago(12), fieldsV1: finalizers('vmoperator.vmware.com/virtualmachineservice') }),
      true,
    ],
    [
      'manager with the finalizer of older releases',
      writtenBy(vmService, { manager: 'manager', time: ago(12), fieldsV1: finalizers('virtualmachineservice.vmoperator.vmware.com') }),
      true,
    ],
    [
      'manager with a finalizer of its own',
      writtenBy(vmService, { manager: 'manager', time: ago(12), fieldsV1: finalizers('example.com/wait') }),
      false,
    ],
    ['manager that made a child', writtenBy(aService('web', owned), { manager: 'manager', time: ago(12), fieldsV1: owner }), true],
    ['manager that made Endpoints', writtenBy(someEndpoints('web', owned), { manager: 'manager', time: ago(12), fieldsV1: owner }), true],
    ['manager that made a Service of another', writtenBy(aService('web'), { manager: 'manager', time: ago(12), fieldsV1: owner }), false],
    [
      'manager with the status of a child, as a load balancer writes it',
      writtenBy(aService('web', owned), { manager: 'manager', time: ago(12), fieldsV1: status }),
      false,
    ],
    ['an entry without a time', writtenBy(vmService, { manager: 'vm-operator' }), false],
    ['an entry with a time that is none', writtenBy(vmService, { manager: 'vm-operator', time: 'noon' }), false],
    ['this tool under its own name', writtenBy(vmService, { manager: 'kubectl-vmsvc', time: ago(12) }), false],
    ['an entry without fields', writtenBy(vmService, { manager: 'manager', time: ago(12) }), false],
    ['nobody', vmService, false],
  ];
  for (const [what, object, counts] of entries) {
    test(`${what} ${counts ? 'counts' : 'does not count'}`, () => {
      const sign = signOfLife({ objects: [object], leases: [], deployment: undefined }, 'kubectl-vmsvc', now);
      assert.deepEqual(sign, counts ? { sign: 'Write', at: now - 12_000 } : undefined);
    });
  }

  test('our own writes do not count under whatever name we were told to write', () => {
    const evidence = { objects: [writtenBy(vmService, { manager: 'vm-operator', time: ago(12) })], leases: [], deployment: undefined };
    assert.equal(signOfLife(evidence, 'vm-operator', now), undefined);
  });
});

describe('which signs of life count', () => {
  const wrote = (seconds: number) => writtenBy(aVm('web-1'), { manager: 'vm-operator', time: ago(seconds) });
  const available = aDeployment({ conditions: [{ type: 'Available', status: 'True' }] });
  const signs: readonly (readonly [what: string, evidence: Partial<Parameters<typeof signOfLife>[0]>, sign: SignOfLife | undefined])[] = [
    ['nothing at all', {}, undefined],
    ['a write ten minutes ago', { objects: [wrote(600)] }, { sign: 'Write', at: now - 600_000 }],
    ['a write longer ago', { objects: [wrote(601)] }, undefined],
    ['the newest of several writes', { objects: [wrote(700), wrote(5), wrote(90)] }, { sign: 'Write', at: now - 5_000 }],
    ['a write ahead of this clock', { objects: [wrote(-3)] }, { sign: 'Write', at: now + 3_000 }],
    ['a lease renewed a minute ago', { leases: [aLease(ago(60))] }, { sign: 'Lease', at: now - 60_000 }],
    ['a lease in microseconds', { leases: [aLease('2026-11-20T11:59:58.123456Z')] }, { sign: 'Lease', at: now - 1_877 }],
    ['a lease that nobody renews any more', { leases: [aLease(ago(61))] }, undefined],
    ['a lease renewed ahead of this clock', { leases: [aLease(ago(-3600))] }, { sign: 'Lease', at: now + 3_600_000 }],
    ['a lease that was given back a moment ago', { leases: [aLease(ago(1), '')] }, undefined],
    ['a lease that was given back, as newer libraries write it', { leases: [aLease(ago(1), null)] }, undefined],
    ['a lease that nobody ever held', { leases: [aLease(null)] }, undefined],
    ['an available Deployment', { deployment: available }, { sign: 'Deployment' }],
    [
      'a Deployment that is not available',
      { deployment: aDeployment({ conditions: [{ type: 'Available', status: 'False' }] }) },
      undefined,
    ],
    ['a Deployment that was scaled to nothing', { deployment: aDeployment({}) }, undefined],
    [
      'an old write and an available Deployment',
      { objects: [wrote(5000)], leases: [aLease(ago(500))], deployment: available },
      { sign: 'Deployment' },
    ],
  ];
  for (const [what, evidence, sign] of signs) {
    test(`${what}: ${sign === undefined ? 'no sign' : `a sign by ${sign.sign}`}`, () => {
      assert.deepEqual(signOfLife({ objects: [], leases: [], deployment: undefined, ...evidence }, 'kubectl-vmsvc', now), sign);
    });
  }
});

describe('which VirtualMachineServices the controller works on', () => {
  for (const name of ['vmoperator.vmware.com/virtualmachineservice', 'virtualmachineservice.vmoperator.vmware.com']) {
    test(`one with the finalizer ${name}`, () => assert.equal(isControllersWork(aVmService('web', { finalizers: [name] }), now), true));
  }
  test('not an old one without a finalizer', () => assert.equal(isControllersWork(aVmService('web'), now), false));
  test("not one with somebody else's finalizer", () => {
    assert.equal(isControllersWork(aVmService('web', { finalizers: ['example.com/wait'] }), now), false);
  });
  test('one that was made a moment ago, which it may not have come to', () => {
    assert.equal(isControllersWork(aVmService('web', { createdAt: ago(29) }), now), true);
    assert.equal(isControllersWork(aVmService('web', { createdAt: ago(30) }), now), false);
  });
});

test('the last write is the newest of any object, however long ago, and ours do not count', () => {
  const old = { manager: 'manager', time: ago(90_000), fieldsV1: status };
  const ours = { manager: 'kubectl-vmsvc', time: ago(5), fieldsV1: status };
  const objects = [writtenBy(vmService, old, ours), writtenBy(someEndpoints('web', owned), { ...old, time: ago(60_000), fieldsV1: owner })];
  assert.equal(lastWriteOfVmOperator(objects, 'kubectl-vmsvc'), now - 60_000_000);
  assert.equal(lastWriteOfVmOperator([vmService], 'kubectl-vmsvc'), undefined);
});
