import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preferredVersion, preferredVersionOfGroup } from '../../src/cluster/preferred-version.ts';
import { virtualMachineServices, virtualMachines, vmOperatorGroup } from '../../src/model/resources.ts';
import { faultServer, type Handler, json, liveFor, status } from './fault-server.ts';

const type = { apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachineService' };
const web = { ...type, metadata: { name: 'web', namespace: 'prod', uid: 'u-1' }, spec: { selector: { app: 'web' } } };
const ref = { ...type, namespace: 'prod', name: 'web' };
const collection = '/apis/vmoperator.vmware.com/v1alpha6/namespaces/prod/virtualmachineservices';

test('each method is one request, as small as it can be', async () => {
  await using server = await faultServer((response, seen) =>
    seen.path.endsWith('selfsubjectaccessreviews')
      ? json(response, 201, {
          kind: 'SelfSubjectAccessReview',
          apiVersion: 'authorization.k8s.io/v1',
          status: { allowed: false, reason: 'no rule' },
        })
      : seen.method === 'DELETE'
        ? json(response, 200, { kind: 'Status', apiVersion: 'v1', status: 'Success' })
        : json(response, 200, web),
  );
  await using live = liveFor(server.access());
  const { cluster } = live;
  const write = { dryRun: 'none', fieldManager: 'vmsvc' } as const;
  await cluster.get(ref);
  await cluster.create(web, write);
  await cluster.patch(ref, { metadata: { labels: { a: null } } }, write);
  await cluster.patch(ref, { status: {} }, { dryRun: 'server', fieldManager: 'vm operator', subresource: 'status' });
  await cluster.delete(ref, { dryRun: 'none', uid: 'u-1' });
  await cluster.delete(ref, { dryRun: 'server' });
  assert.deepEqual(await cluster.accessReview({ namespace: 'prod', verb: 'patch', group: '', resource: 'services' }), {
    allowed: false,
    reason: 'no rule',
  });
  assert.deepEqual(
    server.seen.map(({ method, path, headers, body }) => [method, path, headers['content-type'], body]),
    [
      ['GET', `${collection}/web`, undefined, ''],
      ['POST', `${collection}?fieldManager=vmsvc`, 'application/json', JSON.stringify(web)],
      ['PATCH', `${collection}/web?fieldManager=vmsvc`, 'application/merge-patch+json', '{"metadata":{"labels":{"a":null}}}'],
      ['PATCH', `${collection}/web/status?fieldManager=vm+operator&dryRun=All`, 'application/merge-patch+json', '{"status":{}}'],
      ['DELETE', `${collection}/web`, 'application/json', '{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u-1"}}'],
      ['DELETE', `${collection}/web`, 'application/json', '{"apiVersion":"v1","kind":"DeleteOptions","dryRun":["All"]}'],
      [
        'POST',
        '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        'application/json',
        '{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"namespace":"prod","verb":"patch","group":"","resource":"services"}}}',
      ],
    ],
  );
});

test('R012: who we impersonate is said in kubectl’s headers', async () => {
  await using server = await faultServer((response) => json(response, 200, web));
  const impersonate = { user: 'bob', uid: '7', groups: ['g1', 'g,2'], extra: new Map([['Odd/Key%ü', ['v1', 'v2']]]) };
  await using live = liveFor(server.access({ impersonate }));
  await live.cluster.get(ref);
  const headers = Object.entries(server.seen[0]?.headers ?? {}).filter(([name]) => name.startsWith('impersonate') || name === 'user-agent');
  assert.deepEqual(Object.fromEntries(headers), {
    'user-agent': 'kubectl-vmsvc/test (linux/amd64)',
    'impersonate-user': 'bob',
    'impersonate-uid': '7',
    'impersonate-group': 'g1, g,2',
    'impersonate-extra-odd%2fkey%25%c3%bc': 'v1, v2',
  });
});

test('P1: what nobody knows survives: unknown fields, times as text, integers above 2^53', async () => {
  const body = `{"apiVersion":"${type.apiVersion}","kind":"${type.kind}","metadata":{"name":"web","creationTimestamp":"2026-11-21T04:00:00Z"},"odd":{"n":9007199254740993,"f":1.50,"t":"2026-01-01"}}`;
  await using server = await faultServer((response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body));
  await using live = liveFor(server.access());
  assert.equal(JSON.stringify(await live.cluster.get(ref)), body.replace('1.50', '1.5'));
});

test('a name cannot leave its place in the path', async () => {
  await using server = await faultServer((response) => json(response, 200, web));
  await using live = liveFor(server.access());
  await live.cluster.get({ ...ref, namespace: '../kube-system', name: 'a/../b?x=%2F' });
  assert.equal(
    server.seen[0]?.path,
    '/apis/vmoperator.vmware.com/v1alpha6/namespaces/..%2Fkube-system/virtualmachineservices/a%2F..%2Fb%3Fx%3D%252F',
  );
});

const groupVersions = (...versions: string[]) => versions.map((version) => ({ groupVersion: `vmoperator.vmware.com/${version}`, version }));
const legacyGroup = {
  kind: 'APIGroup',
  apiVersion: 'v1',
  name: vmOperatorGroup,
  versions: groupVersions('v1alpha3', 'v1alpha2'),
  preferredVersion: groupVersions('v1alpha3')[0],
};
const legacyResources = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  resources: [
    {
      name: 'virtualmachineservices',
      singularName: 'virtualmachineservice',
      kind: 'VirtualMachineService',
      namespaced: true,
      shortNames: ['vmservice'],
      verbs: ['get', 'list'],
    },
    { name: 'virtualmachineservices/status', singularName: '', kind: 'VirtualMachineService', namespaced: true, verbs: ['patch'] },
  ],
};

test('one small request tells a group’s versions', async () => {
  await using server = await faultServer((response, seen) =>
    seen.path === `/apis/${vmOperatorGroup}`
      ? json(response, 200, legacyGroup)
      : response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found'),
  );
  await using live = liveFor(server.access());
  const group = await live.cluster.discoverGroup(vmOperatorGroup);
  assert.deepEqual(group, { name: vmOperatorGroup, versions: ['v1alpha3', 'v1alpha2'], preferredVersion: 'v1alpha3' });
  assert.equal(preferredVersionOfGroup(group, virtualMachines, 'ctx'), 'v1alpha3');
  assert.equal(await live.cluster.discoverGroup('other.example'), undefined);
  assert.equal(server.seen.length, 2);
});

test('aggregated discovery is two requests; a group whose server is down is a hole, not an absence', async () => {
  const item = (name: string, version: string, more: object): object => ({
    metadata: { name },
    versions: [{ version, freshness: 'Current', resources: [], ...more }],
  });
  const apis = {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    items: [
      item(vmOperatorGroup, 'v1alpha5', {
        resources: [
          {
            resource: 'virtualmachineservices',
            responseKind: { group: '', version: '', kind: 'VirtualMachineService' },
            scope: 'Namespaced',
            singularResource: 'virtualmachineservice',
            shortNames: ['vmservice'],
            verbs: ['get', 'list'],
            subresources: [{ subresource: 'status', verbs: ['patch'] }],
          },
        ],
      }),
      item('metrics.k8s.io', 'v1beta1', { freshness: 'Stale' }),
    ],
  };
  const type = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  await using server = await faultServer((response, seen) =>
    json(response, 200, seen.path === '/apis' ? apis : { ...apis, items: [] }, { 'content-type': type }),
  );
  await using live = liveFor(server.access());
  const discovery = await live.cluster.discover();
  assert.deepEqual(discovery, {
    groups: [
      { name: vmOperatorGroup, versions: ['v1alpha5'], preferredVersion: 'v1alpha5' },
      { name: 'metrics.k8s.io', versions: ['v1beta1'], preferredVersion: 'v1beta1' },
    ],
    resources: [
      {
        group: vmOperatorGroup,
        version: 'v1alpha5',
        kind: 'VirtualMachineService',
        plural: 'virtualmachineservices',
        singular: 'virtualmachineservice',
        shortNames: ['vmservice'],
        namespaced: true,
        verbs: ['get', 'list'],
      },
    ],
    unavailable: [{ group: 'metrics.k8s.io/v1beta1', reason: 'its API server did not answer the cluster' }],
  });
  assert.deepEqual(server.seen.map(({ path }) => path).sort(), ['/api', '/apis']);
});

/** A server from before aggregated discovery; some paths may be refused. */
const legacy =
  (refused: ReadonlyMap<string, number>): Handler =>
  (response, { path }) => {
    const code = refused.get(path);
    if (code !== undefined) json(response, code, status(code, 'Refused', `no ${path}`));
    else if (path === '/api') json(response, 200, { kind: 'APIVersions', versions: ['v1'] });
    else if (path === '/apis')
      json(response, 200, {
        kind: 'APIGroupList',
        apiVersion: 'v1',
        groups: [legacyGroup, { name: 'unrelated.example', versions: groupVersions('v1') }],
      });
    else if (path === `/apis/${vmOperatorGroup}`) json(response, 200, legacyGroup);
    else if (path.startsWith(`/apis/${vmOperatorGroup}/`)) json(response, 200, legacyResources);
    else if (path === '/api/v1') json(response, 200, { kind: 'APIResourceList', resources: [] });
    else response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
  };

test('R043: without aggregated discovery only the groups that matter are asked', async () => {
  await using server = await faultServer(legacy(new Map([[`/apis/${vmOperatorGroup}/v1alpha2`, 403]])));
  await using live = liveFor(server.access());
  const discovery = await live.cluster.discover();
  assert.deepEqual(
    discovery.resources.map(({ plural, version }) => [plural, version]),
    [['virtualmachineservices', 'v1alpha3']],
  );
  assert.deepEqual(discovery.unavailable, [{ group: `${vmOperatorGroup}/v1alpha2`, reason: `no /apis/${vmOperatorGroup}/v1alpha2` }]);
  assert.equal(preferredVersion(discovery, virtualMachineServices, 'ctx'), 'v1alpha3');
  assert.deepEqual(server.seen.map(({ path }) => path).sort(), [
    '/api',
    '/api/v1',
    '/apis',
    `/apis/${vmOperatorGroup}/v1alpha2`,
    `/apis/${vmOperatorGroup}/v1alpha3`,
  ]);
});

test('R043: when the list of groups is forbidden, ours is found by its name', async () => {
  await using server = await faultServer(legacy(new Map([['/apis', 403]])));
  await using live = liveFor(server.access());
  const discovery = await live.cluster.discover();
  assert.equal(preferredVersion(discovery, virtualMachineServices, 'ctx'), 'v1alpha3');
  assert.deepEqual(discovery.unavailable, [{ group: '*', reason: 'no /apis' }]);
});

test('R041: a server without VM Operator is named with its context', () => {
  const error = {
    name: 'ConnectionError',
    message: `the server doesn't have a resource type "virtualmachineservices"`,
    hint: 'is this a Supervisor? context dev',
  };
  assert.throws(() => preferredVersionOfGroup(undefined, virtualMachineServices, 'dev'), error);
  assert.throws(() => preferredVersion({ groups: [], resources: [], unavailable: [] }, virtualMachineServices, 'dev'), error);
  assert.throws(
    () =>
      preferredVersion(
        { groups: [], resources: [], unavailable: [{ group: `${vmOperatorGroup}/v1alpha5`, reason: 'it is down' }] },
        virtualMachineServices,
        'dev',
      ),
    { message: 'cannot tell whether the server has virtualmachineservices.vmoperator.vmware.com: it is down' },
  );
});

test('R044: a version that nobody knows yet is passed over for the newest that we do', () => {
  const group = { name: vmOperatorGroup, versions: ['v1', 'v1beta1', 'v1alpha6', 'v1alpha5'], preferredVersion: 'v1' };
  assert.equal(preferredVersionOfGroup(group, virtualMachines, 'dev'), 'v1alpha6');
  assert.throws(() => preferredVersionOfGroup({ ...group, versions: ['v1', 'v1beta1'] }, virtualMachines, 'dev'), {
    message: 'the server serves virtualmachines.vmoperator.vmware.com only in versions that this program does not know: v1, v1beta1',
    hint: 'it knows v1alpha1 to v1alpha6; a newer kubectl-vmsvc may know more',
  });
});
