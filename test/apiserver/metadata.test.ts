import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ApiRequest } from '../../src/apiserver/request.ts';
import type { ApiServer } from '../../src/apiserver/server.ts';
import { isList, type JsonObject } from '../../src/model/object.ts';
import { anApiServer } from '../support/api-server.ts';
import { ask, at, verdict } from '../support/ask.ts';
import { testNow } from '../support/test-io.ts';

const vmServices = { apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachineService' };
const configMap = (name: string, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
});
const vmService = (metadata: JsonObject = {}, spec: JsonObject = { type: 'LoadBalancer' }): JsonObject => ({
  ...vmServices,
  metadata: { name: 'web', ...metadata },
  spec,
});

function aServer(): ApiServer {
  const server = anApiServer();
  ask(server, 'create', { kind: 'ConfigMap' }, { body: configMap('web') });
  ask(server, 'create', vmServices, { body: vmService() });
  return server;
}

function patch(
  server: ApiServer,
  metadata: JsonObject,
  kind: { readonly kind: string; readonly apiVersion?: string } = { kind: 'ConfigMap' },
) {
  return ask(server, 'patch', { ...kind, name: 'web' }, { patchType: 'merge', body: { metadata } });
}

suite('metadata that only the server sets', () => {
  test('uid and times of a creation are replaced or dropped', () => {
    const sent = {
      uid: 'mine',
      creationTimestamp: '2020-01-01T00:00:00Z',
      deletionTimestamp: '2020-01-01T00:00:00Z',
      deletionGracePeriodSeconds: 3,
      selfLink: '/x',
    };
    const { body } = ask(anApiServer(), 'create', { kind: 'ConfigMap' }, { body: configMap('web', sent) });
    const { uid, managedFields: _managers, ...rest } = Object(body.metadata);
    assert.match(uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    assert.deepEqual(rest, { name: 'web', namespace: 'default', resourceVersion: '3', creationTimestamp: testNow });
  });

  test('a resourceVersion must not come with a creation', () => {
    const answer = ask(anApiServer(), 'create', { kind: 'ConfigMap' }, { body: configMap('web', { resourceVersion: '5' }) });
    assert.equal(verdict(answer), '500 resourceVersion should not be set on objects to be created');
  });

  test('a write that changes nothing keeps the resourceVersion and tells nobody', () => {
    const server = aServer();
    const before = server.resourceVersion;
    assert.deepEqual(patch(server, {}).events, []);
    assert.equal(server.resourceVersion, before);
  });

  test('a resourceVersion that is not current is a conflict, none is an unconditional write', () => {
    const server = aServer();
    const why = 'the object has been modified; please apply your changes to the latest version and try again';
    assert.equal(verdict(patch(server, { resourceVersion: '1' })), `409 Operation cannot be fulfilled on configmaps "web": ${why}`);
    assert.equal(verdict(ask(server, 'update', { kind: 'ConfigMap', name: 'web' }, { body: configMap('web') })), '200');
  });

  test('a PUT of a custom resource needs the resourceVersion', () => {
    const server = aServer();
    const why = 'metadata.resourceVersion: Invalid value: 0x0: must be specified for an update';
    assert.equal(
      verdict(ask(server, 'update', { ...vmServices, name: 'web' }, { body: vmService() })),
      `422 virtualmachineservices.vmoperator.vmware.com "web" is invalid: ${why}`,
    );
  });

  test('labels and annotations named like members of Object are data', () => {
    const labels: JsonObject = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}');
    // Names in labels start with a letter or a digit, those in annotations as well: only __proto__ is refused.
    assert.match(verdict(patch(aServer(), { labels })), /^422 .*metadata\.labels: Invalid value: "__proto__"/);
    const allowed = { constructor: 'b', toString: 'c' };
    assert.deepEqual(at(patch(aServer(), { labels: allowed }).body, 'metadata.labels'), allowed);
  });
});

suite('names', () => {
  const refusal = (name: string): string =>
    verdict(
      ask(
        anApiServer(),
        'create',
        { kind: 'Service' },
        { body: { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 1 }] } } },
      ),
    );

  test('a Service is a DNS-1035 label', () => {
    assert.match(
      refusal('9web'),
      /^422 Service "9web" is invalid: metadata\.name: Invalid value: "9web": a DNS-1035 label must consist of/,
    );
    assert.equal(refusal('web-9'), '201');
  });

  test('a generated name is the prefix and five letters that no other object has', () => {
    const server = anApiServer();
    const names = Array.from({ length: 50 }, () =>
      at(
        ask(server, 'create', { kind: 'ConfigMap' }, { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'web-' } } })
          .body,
        'metadata.name',
      ),
    );
    assert.equal(new Set(names).size, 50);
    for (const name of names) assert.match(String(name), /^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test('an update makes no name of a prefix: all it may not hold is what no path can', () => {
    const server = aServer();
    const verdictOn = (generateName: string) => verdict(patch(server, { generateName }, vmServices));
    assert.equal(verdictOn('A b'), '200');
    assert.equal(verdictOn('..'), '200');
    assert.equal(
      verdictOn('a/b-'),
      `422 VirtualMachineService.vmoperator.vmware.com "web" is invalid: metadata.generateName: Invalid value: "a/b-": may not contain '/'`,
    );
  });

  test('an object needs a name', () => {
    const answer = ask(anApiServer(), 'create', { kind: 'ConfigMap' }, { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} } });
    assert.equal(verdict(answer), '422 ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required');
  });

  test('what the body says must fit the path', () => {
    const server = aServer();
    const put = (body: JsonObject) => verdict(ask(server, 'update', { kind: 'ConfigMap', name: 'web' }, { body }));
    assert.equal(put(configMap('other')), '400 the name of the object (other) does not match the name on the URL (web)');
    const elsewhere = '400 the namespace of the provided object does not match the namespace sent on the request';
    assert.equal(put(configMap('web', { namespace: 'other' })), elsewhere);
    assert.equal(
      put({ ...configMap('web'), apiVersion: 'v2' }),
      '400 ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2" in scheme "pkg/runtime/scheme.go:110"',
    );
  });

  test('a second object of the name is refused, in words that say whether the first is going', () => {
    const server = anApiServer();
    const body = configMap('web', { finalizers: ['example.test/hold'] });
    ask(server, 'create', { kind: 'ConfigMap' }, { body });
    assert.equal(verdict(ask(server, 'create', { kind: 'ConfigMap' }, { body })), '409 configmaps "web" already exists');
    ask(server, 'delete', { kind: 'ConfigMap', name: 'web' });
    assert.equal(
      verdict(ask(server, 'create', { kind: 'ConfigMap' }, { body })),
      '409 object is being deleted: configmaps "web" already exists',
    );
  });
});

suite('namespaces of objects', () => {
  test('nothing is created in a namespace that is not there, or that is going', () => {
    const server = anApiServer();
    const create = (namespace: string) =>
      verdict(ask(server, 'create', { kind: 'ConfigMap', namespace }, { body: configMap('web', { finalizers: ['example.test/hold'] }) }));
    assert.equal(create('team'), '404 namespaces "team" not found');
    ask(server, 'create', { kind: 'Namespace' }, { body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } } });
    assert.equal(create('team'), '201');
    ask(server, 'delete', { kind: 'Namespace', name: 'team' });
    const why = 'unable to create new content in namespace team because it is being terminated';
    assert.equal(create('team'), `403 configmaps "web" is forbidden: ${why}`);
  });

  test('a namespace is active, labelled with its name, and waits for its contents', () => {
    const server = anApiServer();
    const { body } = ask(
      server,
      'create',
      { kind: 'Namespace' },
      { body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } } },
    );
    assert.deepEqual(
      [at(body, 'metadata.labels'), body.spec, body.status],
      [{ 'kubernetes.io/metadata.name': 'team' }, { finalizers: ['kubernetes'] }, { phase: 'Active' }],
    );
  });

  test('a namespace that is being deleted says what it waits for, until nothing is left', () => {
    const server = anApiServer();
    const held = { finalizers: ['example.test/hold'] };
    server.load([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'free', namespace: 'team' } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'held', namespace: 'team', ...held } },
      { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web', namespace: 'team', finalizers: ['a.test/x', ...held.finalizers] } },
    ]);
    const left = () => {
      const { code, body } = ask(server, 'get', { kind: 'Namespace', name: 'team' });
      if (code !== 200) return code;
      const conditions = at(body, 'status.conditions');
      return isList(conditions) ? conditions.map((condition) => `${at(condition, 'status')} ${at(condition, 'message')}`) : conditions;
    };
    const release = (kind: 'ConfigMap' | 'Endpoints', name: string) => {
      const body = { metadata: { finalizers: null } };
      ask(server, 'patch', { kind, name, namespace: 'team' }, { patchType: 'merge', body });
    };
    const found = [
      'False All resources successfully discovered',
      'False All legacy kube types successfully parsed',
      'False All content successfully deleted, may be waiting on finalization',
    ];
    assert.equal(left(), undefined);
    ask(server, 'delete', { kind: 'Namespace', name: 'team' });
    assert.deepEqual(left(), [
      ...found,
      'True Some resources are remaining: configmaps. has 1 resource instances, endpoints. has 1 resource instances',
      'True Some content in the namespace has finalizers remaining: a.test/x in 1 resource instances, example.test/hold in 2 resource instances',
    ]);
    ask(server, 'patch', { kind: 'Namespace', name: 'team' }, { patchType: 'merge', body: { metadata: { labels: { a: 'b' } } } });
    release('Endpoints', 'web');
    assert.deepEqual(left(), [
      ...found,
      'True Some resources are remaining: configmaps. has 1 resource instances',
      'True Some content in the namespace has finalizers remaining: example.test/hold in 1 resource instances',
    ]);
    release('ConfigMap', 'held');
    assert.equal(left(), 404);
  });

  test('the namespace default may not be deleted', () => {
    assert.equal(
      verdict(ask(anApiServer(), 'delete', { kind: 'Namespace', name: 'default' })),
      '403 namespaces "default" is forbidden: this namespace may not be deleted',
    );
  });
});

suite('deletion', () => {
  const held = { finalizers: ['example.test/hold'] };

  test('without finalizers an object is gone at once; the answer is a Status, for a Service the object', () => {
    const server = aServer();
    const uid = at(ask(server, 'get', { kind: 'ConfigMap', name: 'web' }).body, 'metadata.uid');
    assert.deepEqual(ask(server, 'delete', { kind: 'ConfigMap', name: 'web' }).body, {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'web', kind: 'configmaps', uid },
    });
    assert.equal(verdict(ask(server, 'delete', { kind: 'ConfigMap', name: 'web' })), '404 configmaps "web" not found');
  });

  test('with finalizers it is marked, and a second deletion changes nothing', () => {
    const server = anApiServer();
    ask(server, 'create', vmServices, { body: vmService(held) });
    const { body } = ask(server, 'delete', { ...vmServices, name: 'web' });
    assert.deepEqual(
      ['deletionTimestamp', 'deletionGracePeriodSeconds', 'generation'].map((field) => at(body, `metadata.${field}`)),
      [testNow, 0, 2],
    );
    const before = server.state;
    assert.deepEqual(ask(server, 'delete', { ...vmServices, name: 'web' }).body, body);
    assert.equal(server.state, before);
  });

  test('while it is going finalizers may be removed but not added, and everything else may change', () => {
    const server = anApiServer();
    ask(server, 'create', { kind: 'ConfigMap' }, { body: configMap('web', held) });
    ask(server, 'delete', { kind: 'ConfigMap', name: 'web' });
    const why = 'no new finalizers can be added if the object is being deleted, found new finalizers []string{"n.n/n"}';
    assert.equal(
      verdict(patch(server, { finalizers: ['example.test/hold', 'n.n/n'] })),
      `422 ConfigMap "web" is invalid: metadata.finalizers: Forbidden: ${why}`,
    );
    assert.deepEqual(at(patch(server, { labels: { a: 'b' } }).body, 'metadata.labels'), { a: 'b' });
    const last = patch(server, { finalizers: null });
    assert.deepEqual([last.code, last.body.kind, last.events.map(({ type }) => type)], [200, 'ConfigMap', ['DELETED']]);
    assert.equal(verdict(patch(server, {})), '404 configmaps "web" not found');
  });

  test('preconditions name the object that is meant', () => {
    const server = aServer();
    const { uid } = Object(ask(server, 'get', { kind: 'ConfigMap', name: 'web' }).body.metadata);
    const remove = (preconditions: NonNullable<ApiRequest['options']['preconditions']>) =>
      verdict(ask(server, 'delete', { kind: 'ConfigMap', name: 'web' }, { options: { preconditions } }));
    const gone = 'The object might have been deleted and then recreated';
    assert.equal(
      remove({ uid: 'x' }),
      `409 Operation cannot be fulfilled on ConfigMap "web": the UID in the precondition (x) does not match the UID in record (${uid}). ${gone}`,
    );
    const changed = 'The object might have been modified';
    assert.equal(
      remove({ resourceVersion: '1' }),
      `409 Operation cannot be fulfilled on ConfigMap "web": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (3). ${changed}`,
    );
    assert.equal(remove({ uid }), '200');
  });

  for (const [policy, finalizer] of [
    ['Orphan', 'orphan'],
    ['Foreground', 'foregroundDeletion'],
  ] as const) {
    test(`${policy} is remembered as a finalizer`, () => {
      const server = aServer();
      const { body } = ask(server, 'delete', { kind: 'ConfigMap', name: 'web' }, { options: { propagationPolicy: policy } });
      assert.deepEqual(at(body, 'metadata.finalizers'), [finalizer]);
    });
  }

  test('a collection is deleted as far as its selector reaches', () => {
    const server = aServer();
    for (const name of ['a', 'b', 'c'])
      ask(server, 'create', { kind: 'ConfigMap' }, { body: configMap(name, { labels: { tier: name === 'c' ? 'back' : 'front' } }) });
    const { body } = ask(server, 'deletecollection', { kind: 'ConfigMap' }, { options: { labelSelector: 'tier=front' } });
    assert.deepEqual(
      [body.kind, at(body, 'items.0.metadata.name'), at(body, 'items.1.metadata.name'), at(body, 'items.2')],
      ['ConfigMapList', 'a', 'b', undefined],
    );
    const left = ask(server, 'list', { kind: 'ConfigMap' }).body;
    assert.deepEqual([at(left, 'items.0.metadata.name'), at(left, 'items.1.metadata.name'), at(left, 'items.2')], ['c', 'web', undefined]);
  });
});

suite('a custom resource', () => {
  test('is stored as sent, empty values included, but for its metadata', () => {
    const spec = { type: 'LoadBalancer', selector: {}, ports: [] };
    const { body } = ask(anApiServer(), 'create', vmServices, {
      body: { ...vmService({ labels: {}, finalizers: [] }, spec), status: { loadBalancer: {} } },
    });
    assert.deepEqual(
      [body.spec, body.status, at(body, 'metadata.labels'), at(body, 'metadata.generation')],
      [spec, undefined, undefined, 1],
    );
  });

  test('its generation rises when anything but metadata and status changes', () => {
    const server = aServer();
    const generation = (body: JsonObject, subresource?: 'status') =>
      at(
        ask(
          server,
          'patch',
          { ...vmServices, name: 'web' },
          { patchType: 'merge', body, ...(subresource === undefined ? {} : { subresource }) },
        ).body,
        'metadata.generation',
      );
    assert.equal(generation({ metadata: { labels: { a: 'b' } } }), 1);
    assert.equal(generation({ status: { loadBalancer: {} } }, 'status'), 1);
    assert.equal(generation({ spec: { selector: { app: 'web' } } }), 2);
  });

  test('a write ignores the status, a write of the status everything else', () => {
    const server = aServer();
    const write = (body: JsonObject, subresource?: 'status') =>
      ask(
        server,
        'patch',
        { ...vmServices, name: 'web' },
        { patchType: 'merge', body, ...(subresource === undefined ? {} : { subresource }) },
      ).body;
    const body = {
      metadata: { labels: { a: 'b' } },
      spec: { type: 'ClusterIP' },
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
    };
    const first = write(body, 'status');
    assert.deepEqual([at(first, 'metadata.labels'), first.spec, first.status], [undefined, { type: 'LoadBalancer' }, body.status]);
    const second = write({ ...body, status: { loadBalancer: {} } });
    assert.deepEqual([at(second, 'metadata.labels'), second.spec, second.status], [{ a: 'b' }, { type: 'ClusterIP' }, body.status]);
  });

  test('a patch of the status creates the containers that it needs', () => {
    const server = aServer();
    const body = { status: { loadBalancer: { ingress: null } } };
    assert.deepEqual(
      ask(server, 'patch', { ...vmServices, name: 'web' }, { patchType: 'merge', subresource: 'status', body }).body.status,
      { loadBalancer: {} },
    );
  });
});

suite('a dry run', () => {
  const dryRun = { options: { dryRun: true } };

  test('answers with defaults, families and placeholders, and stores nothing', () => {
    const server = anApiServer();
    const before = server.state;
    const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ipFamilyPolicy: 'RequireDualStack', ports: [{ port: 80 }] };
    const { body, events } = ask(
      server,
      'create',
      { kind: 'Service' },
      { ...dryRun, body: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec } },
    );
    const shown = ['clusterIPs', 'ports.0.nodePort', 'healthCheckNodePort', 'ipFamilies'].map((field) => at(body, `spec.${field}`));
    assert.deepEqual(shown, [['10.96.0.0', 'fd00:10:96::'], 32769, 32770, ['IPv4', 'IPv6']]);
    assert.deepEqual([at(body, 'metadata.resourceVersion'), events], [undefined, []]);
    assert.equal(server.state, before);
  });

  test('of an update, a patch or a deletion leaves the object as it was', () => {
    const server = aServer();
    const before = server.state;
    ask(server, 'patch', { kind: 'ConfigMap', name: 'web' }, { ...dryRun, patchType: 'merge', body: { metadata: { labels: { a: 'b' } } } });
    ask(server, 'update', { kind: 'ConfigMap', name: 'web' }, { ...dryRun, body: configMap('web', { labels: { a: 'b' } }) });
    assert.equal(verdict(ask(server, 'delete', { kind: 'ConfigMap', name: 'web' }, dryRun)), '200');
    assert.equal(server.state, before);
  });
});
