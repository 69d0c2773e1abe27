import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthCheckAnnotation, providerMetadata, trafficPolicyAnnotation } from '../../src/core/load-balancer.ts';
import { type Profile, traitsOf } from '../../src/core/profile.ts';
import { desiredService } from '../../src/core/service.ts';
import type { Service } from '../../src/model/service.ts';
import type { VirtualMachineService } from '../../src/model/virtual-machine-service.ts';
import { aService, aVmService, ownedBy, type VmServiceOptions } from '../support/builders.ts';

interface Circumstances {
  readonly profile?: Profile;
  readonly workloadIPv6?: boolean;
  readonly provider?: 'nsx' | 'none';
}

function desired(vmService: VirtualMachineService, existing?: Service, circumstances: Circumstances = {}): Service {
  const { profile = 'E', workloadIPv6 = false, provider = 'none' } = circumstances;
  const traits = traitsOf(profile);
  return desiredService(vmService, existing, {
    traits,
    workloadIPv6,
    provider: providerMetadata(provider, vmService.metadata, traits),
  });
}

test('a new Service has what the VirtualMachineService says and nothing else', () => {
  const vmService = aVmService('web', { labels: { team: 'a' }, annotations: { note: 'b' } });
  assert.deepEqual(desired(vmService), {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'web',
      namespace: 'prod',
      labels: { team: 'a' },
      annotations: { note: 'b' },
      ownerReferences: [ownedBy(vmService)],
    },
    spec: {
      type: 'LoadBalancer',
      allocateLoadBalancerNodePorts: false,
      externalTrafficPolicy: 'Cluster',
      ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }],
    },
  });
});

test('every optional field is copied, for every type', () => {
  const fields = { loadBalancerIP: '1.1.1.42', loadBalancerSourceRanges: ['10.0.0.0/8'], externalName: 'db.example.com' };
  for (const type of ['LoadBalancer', 'ClusterIP', 'ExternalName']) {
    const { spec } = desired(aVmService('web', { ...fields, type, clusterIp: '10.96.0.42' }));
    assert.deepEqual(
      [spec.type, spec.loadBalancerIP, spec.loadBalancerSourceRanges, spec.externalName, spec.clusterIP],
      [type, '1.1.1.42', ['10.0.0.0/8'], 'db.example.com', '10.96.0.42'],
    );
  }
});

test('what the VirtualMachineService does not say is cleared', () => {
  const existing = aService('web', { loadBalancerIP: '1.1.1.42', loadBalancerSourceRanges: ['10.0.0.0/8'], externalName: 'x.example.com' });
  for (const empty of [{}, { loadBalancerIP: '', loadBalancerSourceRanges: [], externalName: '' }]) {
    const { loadBalancerIP, loadBalancerSourceRanges, externalName } = desired(aVmService('web', empty), existing).spec;
    assert.deepEqual([loadBalancerIP, loadBalancerSourceRanges, externalName], [undefined, undefined, undefined]);
  }
});

test('what the controller never touches is kept', () => {
  const kept = {
    selector: { app: 'pods' },
    sessionAffinity: 'ClientIP',
    externalIPs: ['192.0.2.1'],
    publishNotReadyAddresses: true,
    internalTrafficPolicy: 'Local',
    loadBalancerClass: 'example.com/lb',
    healthCheckNodePort: 30100,
    clusterIP: '10.96.0.99',
  };
  const existing = aService('web', { ...kept, finalizers: ['example.com/hold'], ingress: ['192.0.2.7'] });
  const result = desired(aVmService('web', { clusterIp: '10.96.0.1' }), existing);
  assert.deepEqual(result.spec, { ...existing.spec });
  assert.deepEqual(result.status, existing.status);
  assert.deepEqual(result.metadata, { ...existing.metadata, ownerReferences: [ownedBy(aVmService('web'))] });
});

test('a Service that is as it should be does not change', () => {
  const vmService = aVmService('web', { labels: { team: 'a' }, annotations: { note: 'b' } });
  const existing = aService('web', { owners: [ownedBy(vmService)], labels: { team: 'a', foreign: 'c' }, annotations: { note: 'b' } });
  assert.deepEqual(desired(vmService, existing), existing);
});

test('node ports follow the names of the ports, and everything else of a port is rebuilt', () => {
  const existing = aService('web', {
    ports: [
      { name: 'a', protocol: 'TCP', port: 1, targetPort: 1, nodePort: 30001, appProtocol: 'http' },
      { name: 'b', protocol: 'TCP', port: 2, targetPort: 2, nodePort: 30002 },
      { protocol: 'TCP', port: 3, targetPort: 3, nodePort: 30003 },
    ],
  });
  const port = (name: string, number: number) => ({ name, protocol: 'TCP', port: number, targetPort: number });
  assert.deepEqual(desired(aVmService('web', { ports: [port('b', 1), port('a', 2), port('new', 4), port('', 5)] }), existing).spec.ports, [
    { ...port('b', 1), nodePort: 30002 },
    { ...port('a', 2), nodePort: 30001 },
    port('new', 4),
    { protocol: 'TCP', port: 5, targetPort: 5, nodePort: 30003 },
  ]);
});

test('a LoadBalancer has policy Cluster unless the annotation says Local; other types have none unless it says one', () => {
  const policyOf = (options: VmServiceOptions, existing?: Service) =>
    desired(aVmService('web', options), existing).spec.externalTrafficPolicy;
  const asking = (policy: string) => ({ annotations: { [trafficPolicyAnnotation]: policy } });
  assert.equal(policyOf({}), 'Cluster');
  assert.equal(policyOf(asking('Local')), 'Local');
  assert.equal(policyOf(asking('bogus')), 'Cluster');
  assert.equal(policyOf({ type: 'ClusterIP' }), undefined);
  assert.equal(policyOf({ type: 'ClusterIP', ...asking('Local') }), 'Local');
  assert.equal(policyOf({ type: 'ClusterIP', ...asking('bogus') }), undefined);
  assert.equal(policyOf({}, aService('web', { externalTrafficPolicy: 'Local' })), 'Cluster');
});

test('node ports are switched off for LoadBalancers from 8.0.3 on', () => {
  const allocates = (profile: Profile, type: string) =>
    desired(aVmService('web', { type }), undefined, { profile }).spec.allocateLoadBalancerNodePorts;
  assert.deepEqual(
    (['A', 'B', 'C', 'D', 'E'] as const).map((profile) => allocates(profile, 'LoadBalancer')),
    [undefined, undefined, false, false, false],
  );
  assert.equal(allocates('E', 'ClusterIP'), undefined);
  const other = desired(aVmService('web', { type: 'ClusterIP' }), aService('web', { allocateLoadBalancerNodePorts: true }));
  assert.equal(other.spec.allocateLoadBalancerNodePorts, undefined);
  const old = desired(aVmService('web'), aService('web', { allocateLoadBalancerNodePorts: true }), { profile: 'A' });
  assert.equal(old.spec.allocateLoadBalancerNodePorts, true);
});

test('families are copied where the capability is on, and never cleared but for ExternalName', () => {
  const dual = { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' };
  const on = { workloadIPv6: true };
  const familiesOf = ({ spec }: Service) => [spec.ipFamilies, spec.ipFamilyPolicy];
  assert.deepEqual(familiesOf(desired(aVmService('web', dual), undefined, on)), [dual.ipFamilies, dual.ipFamilyPolicy]);
  assert.deepEqual(familiesOf(desired(aVmService('web', dual))), [undefined, undefined]);
  assert.deepEqual(familiesOf(desired(aVmService('web', dual), undefined, { ...on, profile: 'D' })), [undefined, undefined]);
  assert.deepEqual(familiesOf(desired(aVmService('web'), aService('web', dual), on)), [dual.ipFamilies, dual.ipFamilyPolicy]);
  assert.deepEqual(familiesOf(desired(aVmService('web', { ipFamilies: [] }), aService('web', dual), on))[0], dual.ipFamilies);
  assert.deepEqual(familiesOf(desired(aVmService('web', { type: 'ExternalName' }), aService('web', dual), on)), [undefined, undefined]);
  assert.deepEqual(familiesOf(desired(aVmService('web', { type: 'ExternalName' }), aService('web', dual))), [
    dual.ipFamilies,
    dual.ipFamilyPolicy,
  ]);
});

test('metadata merges: own keys win, foreign keys stay, the two annotations of the operator follow the VirtualMachineService', () => {
  const existing = aService('web', {
    labels: { shared: 'theirs', foreign: 'stays' },
    annotations: { shared: 'theirs', foreign: 'stays', [trafficPolicyAnnotation]: 'Local', [healthCheckAnnotation]: '30012' },
  });
  const result = desired(aVmService('web', { labels: { shared: 'ours' }, annotations: { shared: 'ours' } }), existing);
  assert.deepEqual(result.metadata.labels, { shared: 'ours', foreign: 'stays' });
  assert.deepEqual(result.metadata.annotations, { shared: 'ours', foreign: 'stays' });
  assert.equal(result.spec.externalTrafficPolicy, 'Cluster');
});

test('a label called __proto__ is copied like any other', () => {
  const labels = JSON.parse('{"__proto__":"a"}');
  const own = desired(aVmService('web', { labels }));
  assert.equal(JSON.stringify(own.metadata.labels), '{"__proto__":"a"}');
  const kept = desired(aVmService('web'), aService('web', { labels }));
  assert.equal(JSON.stringify(kept.metadata.labels), '{"__proto__":"a"}');
});
