import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { StoreEvent } from '../../src/apiserver/request.ts';
import { findKind } from '../../src/apiserver/resources.ts';
import { ApiServer } from '../../src/apiserver/server.ts';
import { type JsonObject, jsonOf, type KubeObject } from '../../src/model/object.ts';
import { anApiServer } from '../support/api-server.ts';
import { ask, at } from '../support/ask.ts';
import { readWorlds } from '../support/conformance.ts';
import { testNow } from '../support/test-io.ts';
import { aWorld } from '../support/world.ts';

function create(server: ApiServer, name: string): void {
  ask(server, 'create', { kind: 'ConfigMap' }, { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } } });
}

function summary(events: readonly StoreEvent[]): readonly string[] {
  return events.map(({ type, object }) => `${type} ${object.kind}/${object.metadata.name} ${object.metadata.resourceVersion}`);
}

suite('loading', () => {
  for (const profile of ['A', 'B', 'C', 'D', 'E'] as const) {
    test(`every recorded world of profile ${profile} is read back as the real server wrote it`, () => {
      const server = anApiServer({ profile });
      const worlds = readWorlds(profile);
      server.load(worlds.flatMap(({ before }) => before));
      for (const object of worlds.flatMap(({ before }) => before)) {
        const { name, namespace } = object.metadata;
        const { body } = ask(server, 'get', { ...object, name, ...(namespace === undefined ? {} : { namespace }) });
        assert.deepEqual(withoutVersion(JSON.parse(JSON.stringify(body))), withoutVersion(jsonOf(object)));
      }
    });
  }

  function withoutVersion(object: JsonObject): JsonObject {
    const { resourceVersion: _version, ...metadata } = Object(object.metadata);
    return { ...object, metadata };
  }

  test('twenty thousand objects load in one go, and a write afterwards is still one write', () => {
    const objects = aWorld({ seed: 1, namespaces: 5, services: 40, vms: 100, version: 'v1alpha6' });
    const server = anApiServer();
    server.load(objects);
    assert.equal(server.objects().length, objects.length + 6);
    create(server, 'one-more');
    assert.equal(server.objects().length, objects.length + 7);
  });

  test('what is missing is filled in, and namespaces appear by themselves', () => {
    const server = anApiServer();
    server.load([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'team' } }]);
    const { uid, ...rest } = Object(ask(server, 'get', { kind: 'ConfigMap', name: 'web', namespace: 'team' }).body.metadata);
    assert.match(uid, /^[0-9a-f-]{36}$/);
    assert.deepEqual(rest, { name: 'web', namespace: 'team', resourceVersion: '3', creationTimestamp: testNow });
    assert.deepEqual(at(ask(server, 'get', { kind: 'Namespace', name: 'team' }).body, 'status'), { phase: 'Active' });
  });

  test('a Service without IP families gets those of its addresses, as kube-apiserver reads it', () => {
    const server = anApiServer();
    const selector = { app: 'web' };
    const written: Record<string, JsonObject> = {
      one: { clusterIP: '10.96.0.9' },
      six: { clusterIP: 'fd00:10:96::9' },
      both: { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10', 'fd00:10:96::a'] },
      headless: { clusterIP: 'None', selector },
      open: { clusterIP: 'None' },
      none: {},
      external: { type: 'ExternalName', externalName: 'www.example.com' },
      known: { clusterIP: '10.96.0.11', clusterIPs: ['10.96.0.11'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' },
    };
    server.load(
      Object.entries(written).map(([name, spec]) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'team' }, spec })),
    );
    const read = Object.keys(written).map((name) => {
      const { clusterIPs, ipFamilies, ipFamilyPolicy } = Object(
        ask(server, 'get', { kind: 'Service', name, namespace: 'team' }).body['spec'],
      );
      return [name, clusterIPs, ipFamilies, ipFamilyPolicy];
    });
    assert.deepEqual(read, [
      ['one', ['10.96.0.9'], ['IPv4'], 'SingleStack'],
      ['six', ['fd00:10:96::9'], ['IPv6'], 'SingleStack'],
      ['both', ['10.96.0.10', 'fd00:10:96::a'], ['IPv4', 'IPv6'], 'RequireDualStack'],
      ['headless', ['None'], ['IPv4'], 'SingleStack'],
      ['open', ['None'], ['IPv4', 'IPv6'], 'RequireDualStack'],
      ['none', undefined, ['IPv4'], 'SingleStack'],
      ['external', undefined, undefined, undefined],
      ['known', ['10.96.0.11'], ['IPv4'], 'PreferDualStack'],
    ]);
  });

  test('addresses and node ports that are loaded count as taken, even twice in one Service', () => {
    const server = anApiServer();
    const ports = [
      { name: 'tcp', port: 53, protocol: 'TCP', nodePort: 31000 },
      { name: 'udp', port: 53, protocol: 'UDP', nodePort: 31000 },
    ];
    const spec = { type: 'NodePort', clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'], ports };
    server.load([Object.assign({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'dns', namespace: 'default' } }, { spec })]);
    const refusal = (other: JsonObject) =>
      at(
        ask(server, 'create', { kind: 'Service' }, { body: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: other } })
          .body,
        'message',
      );
    assert.match(String(refusal({ clusterIP: '10.96.7.7', ports: [{ port: 80 }] })), /provided IP is already allocated$/);
    assert.match(String(refusal({ type: 'NodePort', ports: [{ port: 80, nodePort: 31000 }] })), /provided port is already allocated$/);
  });

  test('an object that the server cannot hold is named, and nothing is loaded', () => {
    const server = anApiServer({ profile: 'B' });
    const before = server.state;
    const good: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'team' } };
    const load = (object: KubeObject) => () => server.load([good, object]);
    const vm = { apiVersion: 'vmoperator.vmware.com/v1alpha3', kind: 'VirtualMachine', metadata: { name: 'vm-1', namespace: 'team' } };
    assert.throws(load(vm), {
      message: 'cannot load VirtualMachine team/vm-1: this server does not know VirtualMachine of vmoperator.vmware.com/v1alpha3',
    });
    const service = Object.assign(
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'team' } },
      { spec: { ports: 'x' } },
    );
    assert.throws(load(service), {
      message:
        'cannot load Service team/web: json: cannot unmarshal string into Go struct field ServiceSpec.spec.ports of type []v1.ServicePort',
    });
    assert.equal(server.state, before);
  });
});

suite('a fork', () => {
  test('and its origin do not see each other', () => {
    const server = anApiServer();
    create(server, 'common');
    const fork = server.fork();
    create(server, 'origin');
    create(fork, 'fork');
    const names = (one: ApiServer) =>
      one
        .objects()
        .filter(({ kind }) => kind === 'ConfigMap')
        .map(({ metadata }) => metadata.name);
    assert.deepEqual(
      [names(server), names(fork)],
      [
        ['common', 'origin'],
        ['common', 'fork'],
      ],
    );
  });

  test('is the same value until something is written', () => {
    const server = anApiServer();
    assert.equal(server.fork().state, server.state);
  });
});

suite('events', () => {
  test('reach every listener in order, until it stops listening', () => {
    const server = anApiServer();
    const heard: string[] = [];
    const stop = server.subscribe((events) => heard.push(...summary(events)));
    create(server, 'a');
    ask(server, 'patch', { kind: 'ConfigMap', name: 'a' }, { patchType: 'merge', body: { data: { x: 'y' } } });
    ask(server, 'delete', { kind: 'ConfigMap', name: 'a' });
    stop();
    create(server, 'b');
    assert.deepEqual(heard, ['ADDED ConfigMap/a 3', 'MODIFIED ConfigMap/a 4', 'DELETED ConfigMap/a 5']);
  });

  test('carry what an object was before', () => {
    const server = anApiServer();
    create(server, 'a');
    const { events } = ask(
      server,
      'patch',
      { kind: 'ConfigMap', name: 'a' },
      { patchType: 'merge', body: { metadata: { labels: { x: 'y' } } } },
    );
    assert.deepEqual(
      events.map(({ before, object }) => [before?.metadata.labels, object.metadata.labels]),
      [[undefined, { x: 'y' }]],
    );
  });

  test('can be asked for again from any resourceVersion that is not forgotten', () => {
    const { config } = anApiServer();
    const server = new ApiServer({ config, now: () => new Date(testNow), newUid: () => 'a-uid', historyLimit: 3 });
    const start = server.resourceVersion;
    for (const name of ['a', 'b', 'c']) create(server, name);
    const since = (version: string) => {
      const resumed = server.eventsSince(version);
      return 'expired' in resumed ? 'expired' : summary(resumed.events);
    };
    assert.deepEqual(since(start), ['ADDED ConfigMap/a 3', 'ADDED ConfigMap/b 4', 'ADDED ConfigMap/c 5']);
    assert.deepEqual(since('4'), ['ADDED ConfigMap/c 5']);
    assert.deepEqual(since('5'), []);
    for (const name of ['d', 'e', 'f', 'g']) create(server, name);
    assert.deepEqual([since(start), since('6')], ['expired', ['ADDED ConfigMap/e 7', 'ADDED ConfigMap/f 8', 'ADDED ConfigMap/g 9']]);
  });
});

test('a resource, a subresource and a verb that are not served are refused', () => {
  const server = anApiServer({ profile: 'A' });
  const services = findKind('A', 'v1', 'Service');
  assert.ok(services !== undefined);
  const refusal = (resource: typeof services, verb: 'get' | 'deletecollection', subresource?: string) =>
    server.handle({ verb, resource, namespace: 'default', name: 'x', options: {}, ...(subresource === undefined ? {} : { subresource }) })
      .body;
  assert.equal(refusal({ ...services, version: 'v2' }, 'get').message, 'the server could not find the requested resource');
  assert.equal(refusal(services, 'get', 'scale').message, 'the server could not find the requested resource');
  const namespaces = findKind('A', 'v1', 'Namespace');
  assert.ok(namespaces !== undefined);
  assert.equal(refusal(namespaces, 'deletecollection').message, 'the server does not allow this method on the requested resource');
});
