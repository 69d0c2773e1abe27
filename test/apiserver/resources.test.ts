import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { findKind, findResource, servedGroups, servedResources } from '../../src/apiserver/resources.ts';

suite('what the server serves', () => {
  test('the versions of VM Operator of each release, the newest preferred and stored', () => {
    const versions = (['A', 'B', 'C', 'D', 'E'] as const).map((profile) =>
      servedGroups(profile).find(({ name }) => name === 'vmoperator.vmware.com'),
    );
    assert.deepEqual(
      versions.map((group) => [group?.preferredVersion, group?.versions.length]),
      [
        ['v1alpha1', 1],
        ['v1alpha1', 1],
        ['v1alpha2', 2],
        ['v1alpha5', 5],
        ['v1alpha6', 6],
      ],
    );
    for (const entry of servedResources('E')) {
      if (entry.group === 'vmoperator.vmware.com') assert.equal(entry.storageVersion, 'v1alpha6');
    }
  });

  test('the groups in the order of kube-apiserver', () => {
    assert.deepEqual(
      servedGroups('E').map(({ name }) => name),
      [
        '',
        'apps',
        'events.k8s.io',
        'batch',
        'networking.k8s.io',
        'rbac.authorization.k8s.io',
        'apiextensions.k8s.io',
        'coordination.k8s.io',
        'discovery.k8s.io',
        'iaas.vmware.com',
        'netoperator.vmware.com',
        'vmoperator.vmware.com',
      ],
    );
  });

  test('Services with the verbs, names and subresources that kube-apiserver tells', () => {
    const { verbs, shortNames, singular, categories, subresources, listKind } = findKind('A', 'v1', 'Service') ?? { verbs: [] };
    assert.deepEqual(
      { verbs, shortNames, singular, categories, listKind, subresources },
      {
        verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
        shortNames: ['svc'],
        singular: 'service',
        categories: ['all'],
        listKind: 'ServiceList',
        subresources: [{ name: 'status', kind: 'Service', verbs: ['get', 'patch', 'update'] }],
      },
    );
  });

  test('the same entry by kind and by path, and nothing that a release does not have', () => {
    assert.equal(
      findKind('C', 'vmoperator.vmware.com/v1alpha2', 'VirtualMachine'),
      findResource('C', 'vmoperator.vmware.com', 'v1alpha2', 'virtualmachines'),
    );
    assert.equal(findKind('C', 'vmoperator.vmware.com/v1alpha3', 'VirtualMachine'), undefined);
    assert.equal(findKind('D', 'netoperator.vmware.com/v1alpha1', 'NetworkSettings'), undefined);
  });
});
