import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  healthCheckAnnotation,
  nsxHealthCheckAnnotation,
  nsxHostnameAnnotation,
  serviceProxyLabel,
  trafficPolicyAnnotation,
} from '../../src/core/load-balancer.ts';
import { finalizer } from '../../src/core/profile.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { aService } from '../support/builders.ts';
import { allUnchanged, type Stage, type StageOptions, stage, svc } from '../support/stage.ts';

async function reconciled(objects: readonly KubeObject[], options?: StageOptions): Promise<Stage> {
  const world = stage(objects, options);
  assert.equal((await world.reconcile()).error, null);
  return world;
}

const nsx = { provider: 'nsx' } as const;
const byNamespace = { provider: 'namespace' } as const;

function settings(provider: string): KubeObject {
  const object = {
    apiVersion: 'netoperator.vmware.com/v1alpha1',
    kind: 'NetworkSettings',
    metadata: { name: 'default', namespace: 'prod' },
  };
  return { ...object, ...{ provider } };
}

/** Annotations and labels of the VirtualMachineService and of its Service. */
async function metadataOf(world: Stage) {
  const [own, service] = [(await world.vmService())?.metadata, (await world.service())?.metadata];
  return { own: { ...own?.annotations, ...own?.labels }, service: { ...service?.annotations, ...service?.labels } };
}

test('scenario 101: under NSX the health check node port reaches NSX’s annotation on both', async () => {
  const world = await reconciled([svc({ annotations: { [healthCheckAnnotation]: '30012' } })], nsx);
  const both = { [healthCheckAnnotation]: '30012', [nsxHealthCheckAnnotation]: '30012' };
  assert.deepEqual(await metadataOf(world), { own: both, service: both });
});

test('scenario 102: without the operator’s annotation the Service loses NSX’s, the VirtualMachineService keeps it', async () => {
  const world = await reconciled([svc({ annotations: { [healthCheckAnnotation]: '30012' } })], nsx);
  await world.edit('VirtualMachineService', { metadata: { annotations: { [healthCheckAnnotation]: null } } });
  assert.equal((await world.reconcile()).error, null);
  assert.deepEqual(await metadataOf(world), { own: { [nsxHealthCheckAnnotation]: '30012' }, service: {} });
});

test('scenario 103: under NSX policy Local also hands the Service to NSX’s proxy', async () => {
  const world = await reconciled([svc({ annotations: { [trafficPolicyAnnotation]: 'Local' } })], nsx);
  assert.equal((await world.service())?.spec.externalTrafficPolicy, 'Local');
  const both = { [trafficPolicyAnnotation]: 'Local', [serviceProxyLabel]: 'nsx-t' };
  assert.deepEqual(await metadataOf(world), { own: both, service: both });
});

test('scenario 104: without the annotation the Service returns to policy Cluster and to kube-proxy', async () => {
  const annotations = { [trafficPolicyAnnotation]: 'Local', [healthCheckAnnotation]: '30012' };
  const world = await reconciled([svc({ annotations })], nsx);
  const gone = { [trafficPolicyAnnotation]: null, [healthCheckAnnotation]: null };
  await world.edit('VirtualMachineService', { metadata: { annotations: gone } });
  assert.equal((await world.reconcile()).error, null);
  assert.equal((await world.service())?.spec.externalTrafficPolicy, 'Cluster');
  assert.deepEqual((await metadataOf(world)).service, {});
});

test('scenario 105: under NSX other policies set no label and remove one; nonsense leaves policy Cluster', async () => {
  for (const policy of ['Cluster', 'bogus']) {
    const world = await reconciled(
      [svc({ annotations: { [trafficPolicyAnnotation]: policy }, labels: { [serviceProxyLabel]: 'nsx-t' } })],
      nsx,
    );
    assert.equal((await world.service())?.spec.externalTrafficPolicy, 'Cluster');
    assert.deepEqual((await metadataOf(world)).service, { [trafficPolicyAnnotation]: policy });
  }
});

test('scenario 106: under NSX the host name annotation comes and goes with the VirtualMachineService’s', async () => {
  const world = await reconciled([svc({ annotations: { [nsxHostnameAnnotation]: 'shop.example.com' } })], nsx);
  assert.deepEqual((await metadataOf(world)).service, { [nsxHostnameAnnotation]: 'shop.example.com' });
  await world.edit('VirtualMachineService', { metadata: { annotations: { [nsxHostnameAnnotation]: null } } });
  await world.reconcile();
  assert.deepEqual((await metadataOf(world)).service, {});
});

test('scenario 107: without NSX the host name annotation stays on the Service', async () => {
  const world = await reconciled([svc({ annotations: { [nsxHostnameAnnotation]: 'shop.example.com' } })]);
  await world.edit('VirtualMachineService', { metadata: { annotations: { [nsxHostnameAnnotation]: null } } });
  assert.deepEqual((await world.reconcile()).steps, allUnchanged);
  assert.deepEqual((await metadataOf(world)).service, { [nsxHostnameAnnotation]: 'shop.example.com' });
});

test('scenario 108: the proxy label of a user is copied without NSX, and stripped under NSX', async () => {
  const labelled = svc({ labels: { [serviceProxyLabel]: 'nsx-t' } });
  assert.deepEqual((await metadataOf(await reconciled([labelled]))).service, { [serviceProxyLabel]: 'nsx-t' });
  const world = await reconciled([labelled], nsx);
  assert.deepEqual(await metadataOf(world), { own: { [serviceProxyLabel]: 'nsx-t' }, service: {} });
  assert.deepEqual((await world.reconcile()).steps, allUnchanged);
});

test('scenario 109: under NSX its own annotation without the operator’s never reaches the Service', async () => {
  const world = await reconciled([svc({ annotations: { [nsxHealthCheckAnnotation]: '30012' } })], nsx);
  assert.deepEqual((await metadataOf(world)).service, {});
});

test('scenario 110: a setting of none adds nothing, a setting of nsx does', async () => {
  const annotations = { [trafficPolicyAnnotation]: 'Local' };
  const none = await reconciled([svc({ annotations })], { provider: 'none' });
  assert.deepEqual((await none.vmService())?.metadata.labels, undefined);
  const some = await reconciled([svc({ annotations })], nsx);
  assert.deepEqual((await some.vmService())?.metadata.labels, { [serviceProxyLabel]: 'nsx-t' });
});

test('scenario 111: the namespace’s network decides', async () => {
  const annotations = { [trafficPolicyAnnotation]: 'Local' };
  const labelsUnder = async (provider: string) =>
    (await (await reconciled([svc({ annotations }), settings(provider)], byNamespace)).service())?.metadata.labels;
  assert.deepEqual(await labelsUnder('vpc'), { [serviceProxyLabel]: 'nsx-t' });
  assert.deepEqual(await labelsUnder('nsx-tier1'), { [serviceProxyLabel]: 'nsx-t' });
  assert.deepEqual(await labelsUnder('vsphere-distributed'), undefined);
});

const missing = 'failed to get load balancer provider: NetworkSettings has not been created for this namespace';

test('scenario 112: missing NetworkSettings are an error for every type', async () => {
  const errors = { LoadBalancer: missing, ClusterIP: `failed to update VirtualMachineService k8s Service: ${missing}` };
  for (const [type, error] of Object.entries(errors)) {
    const world = stage([svc({ type })], byNamespace);
    const outcome = await world.reconcile();
    assert.deepEqual([outcome.error, outcome.reason], [`failed to reconcile VirtualMachineService: ${error}`, 'ProviderUnknown']);
    assert.deepEqual([await world.service(), (await world.vmService())?.metadata.finalizers], [undefined, [finalizer]]);
  }
});

test('scenario 113: NetworkSettings with an unknown provider are an error that names it', async () => {
  const world = stage([svc(), settings('token-ring')], { ...byNamespace, unstorable: true });
  assert.match((await world.reconcile()).error ?? '', /failed to get load balancer provider: unknown network provider "token-ring"$/);
});

test('scenario 114: where a setting decides, missing NetworkSettings do not matter', async () => {
  assert.equal((await stage([svc()], { provider: 'none' }).reconcile()).error, null);
});

test('scenario 115: a ClusterIP with a traffic policy annotation is refused each time', async () => {
  const world = stage([svc({ type: 'ClusterIP', annotations: { [trafficPolicyAnnotation]: 'Local' } })]);
  for (const _ of ['first', 'second']) {
    assert.equal(
      (await world.reconcile()).error,
      'failed to reconcile VirtualMachineService: failed to update VirtualMachineService k8s Service: Service "svc" is invalid: spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
    );
    assert.equal(await world.service(), undefined);
  }
});

test('a foreign Service is told before a missing provider, but for a LoadBalancer', async () => {
  const owners = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'other', uid: 'd-1', controller: true }];
  const foreign = aService('svc', { owners });
  const errorOf = async (type: string) => (await stage([svc({ type }), foreign], byNamespace).reconcile()).reason;
  assert.deepEqual([await errorOf('ClusterIP'), await errorOf('LoadBalancer')], ['OwnedByAnotherController', 'ProviderUnknown']);
});
