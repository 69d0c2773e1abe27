import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverConfig } from '../../../src/apiserver/config.ts';
import { customResources } from '../../../src/apiserver/custom-resources.ts';
import { httpFace } from '../../../src/apiserver/http/http.ts';
import { isWatch } from '../../../src/apiserver/http/http-message.ts';
import { ApiServer } from '../../../src/apiserver/server.ts';
import { readCrdFiles } from '../../../src/cluster/sandbox/crd-files.ts';
import type { Profile } from '../../../src/core/profile.ts';
import type { KubeObject } from '../../../src/model/object.ts';

const definitions = { A: readCrdFiles('A'), E: readCrdFiles('E') };
const now = new Date('2026-11-20T12:00:00Z');

interface Asked {
  readonly method?: string;
  readonly accept?: string;
  readonly type?: string;
  readonly body?: unknown;
  readonly agent?: string;
}

function face(
  objects: readonly (KubeObject & Readonly<Record<string, unknown>>)[] = [],
  profile: Extract<Profile, 'A' | 'E'> = 'E',
  sizeLimit?: number,
) {
  let uids = 0;
  const newUid = () => `uid-${uids++}`;
  const server = new ApiServer({ config: serverConfig(profile, customResources(definitions[profile])), now: () => now, newUid });
  server.load(objects);
  const yaml = (text: string): unknown => JSON.parse(text);
  const respond = httpFace({
    server,
    definitions: definitions[profile],
    toolVersion: '1.2.3',
    parsers: { json: yaml, yaml },
    ...(sizeLimit === undefined ? {} : { sizeLimit }),
  });
  const send = (pathAndQuery: string, { method = 'GET', accept, type, body, agent = 'tester/1 (linux)' }: Asked = {}) => {
    const [path = '', query = ''] = pathAndQuery.split('?');
    const headers = { accept, 'content-type': type, 'user-agent': agent };
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    return respond({ method, path, query, headers, body: new TextEncoder().encode(text) });
  };
  const ask = (path: string, asked?: Asked) => {
    const response = send(path, asked);
    if (isWatch(response)) throw new Error('a watch was answered');
    const text = typeof response.body === 'string' ? response.body : '';
    return { ...response, json: text.startsWith('{') ? JSON.parse(text) : undefined, text };
  };
  return { server, send, ask };
}

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const created = '2026-11-20T11:55:00Z';

function cells(objects: readonly (KubeObject & Readonly<Record<string, unknown>>)[], path: string, profile: 'A' | 'E' = 'E') {
  const { json } = face(objects, profile).ask(path, { accept: table });
  return json.rows.map((row: { cells: unknown }) => row.cells);
}

const meta = (name: string) => ({ name, namespace: 'prod', creationTimestamp: created });

test('Services are printed as kube-apiserver prints them', () => {
  const ports = [
    { name: 'http', port: 80, protocol: 'TCP', nodePort: 31000 },
    { name: 'dns', port: 53, protocol: 'UDP' },
  ];
  const service = (name: string, spec: object, ingress?: readonly object[]) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta(name),
    spec,
    status: { loadBalancer: ingress === undefined ? {} : { ingress } },
  });
  const rows = cells(
    [
      service('a', { type: 'LoadBalancer', clusterIPs: ['10.96.0.1'], ports, selector: { x: 'y', a: 'b' } }),
      service('b', { type: 'LoadBalancer', clusterIPs: ['10.96.0.2'], externalIPs: ['192.0.2.1'], ports }, [
        { ip: '9.9.9.9' },
        { hostname: 'lb.example.test' },
        { ip: '1.1.1.1' },
      ]),
      service('c', { type: 'ClusterIP', clusterIP: 'None', clusterIPs: ['None'] }),
      service('d', { type: 'ExternalName', externalName: 'example.test' }),
      service('e', { type: 'NodePort', clusterIPs: ['10.96.0.3'], externalIPs: ['192.0.2.1', '192.0.2.2'], ports }),
    ],
    '/api/v1/namespaces/prod/services',
  );
  assert.deepEqual(rows, [
    ['a', 'LoadBalancer', '10.96.0.1', '<pending>', '80:31000/TCP,53/UDP', '5m', 'a=b,x=y'],
    ['b', 'LoadBalancer', '10.96.0.2', '1.1.1.1,9.9.9.9,lb.example.test,192.0.2.1', '80:31000/TCP,53/UDP', '5m', '<none>'],
    ['c', 'ClusterIP', 'None', '<none>', '<none>', '5m', '<none>'],
    ['d', 'ExternalName', '<none>', 'example.test', '<none>', '5m', '<none>'],
    ['e', 'NodePort', '10.96.0.3', '192.0.2.1,192.0.2.2', '80:31000/TCP,53/UDP', '5m', '<none>'],
  ]);
});

test('Endpoints and EndpointSlices show three addresses, and how many more there are', () => {
  const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', 'fd00::1'].map((ip) => ({ ip }));
  const endpoints = (name: string, subsets: readonly object[]) => ({ apiVersion: 'v1', kind: 'Endpoints', metadata: meta(name), subsets });
  assert.deepEqual(
    cells(
      [
        endpoints('empty', []),
        endpoints('noports', [{ addresses }]),
        endpoints('notready', [{ notReadyAddresses: addresses, ports: [{ port: 80 }] }]),
        endpoints('v6', [{ addresses: addresses.slice(4), ports: [{ port: 80 }] }]),
      ],
      '/api/v1/namespaces/prod/endpoints',
    ),
    [
      ['empty', '<none>', '5m'],
      ['noports', '10.0.0.1,10.0.0.2,10.0.0.3 + 2 more...', '5m'],
      ['notready', '', '5m'],
      ['v6', '[fd00::1]:80', '5m'],
    ],
  );
  const slice = (name: string, list: readonly object[], ports: readonly object[]) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: meta(name),
    addressType: 'IPv4',
    endpoints: list,
    ports,
  });
  assert.deepEqual(
    cells(
      [
        slice(
          'full',
          addresses.map(({ ip }) => ({ addresses: [ip] })),
          [{ port: 1 }, { port: 2 }, { name: 'any' }, { port: 4 }],
        ),
        slice('none', [], []),
      ],
      '/apis/discovery.k8s.io/v1/namespaces/prod/endpointslices',
    ),
    [
      ['full', 'IPv4', '1,2,any + 1 more...', '10.0.0.1,10.0.0.2,10.0.0.3 + 2 more...', '5m'],
      ['none', 'IPv4', '<unset>', '<unset>', '5m'],
    ],
  );
});

test('an Event reads the same through both of its groups', () => {
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'web.1', namespace: 'prod' },
    involvedObject: { kind: 'Service', name: 'web', fieldPath: 'spec.ports' },
    type: 'Warning',
    reason: 'Because',
    message: ' said so \n',
    firstTimestamp: '2026-11-20T10:00:00Z',
    lastTimestamp: created,
    source: { component: 'vm-operator', host: 'h1' },
    count: 3,
  };
  const row = ['5m', 'Warning', 'Because', 'service/web', 'spec.ports', 'vm-operator, h1', 'said so', '120m', 3, 'web.1'];
  assert.deepEqual(cells([event], '/api/v1/namespaces/prod/events'), [row]);
  assert.deepEqual(cells([event], '/apis/events.k8s.io/v1/namespaces/prod/events'), [row]);
});

test('custom resources are printed with the columns of their definition, wide ones marked', () => {
  const vm = {
    apiVersion: 'vmoperator.vmware.com/v1alpha1',
    kind: 'VirtualMachine',
    metadata: meta('web-1'),
    spec: { className: 'small', imageName: 'vmi-1' },
    status: { vmIp: '10.0.0.1' },
  };
  const { json } = face([vm], 'A').ask('/apis/vmoperator.vmware.com/v1alpha1/namespaces/prod/virtualmachines', { accept: table });
  assert.deepEqual(
    json.columnDefinitions.map(({ name, priority }: { name: string; priority: number }) => [name, priority]),
    [
      ['Name', 0],
      ['Power-State', 0],
      ['Class', 1],
      ['Image', 1],
      ['Primary-IP', 1],
      ['Age', 0],
    ],
  );
  assert.deepEqual(json.rows[0].cells, ['web-1', null, 'small', 'vmi-1', '10.0.0.1', '5m']);
  assert.deepEqual(Object.keys(json.rows[0].object), ['kind', 'apiVersion', 'metadata']);
});

test('rows carry as much of the object as was asked for', () => {
  const { ask } = face([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('a'), data: { k: 'v' } }]);
  const row = (include: string) =>
    ask(`/api/v1/namespaces/prod/configmaps/a?includeObject=${include}`, { accept: table }).json.rows[0].object;
  assert.equal(row('None'), null);
  assert.deepEqual(row('Metadata').kind, 'PartialObjectMetadata');
  assert.deepEqual(row('Object').data, { k: 'v' });
  assert.equal(ask('/api/v1/namespaces/prod/configmaps/a?includeObject=All', { accept: table }).status, 400);
});

test('people get their answers with a field a line: who asks with curl or a browser, and whoever says so', () => {
  const { ask } = face([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('a') }]);
  const path = '/api/v1/namespaces/prod/configmaps/a';
  const lines = (at: string, agent?: string) => ask(at, agent === undefined ? {} : { agent }).text.split('\n').length - 1;
  assert.deepEqual([lines(path), lines(path, 'curl/8.5.0'), lines(path, 'Mozilla/5.0 (X11)')], [1, 11, 11]);
  assert.deepEqual([lines(`${path}?pretty=true`), lines(`${path}?pretty=false`, 'curl/8.5.0')], [11, 1]);
});

test('metadata alone, of one object and of a list; the other shape is not acceptable', () => {
  const { ask } = face([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('a'), data: { k: 'v' } }]);
  const accept = (as: string) => `application/json;as=${as};g=meta.k8s.io;v=v1`;
  const one = ask('/api/v1/namespaces/prod/configmaps/a', { accept: accept('PartialObjectMetadata') }).json;
  assert.deepEqual([one.kind, one.apiVersion, one.metadata.name, one.data], ['PartialObjectMetadata', 'meta.k8s.io/v1', 'a', undefined]);
  const list = ask('/api/v1/namespaces/prod/configmaps', { accept: accept('PartialObjectMetadataList') }).json;
  assert.deepEqual([list.kind, list.items], ['PartialObjectMetadataList', [one]]);
  assert.equal(ask('/api/v1/namespaces/prod/configmaps', { accept: accept('PartialObjectMetadata') }).status, 406);
});

test('discovery says the same in its old form and in one document', () => {
  const { ask } = face();
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const aggregated = ask('/apis', { accept });
  assert.equal(aggregated.headers['Content-Type'], accept);
  const names = aggregated.json.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
  assert.deepEqual(
    names,
    ask('/apis').json.groups.map(({ name }: { name: string }) => name),
  );
  for (const group of aggregated.json.items) {
    for (const { version, resources } of group.versions) {
      const legacy = ask(`/apis/${group.metadata.name}/${version}`).json.resources;
      const expected = legacy.filter(({ name }: { name: string }) => !name.includes('/'));
      assert.deepEqual(
        resources.map(({ resource, verbs }: { resource: string; verbs: string[] }) => [resource, verbs]),
        expected.map(({ name, verbs }: { name: string; verbs: string[] }) => [name, verbs]),
      );
    }
  }
  assert.deepEqual(ask('/apis/vmoperator.vmware.com').json.preferredVersion, {
    groupVersion: 'vmoperator.vmware.com/v1alpha6',
    version: 'v1alpha6',
  });
  assert.deepEqual(face([], 'A').ask('/apis/vmoperator.vmware.com').json.versions, [
    { groupVersion: 'vmoperator.vmware.com/v1alpha1', version: 'v1alpha1' },
  ]);
});

test('every document of the OpenAPI index is there, and every reference in it leads somewhere', () => {
  const { ask } = face();
  for (const [path, { serverRelativeURL }] of Object.entries<{ serverRelativeURL: string }>(ask('/openapi/v3').json.paths)) {
    const { status, json } = ask(serverRelativeURL);
    assert.equal(status, 200, path);
    for (const [, name] of JSON.stringify(json).matchAll(/#\/components\/schemas\/([^"]+)/g)) {
      assert.ok(name !== undefined && Object.hasOwn(json.components.schemas, name), `${path}: ${name}`);
    }
  }
  assert.equal(ask('/openapi/v3/apis/nowhere/v1').status, 404);
});

test('definitions can be read and not written', () => {
  const { ask } = face();
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const crd = ask(`${path}/virtualmachineservices.vmoperator.vmware.com`).json;
  assert.deepEqual(
    crd.status.conditions.map(({ type, status }: { type: string; status: string }) => [type, status]),
    [
      ['NamesAccepted', 'True'],
      ['Established', 'True'],
    ],
  );
  assert.deepEqual(crd.status.storedVersions, ['v1alpha6']);
  assert.deepEqual(ask(`${path}?fieldSelector=metadata.name=${crd.metadata.name}`).json.items, [crd]);
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) assert.equal(ask(path, { method, body: {} }).status, 405, method);
});

test('what cannot be done is refused by name', () => {
  const { ask } = face();
  const said = (path: string, method = 'POST') => {
    const { status, json } = ask(path, { method, body: {} });
    return [status, json.reason, json.message];
  };
  const pods = '/api/v1/namespaces/prod/pods/web';
  assert.deepEqual(said(`${pods}/exec?command=ls`), [
    501,
    'NotImplemented',
    'the sandbox does not run pods: there is nothing to run a command in',
  ]);
  assert.deepEqual(said(`${pods}/log`, 'GET'), [501, 'NotImplemented', 'the sandbox does not run pods: there are no logs']);
  assert.deepEqual(said(`${pods}/portforward`), [501, 'NotImplemented', 'the sandbox does not run pods: there is no port to forward to']);
  assert.deepEqual(said(`${pods}/eviction`), [501, 'NotImplemented', 'the sandbox does not run pods: there is nothing to evict']);
  assert.deepEqual(said('/api/v1/namespaces/prod/services/web/proxy/health', 'GET'), [
    501,
    'NotImplemented',
    'the sandbox does not forward traffic: a Service leads nowhere',
  ]);
  assert.deepEqual(said('/api/v1/namespaces/prod/serviceaccounts/default/token'), [
    501,
    'NotImplemented',
    'the sandbox does not issue tokens: use the one in its kubeconfig',
  ]);
  assert.deepEqual(said('/api/v1/namespaces/prod/pods/web/nonsense', 'GET'), [
    404,
    'NotFound',
    'the server could not find the requested resource',
  ]);
});

test('methods and media types that a path does not take are refused before the body is read', () => {
  const { ask } = face([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('a') }]);
  const path = '/api/v1/namespaces/prod/configmaps';
  const status = (at: string, asked: Asked) => ask(at, asked).status;
  assert.equal(status(path, { method: 'PUT', body: 'no json' }), 405);
  assert.equal(status(path, { method: 'PATCH', body: {} }), 405);
  assert.equal(status(`${path}/a`, { method: 'POST', body: {} }), 405);
  assert.equal(status('/api/v1/configmaps', { method: 'POST', body: {} }), 405);
  assert.equal(status('/api/v1/configmaps/a', {}), 404);
  assert.equal(status('/api/v1/namespaces/prod/namespaces', {}), 404);
  assert.equal(status('/version', { method: 'POST', body: {} }), 405);
  assert.equal(status(path, { method: 'POST', type: 'text/plain', body: {} }), 415);
  assert.equal(status(path, { method: 'POST', type: 'application/cbor', body: {} }), 415);
  assert.equal(status(`${path}/a`, { method: 'PATCH', type: 'application/json', body: {} }), 415);
  assert.equal(status(path, { method: 'POST', type: 'application/json', body: '{' }), 400);
  assert.equal(status(path, { method: 'POST', type: 'application/json', body: '[]' }), 400);
  assert.equal(status(`${path}/a`, { method: 'PATCH', type: 'application/json-patch+json', body: {} }), 400);
  assert.equal(status(`${path}/a`, { accept: 'text/html' }), 406);
});

test('options that nobody knows are named, as kube-apiserver names them', () => {
  const { ask } = face([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('a') }]);
  const path = '/api/v1/namespaces/prod/configmaps';
  const message = (at: string, asked: Asked = {}) => ask(at, asked).json.message;
  assert.equal(
    message(`${path}?dryRun=foo`, { method: 'POST', body: {} }),
    'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: []string{"foo"}: supported values: "All"',
  );
  assert.equal(
    message(`${path}?fieldValidation=foo`, { method: 'POST', body: {} }),
    'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "foo": supported values: "", "Ignore", "Strict", "Warn"',
  );
  assert.equal(
    message(`${path}/a?propagationPolicy=foo`, { method: 'DELETE' }),
    'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "foo": supported values: "Foreground", "Background", "Orphan", "nil"',
  );
  assert.equal(message(`${path}?limit=x`), 'strconv.ParseInt: parsing "x": invalid syntax');
  assert.equal(message(`${path}?labelSelector=a=b=c`), "found '=', expected: ',' or 'end of string'");
  assert.equal(
    message(`${path}/a`, { method: 'PATCH', type: 'application/apply-patch+yaml', body: {} }),
    'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  );
});

test('the questions about oneself are answered: an administrator who may do everything', () => {
  const { ask } = face();
  const post = (path: string, body: object) => ask(path, { method: 'POST', type: 'application/json', body });
  const attributes = { verb: 'delete', resource: 'virtualmachines', group: 'vmoperator.vmware.com' };
  const access = post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { spec: { resourceAttributes: attributes } });
  assert.deepEqual([access.status, access.json.spec, access.json.status.allowed], [201, { resourceAttributes: attributes }, true]);
  assert.equal(post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { spec: {} }).status, 400);
  const rules = post('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { spec: { namespace: 'prod' } });
  assert.deepEqual(rules.json.status.resourceRules, [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]);
  const self = post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    kind: 'SelfSubjectReview',
    apiVersion: 'authentication.k8s.io/v1',
  });
  assert.deepEqual(self.json.status.userInfo, { username: 'sandbox-admin', groups: ['system:masters', 'system:authenticated'] });
});

test('R127 a full sandbox takes deletions and nothing else', () => {
  const { ask } = face([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('a'), data: { text: 'x'.repeat(5000) } }], 'E', 5000);
  const path = '/api/v1/namespaces/prod/configmaps';
  const create = () =>
    ask(path, { method: 'POST', type: 'application/json', body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } } });
  const refused = create();
  assert.deepEqual(
    [refused.status, refused.json.reason, refused.json.message],
    [507, 'InsufficientStorage', 'the sandbox is full: delete objects before you write others'],
  );
  assert.equal(ask(`${path}/a`, { method: 'DELETE' }).status, 200);
  assert.equal(create().status, 201);
});

test('a watch turns selections into additions and deletions, in Tables with columns once', () => {
  const { server, send } = face([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...meta('a'), labels: { on: 'yes' } } }]);
  const opened = send('/api/v1/namespaces/prod/configmaps?watch=true&labelSelector=on%3Dyes', { accept: table });
  assert.ok(isWatch(opened));
  const frames: string[] = [];
  opened.watch.start(
    (frame) => frames.push(frame),
    () => {},
  );
  const load = (name: string, labels: Readonly<Record<string, string>>, namespace = 'prod') =>
    server.load([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels } }]);
  load('b', { on: 'no' });
  load('b', { on: 'yes' });
  load('b', { on: 'yes', more: 'x' });
  load('b', { on: 'no' });
  load('c', { on: 'yes' }, 'elsewhere');
  opened.watch.stop();
  load('d', { on: 'yes' });
  assert.deepEqual(
    frames
      .map((frame) => JSON.parse(frame))
      .map(({ type, object }) => [type, object.rows[0].cells[0], object.columnDefinitions?.length ?? null]),
    [
      ['ADDED', 'a', 3],
      ['ADDED', 'b', null],
      ['MODIFIED', 'b', null],
      ['DELETED', 'b', null],
    ],
  );
});

test('a watch that asks for more than there are rules for is told which rule', () => {
  const { ask, send } = face();
  const path = '/api/v1/namespaces/prod/configmaps?watch=true';
  assert.equal(
    ask(`${path}&sendInitialEvents=true`).json.message,
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
  );
  assert.equal(ask(`${path}&resourceVersion=abc`).status, 500);
  assert.equal(ask(`${path}&fieldSelector=data.k=v`).status, 400);
  const bookmarks = send(`${path}&allowWatchBookmarks=true`);
  assert.ok(isWatch(bookmarks));
  assert.deepEqual(JSON.parse(bookmarks.watch.bookmark() ?? ''), {
    type: 'BOOKMARK',
    object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: '2' } },
  });
  const plain = send(path);
  assert.ok(isWatch(plain));
  assert.equal(plain.watch.bookmark(), undefined);
});

test('old clients get an OpenAPI v2 document with nothing in it, in their own encoding', () => {
  const { send, ask } = face();
  const response = send('/openapi/v2', { accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf' });
  assert.ok(!isWatch(response));
  assert.deepEqual(
    response.body,
    Uint8Array.from([10, 3, ...Buffer.from('2.0'), 18, 18, 10, 10, ...Buffer.from('Kubernetes'), 18, 4, ...Buffer.from('1.33'), 66, 0]),
  );
  assert.deepEqual(ask('/openapi/v2').json.definitions, {});
});

test('a body that cannot be read is told as kube-apiserver tells it, in its own words for each way of writing', () => {
  const { ask } = face();
  const said = (method: string, path: string, type: string) => {
    const { status, json } = ask(`/api/v1/namespaces/default/configmaps${path}`, { method, type, body: '{bad' });
    return `${status} ${json.message}`;
  };
  const why = "invalid character 'b' looking for beginning of object key string";
  assert.equal(said('PATCH', '/a', 'application/merge-patch+json'), `400 error decoding patch: ${why}`);
  assert.equal(said('PATCH', '/a', 'application/json-patch+json'), `400 error decoding patch: ${why}`);
  assert.equal(said('PATCH', '/a', 'application/strategic-merge-patch+json'), `400 ${why}`);
  const unrecognized = 'the object provided is unrecognized (must be of type ConfigMap)';
  const noKind = `400 ${unrecognized}: couldn't get version/kind; json parse error: ${why} ({bad)`;
  assert.equal(said('POST', '', 'application/json'), noKind);
  assert.equal(said('PUT', '/a', 'application/json'), noKind);
  assert.match(
    said('PATCH', '/a?fieldManager=me', 'application/apply-patch+yaml'),
    /^400 error decoding YAML: error converting YAML to JSON: yaml: /,
  );
});
