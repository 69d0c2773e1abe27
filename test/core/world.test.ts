import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nsxHealthCheckAnnotation, nsxHostnameAnnotation, serviceProxyLabel } from '../../src/core/load-balancer.ts';
import { providerSource } from '../../src/core/world.ts';
import type { KubeObject } from '../../src/model/object.ts';
import type { Service } from '../../src/model/service.ts';
import { aService, aVm, aVmService, someEndpoints } from '../support/builders.ts';
import { type SeenWorldOptions, seenWorld, someFacts, unavailable } from '../support/seen-world.ts';

function settings(provider: string, namespace = 'prod'): KubeObject {
  const object = { apiVersion: 'netoperator.vmware.com/v1alpha1', kind: 'NetworkSettings', metadata: { name: 'default', namespace } };
  return { ...object, ...{ provider } };
}

const nsx = { from: 'setting', provider: 'nsx' } as const;
const none = { from: 'setting', provider: 'none' } as const;

function sourceFor(facts: SeenWorldOptions, networkSettings?: KubeObject, services: readonly Service[] = []) {
  return providerSource(someFacts(facts), networkSettings === undefined ? { missing: true } : { found: networkSettings }, services);
}

test('a provider that was named is taken, whatever else there is', () => {
  assert.deepEqual(sourceFor({ provider: 'nsx' }, settings('vsphere-distributed')), nsx);
  assert.deepEqual(sourceFor({ provider: 'none', perNamespaceProvider: true }, settings('vpc')), none);
});

test('where the namespace decides, NetworkSettings that are missing or make no sense are not replaced by a guess', () => {
  for (const facts of [{ provider: 'namespace' }, { perNamespaceProvider: true }] satisfies SeenWorldOptions[]) {
    assert.deepEqual(sourceFor(facts), { from: 'namespace', networkSettings: undefined });
    const unknown = settings('token-ring');
    assert.deepEqual(sourceFor(facts, unknown), { from: 'namespace', networkSettings: unknown });
  }
});

test('where the namespace decides, NetworkSettings that could not be looked at are a problem, not missing', () => {
  const hidden = { networkSettings: 'Forbidden' } as const;
  assert.deepEqual(seenWorld([], { provider: 'namespace', hidden }).providerSource('prod'), {
    from: 'nowhere',
    problem: 'NetworkSettings could not be looked at: networksettings is forbidden',
  });
  assert.deepEqual(seenWorld([], { provider: 'namespace', hidden: { networkSettings: 'NotServed' } }).providerSource('prod'), {
    from: 'namespace',
    networkSettings: undefined,
  });
  assert.deepEqual(seenWorld([], { hidden }).providerSource('prod'), none);
});

test('otherwise NetworkSettings count where they make sense', () => {
  const vpc = settings('vpc');
  assert.deepEqual(sourceFor({}, vpc), { from: 'namespace', networkSettings: vpc });
  assert.deepEqual(sourceFor({}, settings('token-ring')), none);
  assert.deepEqual(sourceFor({}), none);
});

test('otherwise the traces of NSX on the namespace’s Services count', () => {
  const traces: readonly Service[] = [
    aService('a', { labels: { [serviceProxyLabel]: 'nsx-t' } }),
    aService('b', { annotations: { 'ncp/internal_ip_for_policy': '1' } }),
    aService('c', { annotations: { [nsxHostnameAnnotation]: 'x' } }),
  ];
  for (const trace of traces) {
    assert.deepEqual(sourceFor({}, undefined, [aService('plain'), trace]), nsx);
    const elsewhere = { ...trace, metadata: { ...trace.metadata, namespace: 'other' } };
    assert.deepEqual(seenWorld([elsewhere]).providerSource('prod'), none);
    assert.deepEqual(seenWorld([elsewhere]).providerSource('other'), nsx);
  }
});

test('what users write themselves is no trace of NSX', () => {
  const own = [
    aService('a', { labels: { [serviceProxyLabel]: 'mine' } }),
    aService('b', { annotations: { [nsxHealthCheckAnnotation]: '1' } }),
  ];
  assert.deepEqual(sourceFor({}, undefined, own), none);
});

test('a world finds the children by namespace and name', () => {
  const service = aService('web');
  const endpoints = someEndpoints('web', { namespace: 'other' });
  const world = seenWorld([service, endpoints, aService('api')]);
  assert.deepEqual(world.service(aVmService('web')), { found: service });
  assert.deepEqual(world.endpoints(aVmService('web')), { missing: true });
  assert.deepEqual(world.endpoints(aVmService('web', { namespace: 'other' })), { found: endpoints });
});

test('a kind that could not be looked at is neither found nor missing', () => {
  const hidden = { services: 'Forbidden', slices: 'NotServed', vms: 'Failed' } as const;
  const world = seenWorld([aService('web'), aVm('web-1')], { hidden });
  assert.deepEqual(world.service(aVmService('web')), { unavailable: unavailable('services') });
  assert.deepEqual(world.slices(aVmService('web')), { unavailable: unavailable('slices', 'NotServed') });
  assert.deepEqual(world.vms, { unavailable: unavailable('vms', 'Failed') });
});

test('slices belong to the Service that their label names', () => {
  const slice = (name: string, labels: Readonly<Record<string, string>>) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    metadata: { name, namespace: 'prod', labels },
  });
  const web = slice('web-1', { 'kubernetes.io/service-name': 'web' });
  const world = seenWorld([web, slice('api-1', { 'kubernetes.io/service-name': 'api' }), slice('free', {})]);
  assert.deepEqual(world.slices(aVmService('web')), { items: [web] });
  assert.deepEqual(world.slices(aVmService('none')), { items: [] });
});

test('events of both APIs belong to the object that they regard', () => {
  const regarding = { kind: 'VirtualMachineService', namespace: 'prod', name: 'web' };
  const event = (name: string, fields: object): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: 'prod' },
    ...fields,
  });
  const events = [event('old', { involvedObject: regarding }), event('new', { regarding }), event('lost', {})];
  const world = seenWorld([...events, event('other', { involvedObject: { ...regarding, kind: 'Service' } })]);
  assert.deepEqual(
    world.events(aVmService('web')).map(({ metadata }) => metadata.name),
    ['old', 'new'],
  );
  assert.deepEqual(world.events(aVmService('api')), []);
});

test('each namespace has the provider of its own NetworkSettings', () => {
  const world = seenWorld([settings('vpc'), settings('vsphere-distributed', 'other')]);
  assert.deepEqual(world.providerSource('prod'), { from: 'namespace', networkSettings: settings('vpc') });
  assert.deepEqual(world.providerSource('other'), { from: 'namespace', networkSettings: settings('vsphere-distributed', 'other') });
  assert.deepEqual(world.providerSource('third'), none);
});
