import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ApiServer } from '../../../src/apiserver/server.ts';
import type { Json, JsonObject, KubeObject } from '../../../src/model/object.ts';
import { endpointSliceOf } from '../../../src/model/service.ts';
import { anApiServer } from '../../support/api-server.ts';
import { ask } from '../../support/ask.ts';

function aServer(): ApiServer {
  return anApiServer({ controllers: ['endpointslice-mirroring'] });
}

function create(server: ApiServer, kind: 'Service' | 'Endpoints', fields: JsonObject, metadata: JsonObject = {}): void {
  const answer = ask(server, 'create', { kind }, { body: { apiVersion: 'v1', kind, metadata: { name: 'web', ...metadata }, ...fields } });
  assert.equal(answer.code, 201);
}

function aService(server: ApiServer, spec: JsonObject = {}): void {
  create(server, 'Service', { spec: { ports: [{ port: 80 }], ...spec } });
}

function slices(server: ApiServer): readonly KubeObject[] {
  return server.objects().filter(({ kind }) => kind === 'EndpointSlice');
}

/** What a slice says: its family, its ports, and its addresses with their readiness. */
function contents(server: ApiServer): readonly Json[] {
  return slices(server)
    .map(endpointSliceOf)
    .map(({ addressType, ports, endpoints = [] }) => [
      addressType,
      (ports ?? []).map(({ port }) => port ?? 0),
      ...endpoints.map(({ addresses, conditions }) => `${addresses.join()} ${conditions?.ready}`),
    ]);
}

const port = { name: 'http', port: 8080, protocol: 'TCP' };

suite('Endpoints are mirrored into EndpointSlices', () => {
  test('with all that a slice says, where the Service has no selector', () => {
    const server = aServer();
    aService(server);
    const targetRef = {
      apiVersion: 'vmoperator.vmware.com/v1alpha6',
      kind: 'VirtualMachine',
      name: 'web-1',
      namespace: 'default',
      uid: 'uid-1',
    };
    const annotations = {
      team: 'a',
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
      'endpoints.kubernetes.io/last-change-trigger-time': 'x',
    };
    create(
      server,
      'Endpoints',
      { subsets: [{ addresses: [{ ip: '192.0.2.1', targetRef }], ports: [port] }] },
      { labels: { app: 'web' }, annotations, uid: 'x' },
    );
    const owner = server.objects().find(({ kind }) => kind === 'Endpoints');
    const [slice, ...others] = slices(server);
    assert.ok(slice !== undefined && owner?.metadata.uid !== undefined);
    assert.deepEqual(others, []);
    const { name, uid: _uid, resourceVersion: _version, creationTimestamp: _time, managedFields: _managers, ...metadata } = slice.metadata;
    assert.match(name, /^web-[a-z0-9]{5}$/);
    assert.deepEqual(metadata, {
      generateName: 'web-',
      namespace: 'default',
      generation: 1,
      labels: {
        app: 'web',
        'kubernetes.io/service-name': 'web',
        'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
      },
      annotations: { team: 'a' },
      ownerReferences: [
        { apiVersion: 'v1', kind: 'Endpoints', name: 'web', uid: owner.metadata.uid, controller: true, blockOwnerDeletion: true },
      ],
    });
    const { addressType, endpoints, ports } = endpointSliceOf(slice);
    assert.deepEqual(
      { addressType, endpoints, ports },
      { addressType: 'IPv4', endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready: true }, targetRef }], ports: [port] },
    );
  });

  test('one slice for each subset and family, not-ready addresses last', () => {
    const server = aServer();
    aService(server);
    const subsets = [
      { addresses: [{ ip: '192.0.2.1' }, { ip: 'fd00:0::1' }], notReadyAddresses: [{ ip: '192.0.2.2' }], ports: [port] },
      { addresses: [{ ip: '192.0.2.3' }], ports: [{ ...port, port: 8081 }] },
    ];
    create(server, 'Endpoints', { subsets });
    assert.deepEqual(contents(server), [
      ['IPv4', [8080], '192.0.2.1 true', '192.0.2.2 false'],
      ['IPv6', [8080], 'fd00::1 true'],
      ['IPv4', [8081], '192.0.2.3 true'],
    ]);
  });

  test('an address is the same in every subset: what is said of it first holds', () => {
    const server = aServer();
    aService(server);
    const said = { hostname: 'web-1', nodeName: 'host-1' };
    const subsets = [
      { addresses: [{ ip: '192.0.2.1', ...said }], ports: [port] },
      { addresses: [{ ip: '192.0.2.1' }, { ip: '192.0.2.2' }], ports: [{ ...port, port: 8081 }] },
    ];
    create(server, 'Endpoints', { subsets });
    const first = { addresses: ['192.0.2.1'], conditions: { ready: true }, ...said };
    assert.deepEqual(
      slices(server).map((slice) => endpointSliceOf(slice).endpoints),
      [[first], [first, { addresses: ['192.0.2.2'], conditions: { ready: true } }]],
    );
  });

  test('a label of the Endpoints raises the generation of the slice, whose name is no longer made up', () => {
    const server = aServer();
    aService(server);
    create(server, 'Endpoints', { subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [port] }] });
    const told = () => slices(server).map(({ metadata }) => [metadata.generation, metadata.generateName, metadata.labels?.['app']]);
    assert.deepEqual(told(), [[1, 'web-', undefined]]);
    ask(server, 'patch', { kind: 'Endpoints', name: 'web' }, { patchType: 'merge', body: { metadata: { labels: { app: 'web' } } } });
    assert.deepEqual(told(), [[2, undefined, 'web']]);
  });

  test('a subset without ports has a slice without ports', () => {
    const server = aServer();
    aService(server, { clusterIP: 'None' });
    create(server, 'Endpoints', { subsets: [{ addresses: [{ ip: '192.0.2.1' }] }] });
    assert.deepEqual(contents(server), [['IPv4', [], '192.0.2.1 true']]);
  });

  test('no more than a thousand addresses of a subset: those that are ready, in the order of their text', () => {
    const server = aServer();
    aService(server);
    const addresses = Array.from({ length: 1003 }, (_, index) => ({ ip: `10.9.${index >> 8}.${index & 255}` }));
    create(server, 'Endpoints', { subsets: [{ addresses, notReadyAddresses: [{ ip: '10.1.1.1' }], ports: [port] }] });
    const mirrored = endpointSliceOf(slices(server)[0] ?? { apiVersion: '', kind: '', metadata: { name: '' } }).endpoints;
    const inOrder = addresses.map(({ ip }) => ip).sort();
    assert.deepEqual(
      mirrored?.flatMap((endpoint) => endpoint.addresses),
      inOrder.slice(0, 1000),
    );
  });

  test('a change of the addresses changes the slice and keeps its name', () => {
    const server = aServer();
    aService(server);
    create(server, 'Endpoints', { subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [port] }] });
    const before = slices(server)[0]?.metadata.name;
    for (const ports of [[port], [{ ...port, port: 9999 }]]) {
      const body = { subsets: [{ notReadyAddresses: [{ ip: '192.0.2.7' }], ports }] };
      ask(server, 'patch', { kind: 'Endpoints', name: 'web' }, { patchType: 'merge', body });
      assert.deepEqual(contents(server), [['IPv4', [ports[0]?.port ?? 0], '192.0.2.7 false']]);
      assert.equal(slices(server)[0]?.metadata.name, before);
    }
  });

  test('a slice that somebody deletes or changes is put right again', () => {
    const server = aServer();
    aService(server);
    create(server, 'Endpoints', { subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [port] }] });
    const expected = contents(server);
    const name = slices(server)[0]?.metadata.name ?? '';
    const slice = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', name };
    ask(server, 'patch', slice, { patchType: 'merge', body: { endpoints: [] } });
    assert.deepEqual(contents(server), expected);
    ask(server, 'delete', slice);
    assert.deepEqual(contents(server), expected);
  });

  test('a write that changes nothing in the addresses leaves the slice as it is', () => {
    const server = aServer();
    aService(server);
    create(server, 'Endpoints', { subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [port] }] });
    const before = slices(server);
    ask(server, 'patch', { kind: 'Service', name: 'web' }, { patchType: 'merge', body: { metadata: { labels: { a: 'b' } } } });
    assert.deepEqual(slices(server), before);
  });
});

suite('Endpoints are not mirrored', () => {
  const subsets = [{ addresses: [{ ip: '192.0.2.1' }], ports: [port] }];

  test('without a Service, and no longer when it goes', () => {
    const server = aServer();
    create(server, 'Endpoints', { subsets });
    assert.deepEqual(slices(server), []);
    aService(server);
    assert.equal(slices(server).length, 1);
    ask(server, 'delete', { kind: 'Service', name: 'web' });
    assert.deepEqual(slices(server), []);
  });

  test('where the Service has a selector, from the moment that it gets one', () => {
    const server = aServer();
    aService(server);
    create(server, 'Endpoints', { subsets });
    ask(server, 'patch', { kind: 'Service', name: 'web' }, { patchType: 'merge', body: { spec: { selector: { app: 'web' } } } });
    assert.deepEqual(slices(server), []);
  });

  for (const [what, metadata] of [
    ['the label skip-mirror', { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }],
    ['the annotation of a leader election', { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } }],
  ] as const) {
    test(`with ${what}`, () => {
      const server = aServer();
      aService(server);
      create(server, 'Endpoints', { subsets }, metadata);
      assert.deepEqual(slices(server), []);
    });
  }
});
