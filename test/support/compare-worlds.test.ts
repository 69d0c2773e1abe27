import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../src/model/object.ts';
import { aService, aVm, aVmService, someEndpoints } from './builders.ts';
import { compareWorlds, type RecordedWorld } from './compare-worlds.ts';

const place = { namespace: 'w1' };
const vm = aVm('vm-0', { ...place, ip: '10.0.0.7' });
const other = aVm('vm-1', { ...place, ip: '10.0.0.8' });
const ready = { type: 'VirtualMachineServiceServiceReady', reason: 'R', message: '', lastTransitionTime: '2026-11-10T12:00:00Z' };
const vmService = aVmService('svc-0', { ...place, conditions: [{ ...ready, status: 'False' }] });
const service = aService('svc-0', { ...place, ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 30080 }] });
const endpoints = someEndpoints('svc-0', { ...place, ready: [vm, other] });

function world(before: readonly KubeObject[], after: readonly KubeObject[], results: RecordedWorld['results'] = { 'svc-0': null }) {
  return { id: 'w1', before, after, results };
}

function compare(recorded: RecordedWorld, after: readonly KubeObject[], error: string | null = null): readonly string[] {
  return compareWorlds(recorded, { after, errors: new Map([['svc-0', error]]) });
}

const all = [vmService, service, endpoints];
const changed = (object: KubeObject, change: object): KubeObject => ({ ...object, ...change });
const remeta = (object: KubeObject, change: object): KubeObject => ({ ...object, metadata: { ...object.metadata, ...change } });
const respec = (change: object): KubeObject => changed(service, { spec: { ...service.spec, ...change } });
const aPort = { name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 };

test('worlds that are the same have no difference, and other kinds are not looked at', () => {
  assert.deepEqual(compare(world(all, all), [...all, vm]), []);
});

test('versions and generations that a server counts, and its managers, are excused', () => {
  assert.deepEqual(
    compare(
      world(all, all),
      all.map((object) => remeta(object, { resourceVersion: '7', generation: 9, managedFields: [{}] })),
    ),
    [],
  );
});

test('an object too few, one too many and another error are differences', () => {
  assert.deepEqual(compare(world(all, all), [vmService, service]), ['Endpoints/svc-0: is missing']);
  assert.deepEqual(compare(world(all, [vmService, service]), all), ['Endpoints/svc-0: is there, and should not be']);
  assert.deepEqual(compare(world(all, all, { 'svc-0': 'no' }), all), [
    'VirtualMachineService/svc-0: the controller said "no", we said null',
  ]);
  assert.deepEqual(compare(world(all, all), all, 'no'), ['VirtualMachineService/svc-0: the controller said null, we said "no"']);
  assert.deepEqual(compareWorlds(world(all, all), { after: all, errors: new Map() }), [
    'VirtualMachineService/svc-0: the controller said null, we said nothing',
  ]);
});

test('one planted change in any field is one difference, with its path and both values', () => {
  const planted: readonly (readonly [KubeObject, string])[] = [
    [respec({ type: 'ClusterIP' }), 'Service/svc-0.spec.type: the controller left "LoadBalancer", we left "ClusterIP"'],
    [respec({ loadBalancerIP: '1.1.1.1' }), 'Service/svc-0.spec.loadBalancerIP: the controller left nothing, we left "1.1.1.1"'],
    [respec({ sessionAffinity: undefined }), 'Service/svc-0.spec.sessionAffinity: the controller left "None", we left nothing'],
    [
      respec({ clusterIP: '10.96.0.16' }),
      'Service/svc-0.spec.clusterIP: the controller left "10.96.0.15", we left "<an IPv4 address of the cluster>"',
    ],
    [respec({ ports: [{ ...aPort, nodePort: 30081 }] }), 'Service/svc-0.spec.ports[0].nodePort: the controller left 30080, we left 30081'],
    [respec({ ports: [aPort] }), 'Service/svc-0.spec.ports[0].nodePort: the controller left 30080, we left nothing'],
    [
      remeta(service, { labels: { __proto__: null, a: '1' } }),
      'Service/svc-0.metadata.labels: the controller left nothing, we left {"a":"1"}',
    ],
    [remeta(service, { uid: 'x' }), `Service/svc-0.metadata.uid: the controller left "${service.metadata.uid}", we left "x"`],
    [
      changed(service, { status: { loadBalancer: {}, conditions: [] } }),
      'Service/svc-0.status.conditions: the controller left nothing, we left []',
    ],
  ];
  for (const [object, difference] of planted) {
    assert.deepEqual(compare(world(all, all), [vmService, object, endpoints]), [difference]);
  }
});

test('the order of addresses is compared', () => {
  const swapped = someEndpoints('svc-0', { ...place, ready: [other, vm] });
  assert.deepEqual(
    compare(world(all, all), [vmService, service, swapped]).map((difference) => difference.split(':')[0]),
    ['ip', 'targetRef.name', 'targetRef.uid']
      .flatMap((field) => [`Endpoints/svc-0.subsets[0].addresses[0].${field}`])
      .concat(['ip', 'targetRef.name', 'targetRef.uid'].map((field) => `Endpoints/svc-0.subsets[0].addresses[1].${field}`)),
  );
});

test('what a server assigns to a new Service may differ, inside its range only', () => {
  const recorded = world([vmService], all);
  const assigned = { clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'], ports: [{ ...aPort, nodePort: 31999 }] };
  const fresh = { uid: '7d3f0000-0000-4000-8000-000000000001', creationTimestamp: '2027-01-01T00:00:00Z' };
  const ours = (spec: object, metadata: object = fresh) => [
    vmService,
    remeta(respec({ ...assigned, ...spec }), metadata),
    remeta(endpoints, fresh),
  ];
  assert.deepEqual(compare(recorded, ours({})), []);
  assert.deepEqual(compare(recorded, ours({ clusterIP: '10.97.0.1' })), [
    'Service/svc-0.spec.clusterIP: the controller left "<an IPv4 address of the cluster>", we left "10.97.0.1"',
  ]);
  assert.deepEqual(compare(recorded, ours({ clusterIPs: ['fd00:10:96::7'] })), [
    'Service/svc-0.spec.clusterIPs[0]: the controller left "<an IPv4 address of the cluster>", we left "<an IPv6 address of the cluster>"',
  ]);
  assert.deepEqual(compare(recorded, ours({ ports: [{ ...aPort, nodePort: 29999 }] })), [
    'Service/svc-0.spec.ports[0].nodePort: the controller left "<a node port>", we left 29999',
  ]);
  assert.deepEqual(compare(recorded, ours({ ports: [aPort] })), [
    'Service/svc-0.spec.ports[0].nodePort: the controller left "<a node port>", we left nothing',
  ]);
  assert.deepEqual(compare(recorded, ours({ healthCheckNodePort: 31000 })), [
    'Service/svc-0.spec.healthCheckNodePort: the controller left nothing, we left "<a node port>"',
  ]);
  assert.deepEqual(compare(recorded, ours({}, { ...fresh, uid: '' })), [
    'Service/svc-0.metadata.uid: the controller left "<a uid>", we left ""',
  ]);
  assert.deepEqual(compare(recorded, ours({}, { uid: fresh.uid, creationTimestamp: undefined })), [
    'Service/svc-0.metadata.creationTimestamp: the controller left "<a time>", we left nothing',
  ]);
});

test('a cluster IP that the VirtualMachineService asked for is not the server’s to choose', () => {
  const asking = aVmService('svc-0', { ...place, clusterIp: '10.96.0.15' });
  const recorded = world([asking], [asking, service]);
  assert.deepEqual(compare(recorded, [asking, respec({ clusterIP: '10.96.0.16' })]), [
    'Service/svc-0.spec.clusterIP: the controller left "10.96.0.15", we left "<an IPv4 address of the cluster>"',
  ]);
});

test('a second address that an existing Service gets is the server’s choice, the first one stays', () => {
  const dual = (first: string, second: string) => respec({ clusterIP: first, clusterIPs: [first, second] });
  const recorded = world(all, [vmService, dual('10.96.0.15', 'fd00:10:96::1'), endpoints]);
  assert.deepEqual(compare(recorded, [vmService, dual('10.96.0.15', 'fd00:10:96::abcd'), endpoints]), []);
  assert.deepEqual(compare(recorded, [vmService, respec({ clusterIPs: ['10.96.0.99', 'fd00:10:96::1'] }), endpoints]), [
    'Service/svc-0.spec.clusterIPs[0]: the controller left "10.96.0.15", we left "<an IPv4 address of the cluster>"',
  ]);
});

test('a condition whose state changed has a newer time, one that stayed keeps its own', () => {
  const withCondition = (condition: object) => changed(vmService, { status: { conditions: [condition] } });
  const turned = { ...ready, status: 'True', lastTransitionTime: '2026-11-11T00:00:00Z' };
  const recorded = world(all, [withCondition(turned), service, endpoints]);
  const time = 'VirtualMachineService/svc-0.status.conditions[0].lastTransitionTime';
  assert.deepEqual(compare(recorded, [withCondition({ ...turned, lastTransitionTime: '2027-01-01T00:00:00Z' }), service, endpoints]), []);
  assert.deepEqual(compare(recorded, [withCondition({ ...turned, lastTransitionTime: ready.lastTransitionTime }), service, endpoints]), [
    `${time}: the controller left "<a newer time>", we left "2026-11-10T12:00:00Z"`,
  ]);
  assert.deepEqual(compare(recorded, [withCondition({ ...turned, lastTransitionTime: undefined }), service, endpoints]), [
    `${time}: the controller left "<a newer time>", we left nothing`,
  ]);
  const unchanged = withCondition({ ...ready, status: 'False', lastTransitionTime: '2027-01-01T00:00:00Z' });
  assert.deepEqual(compare(world(all, all), [unchanged, service, endpoints]), [
    `${time}: the controller left "2026-11-10T12:00:00Z", we left "2027-01-01T00:00:00Z"`,
  ]);
});
