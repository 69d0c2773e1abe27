import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  healthCheckAnnotation,
  nsxHealthCheckAnnotation,
  nsxHostnameAnnotation,
  providerMetadata,
  resolveProvider,
  serviceProxyLabel,
  trafficPolicyAnnotation,
} from '../../src/core/load-balancer.ts';
import { traitsOf } from '../../src/core/profile.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { aVmService } from '../support/builders.ts';

function settingsOf(fields: object): KubeObject {
  return {
    apiVersion: 'netoperator.vmware.com/v1alpha1',
    kind: 'NetworkSettings',
    metadata: { name: 'default', namespace: 'prod' },
    ...fields,
  };
}

const byNamespace = (networkSettings: KubeObject | undefined) => resolveProvider({ from: 'namespace', networkSettings });

test('a setting is taken as it is', () => {
  assert.deepEqual(resolveProvider({ from: 'setting', provider: 'nsx' }), { provider: 'nsx' });
  assert.deepEqual(resolveProvider({ from: 'setting', provider: 'none' }), { provider: 'none' });
});

test('NetworkSettings name the network, and the network decides', () => {
  assert.deepEqual(byNamespace(settingsOf({ provider: 'vsphere-distributed' })), { provider: 'none' });
  assert.deepEqual(byNamespace(settingsOf({ provider: 'nsx-tier1' })), { provider: 'nsx' });
  assert.deepEqual(byNamespace(settingsOf({ provider: 'vpc' })), { provider: 'nsx' });
  assert.deepEqual(byNamespace(settingsOf({ provider: 'vpc', legacyProvider: 'vsphere-distributed' })), { provider: 'nsx' });
});

test('missing NetworkSettings and unknown networks are problems, in the controller’s words', () => {
  assert.deepEqual(byNamespace(undefined), { problem: 'NetworkSettings has not been created for this namespace' });
  assert.deepEqual(byNamespace(settingsOf({ provider: 'token-ring' })), { problem: 'unknown network provider "token-ring"' });
  assert.deepEqual(byNamespace(settingsOf({})), { problem: 'unknown network provider ""' });
  assert.deepEqual(byNamespace(settingsOf({ spec: { provider: 'vpc' } })), { problem: 'unknown network provider ""' });
});

function metadataFor(provider: 'nsx' | 'none', annotations: Readonly<Record<string, string>>, profile: 'D' | 'E' = 'E') {
  return providerMetadata(provider, aVmService('web', { annotations }).metadata, traitsOf(profile));
}

test('without NSX there is nothing to add and nothing to remove', () => {
  assert.deepEqual(metadataFor('none', { [trafficPolicyAnnotation]: 'Local', [healthCheckAnnotation]: '30012' }), {
    annotations: {},
    labels: {},
    annotationsToRemove: [],
    labelsToRemove: [],
  });
});

test('NSX removes what nobody asked for', () => {
  assert.deepEqual(metadataFor('nsx', {}), {
    annotations: {},
    labels: {},
    annotationsToRemove: [nsxHealthCheckAnnotation, nsxHostnameAnnotation],
    labelsToRemove: [serviceProxyLabel],
  });
  assert.deepEqual(providerMetadata('nsx', { name: 'web' }, traitsOf('E')), metadataFor('nsx', {}));
});

test('NSX carries the health check node port over, even an empty one, and keeps a host name', () => {
  for (const port of ['30012', '']) {
    assert.deepEqual(metadataFor('nsx', { [healthCheckAnnotation]: port, [nsxHostnameAnnotation]: '' }), {
      annotations: { [nsxHealthCheckAnnotation]: port },
      labels: {},
      annotationsToRemove: [],
      labelsToRemove: [serviceProxyLabel],
    });
  }
});

test('NSX takes over from kube-proxy for policy Local, and for no other spelling', () => {
  assert.deepEqual(metadataFor('nsx', { [trafficPolicyAnnotation]: 'Local' }).labels, { [serviceProxyLabel]: 'nsx-t' });
  assert.deepEqual(metadataFor('nsx', { [trafficPolicyAnnotation]: 'Local' }).labelsToRemove, []);
  for (const policy of ['Cluster', 'local', '']) {
    const { labels, labelsToRemove } = metadataFor('nsx', { [trafficPolicyAnnotation]: policy });
    assert.deepEqual([labels, labelsToRemove], [{}, [serviceProxyLabel]]);
  }
});

test('releases before main leave the host name annotation alone', () => {
  assert.deepEqual(metadataFor('nsx', {}, 'D').annotationsToRemove, [nsxHealthCheckAnnotation]);
});
