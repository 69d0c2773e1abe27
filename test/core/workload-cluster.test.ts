import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterMachineText, workloadClusterOf } from '../../src/core/workload-cluster.ts';
import { aVm, aVmService } from '../support/builders.ts';

const controlPlane = { cluster: 'tkc1', use: 'ControlPlane', service: undefined };

test('a service that people keep belongs to no workload cluster', () => {
  assert.equal(workloadClusterOf(aVmService('web')), undefined);
  assert.equal(
    workloadClusterOf(aVmService('web', { owners: [{ apiVersion: 'v1', kind: 'VSphereCluster', name: 'x', uid: 'u' }] })),
    undefined,
  );
});

test('an owner of Cluster API makes it the address of a control plane', () => {
  const owner = { apiVersion: 'vmware.infrastructure.cluster.x-k8s.io/v1beta1', kind: 'VSphereCluster', name: 'tkc1', uid: 'u' };
  assert.deepEqual(workloadClusterOf(aVmService('tkc1', { owners: [owner] })), controlPlane);
});

test('the labels of the cloud provider name the Service inside the cluster', () => {
  const labels = {
    'run.tanzu.vmware.com/cluster.name': 'tkc1',
    'run.tanzu.vmware.com/service.name': 'shop',
    'run.tanzu.vmware.com/service.namespace': 'default',
  };
  assert.deepEqual(workloadClusterOf(aVmService('tkc1-3f0a', { labels })), { cluster: 'tkc1', use: 'Service', service: 'default/shop' });
  const { 'run.tanzu.vmware.com/service.name': _, ...others } = labels;
  assert.equal(workloadClusterOf(aVmService('web', { labels: others })), undefined);
});

test('without either, the selector for the machines of a cluster tells, together with the ports', () => {
  const machines = (role: string, prefix = 'capv') => ({
    [`${prefix}.vmware.com/cluster.name`]: 'tkc1',
    [`${prefix}.vmware.com/cluster.role`]: role,
  });
  assert.deepEqual(workloadClusterOf(aVmService('tkc1', { selector: machines('controlplane'), ports: [6443] })), controlPlane);
  assert.equal(workloadClusterOf(aVmService('ssh', { selector: machines('controlplane'), ports: [22] })), undefined);
  const forNodes = { cluster: 'tkc1', use: 'Service', service: undefined };
  assert.deepEqual(workloadClusterOf(aVmService('shop', { selector: machines('node', 'capw'), ports: [[80, 30_080]] })), forNodes);
  assert.equal(workloadClusterOf(aVmService('mine', { selector: machines('node'), ports: [[80, 8080]] })), undefined);
});

test('a machine of a cluster is named with its cluster and what it is there', () => {
  const text = (labels: Readonly<Record<string, string>>) => clusterMachineText(aVm('m', { labels }));
  assert.equal(text({ app: 'web' }), undefined);
  assert.equal(text({ 'capw.vmware.com/cluster.name': 'tkc1', 'capw.vmware.com/cluster.role': 'controlplane' }), 'tkc1, control plane');
  assert.equal(text({ 'capv.vmware.com/cluster.name': 'tkc1', 'capv.vmware.com/cluster.role': 'node' }), 'tkc1, node');
  assert.equal(text({ 'cluster.x-k8s.io/cluster-name': 'tkc1', 'cluster.x-k8s.io/deployment-name': 'workers' }), 'tkc1, node pool workers');
});
