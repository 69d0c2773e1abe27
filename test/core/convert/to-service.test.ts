import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toService } from '../../../src/core/convert/to-service.ts';
import { traitsOf } from '../../../src/core/profile.ts';
import { type World, worldOf } from '../../../src/core/world.ts';
import type { VirtualMachine } from '../../../src/model/virtual-machine.ts';
import { aVm, aVmService } from '../../support/builders.ts';
import { stage } from '../../support/stage.ts';

function worldWith(vms: readonly VirtualMachine[]): World {
  const none = { items: [] };
  return worldOf(
    {
      namespace: 'prod',
      vmServices: none,
      vms: { items: vms },
      services: none,
      endpoints: none,
      slices: none,
      events: none,
      networkSettings: none,
    },
    { traits: traitsOf('E'), release: 'main', version: 'v1alpha6', workloadIPv6: true, provider: 'none', perNamespaceProvider: false },
  );
}

const vms = [
  aVm('web-1', { labels: { app: 'svc' }, ip: '10.1.0.11', ready: true }),
  aVm('web-2', { labels: { app: 'svc' }, ip: '10.1.0.12', ready: false }),
  aVm('web-3', { labels: { app: 'svc' } }),
  aVm('db-1', { labels: { app: 'db' }, ip: '10.1.0.20' }),
];

test('the Service and the Endpoints are those of a reconcile, without an owner', async () => {
  const vmService = aVmService('svc', { labels: { team: 'a' }, ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }] });
  const { objects, losses } = toService(vmService, worldWith(vms));
  const played = stage([vmService, ...vms]);
  await played.reconcile({ role: 'guest', adopt: true });
  const [service, endpoints] = objects;
  assert.deepEqual(losses, []);
  assert.deepEqual(service, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'svc', namespace: 'prod', labels: { team: 'a' } },
    spec: {
      type: 'LoadBalancer',
      allocateLoadBalancerNodePorts: false,
      ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }],
      externalTrafficPolicy: 'Cluster',
    },
  });
  const stored = await played.endpoints();
  assert.deepEqual(endpoints, {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'svc', namespace: 'prod', labels: { team: 'a' } },
    subsets: stored?.subsets,
  });
});

test('nothing of NSX and VM Operator stays, and kube-proxy is to serve it', () => {
  const vmService = aVmService('svc', {
    labels: { 'service.kubernetes.io/service-proxy-name': 'nsx-t' },
    annotations: {
      'ncp/healthCheckNodePort': '31000',
      'virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy': 'Local',
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
      note: 'x',
    },
    finalizers: ['vmoperator.vmware.com/virtualmachineservice'],
  });
  const [service] = toService(vmService, worldWith(vms)).objects;
  assert.deepEqual(service?.metadata, {
    name: 'svc',
    namespace: 'prod',
    annotations: { 'virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy': 'Local', note: 'x' },
  });
  assert.ok(service !== undefined && 'spec' in service);
  assert.equal(JSON.stringify(service.spec).includes('"externalTrafficPolicy":"Local"'), true);
});

test('IP families that an older version hides in an annotation are found', () => {
  const hidden = { 'vmoperator.vmware.com/conversion': JSON.stringify({ spec: { ipFamilies: ['IPv6'], ipFamilyPolicy: 'SingleStack' } }) };
  const [service] = toService(aVmService('svc', { version: 'v1alpha5', annotations: hidden }), worldWith(vms)).objects;
  assert.ok(service !== undefined && 'spec' in service);
  assert.match(JSON.stringify(service.spec), /"ipFamilies":\["IPv6"\]/);
  const broken = toService(aVmService('svc', { annotations: { 'vmoperator.vmware.com/conversion': '{' } }), worldWith(vms));
  assert.deepEqual(broken.losses, [{ field: 'metadata.annotations["vmoperator.vmware.com/conversion"]', why: 'it cannot be read' }]);
});

test('what has no place is named; without VMs to look at there are no Endpoints', () => {
  const vmService = aVmService('svc', { owners: [{ apiVersion: 'a/v1', kind: 'A', name: 'a', uid: '1' }] });
  const odd = { ...vmService, spec: { ...vmService.spec, bogus: 1 } };
  const unseen = {
    ...worldWith(vms),
    vms: { unavailable: { verb: 'list', resource: 'virtualmachines', group: '', namespace: 'prod', because: 'Failed', message: '' } },
  } as const;
  const { objects, losses, notes } = toService(odd, unseen);
  assert.deepEqual(
    [objects.map(({ kind }) => kind), losses.map(({ field }) => field), notes],
    [['Service'], ['metadata.ownerReferences', 'spec.bogus'], []],
  );
});
