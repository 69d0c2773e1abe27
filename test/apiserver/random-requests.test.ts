import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Verb } from '../../src/apiserver/request.ts';
import { findKind } from '../../src/apiserver/resources.ts';
import type { ApiServer, IncomingRequest } from '../../src/apiserver/server.ts';
import { nodePortsOf } from '../../src/apiserver/service/service-spec.ts';
import { isList, type Json, type JsonObject } from '../../src/model/object.ts';
import { serviceOf } from '../../src/model/service.ts';
import { anApiServer } from '../support/api-server.ts';
import { propertyOptions } from '../support/arbitraries.ts';
import { ask, at } from '../support/ask.ts';

/** Values that fields of Services may have, and values that they may not. */
const scalar = fc.constantFrom<Json>(
  'ClusterIP',
  'LoadBalancer',
  'NodePort',
  'ExternalName',
  'None',
  '',
  'a.b',
  '10.96.0.9',
  'Local',
  'SingleStack',
  'RequireDualStack',
  0,
  80,
  31000,
  -1,
  1.5,
  true,
  false,
  null,
);
const port = fc.record(
  {
    name: fc.constantFrom('a', 'b', ''),
    port: fc.constantFrom(80, 443, 0),
    nodePort: fc.constantFrom(0, 31000, 31001),
    protocol: fc.constantFrom('TCP', 'UDP'),
  },
  { requiredKeys: ['port'] },
);
const families = fc.subarray(['IPv4', 'IPv6']);
const spec: fc.Arbitrary<JsonObject> = fc.record(
  {
    type: fc.oneof({ arbitrary: fc.constantFrom('ClusterIP', 'LoadBalancer', 'NodePort', 'ExternalName'), weight: 4 }, scalar),
    ports: fc.oneof({ arbitrary: fc.array(port, { maxLength: 3 }), weight: 4 }, scalar),
    clusterIP: scalar,
    clusterIPs: fc.oneof(fc.constantFrom(['None'], ['10.96.0.9'], ['10.96.0.9', 'fd00:10:96::9']), scalar),
    ipFamilies: fc.oneof(families, scalar),
    ipFamilyPolicy: fc.constantFrom('SingleStack', 'PreferDualStack', 'RequireDualStack', null),
    externalTrafficPolicy: scalar,
    allocateLoadBalancerNodePorts: scalar,
    healthCheckNodePort: scalar,
    externalName: scalar,
    selector: fc.oneof(fc.dictionary(fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 }), { maxKeys: 2 }), scalar),
  },
  { requiredKeys: [] },
);
const metadata: fc.Arbitrary<JsonObject> = fc.record(
  {
    labels: fc.dictionary(fc.string({ maxLength: 3 }), fc.string({ maxLength: 3 }), { maxKeys: 2 }),
    finalizers: fc.constantFrom([], ['example.test/hold'], null),
    uid: scalar,
    resourceVersion: scalar,
    generation: scalar,
  },
  { requiredKeys: [] },
);
const name = fc.constantFrom('a', 'b', 'c');
const write: fc.Arbitrary<Pick<IncomingRequest, 'verb' | 'patchType' | 'subresource' | 'body' | 'name' | 'options'>> = fc
  .record({
    verb: fc.constantFrom<Verb>('create', 'update', 'patch', 'patch', 'delete'),
    name,
    spec,
    metadata: fc.oneof(fc.constant({}), metadata),
    status: fc.boolean(),
    dryRun: fc.boolean(),
  })
  .map(({ verb, name: target, spec: fields, metadata: meta, status, dryRun }) => ({
    verb,
    name: target,
    ...(verb === 'patch' ? { patchType: 'merge' as const } : {}),
    ...(verb === 'patch' && status ? { subresource: 'status' } : {}),
    body:
      verb === 'patch'
        ? { metadata: meta, spec: fields }
        : { apiVersion: 'v1', kind: 'Service', metadata: { ...meta, name: target }, spec: { ports: [{ port: 80 }], ...fields } },
    options: { dryRun: dryRun && status },
  }));

const anything: fc.Arbitrary<JsonObject> = fc
  .object({ maxDepth: 4, withNullPrototype: false, values: [fc.string(), fc.integer(), fc.boolean(), fc.constant(null)] })
  .map((value) => JSON.parse(JSON.stringify(value)));

function send(server: ApiServer, request: Partial<IncomingRequest> & { readonly verb: Verb }) {
  const { name: target, verb, ...rest } = request;
  return ask(server, verb, { kind: 'Service', ...(verb === 'create' || target === undefined ? {} : { name: target }) }, rest);
}

suite('whatever is asked', () => {
  test('every request is answered, a refusal changes nothing, and no two Services share an address or a node port', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 25 }), (requests) => {
        const server = anApiServer({ controllers: ['load-balancer', 'garbage-collector', 'endpointslice-mirroring', 'resource-quota'] });
        for (const request of requests) {
          const before = server.state;
          const { code } = send(server, request);
          if (code >= 400 || request.options.dryRun === true) assert.equal(server.state, before);
          assertDistinct(server);
        }
      }),
      propertyOptions(150),
    );
  });

  test('what a creation answers is what a GET answers', () => {
    fc.assert(
      fc.property(spec, (fields) => {
        const server = anApiServer();
        const created = send(server, {
          verb: 'create',
          body: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { ports: [{ port: 80 }], ...fields } },
        });
        if (created.code === 201) assert.deepEqual(send(server, { verb: 'get', name: 'a' }).body, created.body);
      }),
      propertyOptions(300),
    );
  });

  test('an object that is written back as it was read stays as it is', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 15 }), (requests) => {
        const server = anApiServer();
        for (const request of requests) send(server, request);
        const before = server.state;
        const items = at(ask(server, 'list', { kind: 'Service' }).body, 'items');
        for (const item of isList(items) ? items : []) {
          const body = { apiVersion: 'v1', kind: 'Service', ...Object(item) };
          assert.equal(send(server, { verb: 'update', name: body.metadata.name, body }).code, 200);
        }
        assert.equal(server.state, before);
      }),
      propertyOptions(100),
    );
  });

  test('any JSON at all, sent to any resource, is answered', () => {
    const kinds = [
      ['v1', 'Service'],
      ['v1', 'Endpoints'],
      ['v1', 'Namespace'],
      ['v1', 'Event'],
      ['v1', 'Secret'],
      ['events.k8s.io/v1', 'Event'],
      ['discovery.k8s.io/v1', 'EndpointSlice'],
      ['vmoperator.vmware.com/v1alpha6', 'VirtualMachineService'],
      ['vmoperator.vmware.com/v1alpha1', 'VirtualMachineService'],
      ['vmoperator.vmware.com/v1alpha2', 'VirtualMachine'],
    ] as const;
    fc.assert(
      fc.property(fc.constantFrom(...kinds), anything, anything, fc.boolean(), ([apiVersion, kind], first, second, named) => {
        const server = anApiServer({ controllers: ['load-balancer', 'garbage-collector', 'endpointslice-mirroring', 'resource-quota'] });
        assert.ok(findKind('E', apiVersion, kind) !== undefined);
        const body = named ? { ...first, apiVersion, kind, metadata: { name: 'a' } } : first;
        ask(server, 'create', { apiVersion, kind }, { body });
        ask(server, 'patch', { apiVersion, kind, name: 'a' }, { patchType: 'merge', body: second });
        ask(server, 'patch', { apiVersion, kind, name: 'a' }, { patchType: 'merge', body: { spec: second, status: first } });
        ask(server, 'update', { apiVersion, kind, name: 'a' }, { body: { ...body, ...second } });
      }),
      propertyOptions(400),
    );
  });
});

function assertDistinct(server: ApiServer): void {
  const services = server
    .objects()
    .filter(({ kind }) => kind === 'Service')
    .map(serviceOf);
  const ips = services.flatMap(({ spec: { clusterIPs = [] } }) => clusterIPs.filter((ip) => ip !== 'None'));
  assert.equal(new Set(ips).size, ips.length);
  const ports = services.flatMap((service) =>
    [...new Set([...nodePortsOf(service.spec), service.spec.healthCheckNodePort ?? 0])].filter((number) => number !== 0),
  );
  assert.equal(new Set(ports).size, ports.length);
}
