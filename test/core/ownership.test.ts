import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alreadyOwnedMessage, ownershipOf, withController } from '../../src/core/ownership.ts';
import type { OwnerReference } from '../../src/model/object.ts';
import { aService, aVmService, ownedBy } from '../support/builders.ts';

const vmService = aVmService('web');
const ours = ownedBy(vmService);
const deployment: OwnerReference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd-1', controller: true };
const gateway: OwnerReference = { apiVersion: 'example.com/v1', kind: 'Gateway', name: 'web', uid: 'g-1' };

const ownerOf = (...owners: OwnerReference[]) => ownershipOf(aService('web', { owners }), vmService);

test('a child with our reference is ours, whatever its uid and version', () => {
  assert.deepEqual(ownerOf(ours), { owner: 'ours' });
  assert.deepEqual(ownerOf({ ...ours, uid: 'of an earlier one', apiVersion: 'vmoperator.vmware.com/v1alpha3' }), { owner: 'ours' });
  assert.deepEqual(ownerOf(gateway, { ...ours, controller: false }), { owner: 'ours' });
});

test('a child without a reference to us and without a controller is nobody’s', () => {
  assert.deepEqual(ownershipOf(aService('web'), vmService), { owner: 'nobody' });
  assert.deepEqual(ownerOf(gateway), { owner: 'nobody' });
  assert.deepEqual(ownerOf({ ...ours, name: 'other', controller: false }), { owner: 'nobody' });
});

test('another controller owns the child, even beside a reference to us', () => {
  assert.deepEqual(ownerOf(deployment), { owner: 'another', controller: deployment });
  assert.deepEqual(ownerOf({ ...ours, controller: false }, deployment), { owner: 'another', controller: deployment });
  const elsewhere = { ...ours, name: 'other' };
  assert.deepEqual(ownerOf(elsewhere), { owner: 'another', controller: elsewhere });
  const sameKindOfAnotherGroup = { ...ours, apiVersion: 'example.com/v1' };
  assert.deepEqual(ownerOf(sameKindOfAnotherGroup), { owner: 'another', controller: sameKindOfAnotherGroup });
});

test('our reference is appended where there is none, and replaced in its place', () => {
  assert.deepEqual(withController(undefined, vmService), [ours]);
  assert.deepEqual(withController([gateway], vmService), [gateway, ours]);
  const stale = { ...ours, uid: 'of an earlier one', apiVersion: 'vmoperator.vmware.com/v1alpha3' };
  assert.deepEqual(withController([stale, gateway], vmService), [ours, gateway]);
});

test('the message names the object, and the kind and name of the controller it has', () => {
  assert.equal(
    alreadyOwnedMessage(aService('web', { namespace: 'prod' }), { ...deployment, name: 'shop' }, 'Object'),
    'Object prod/web is already owned by another Deployment controller shop',
  );
});
