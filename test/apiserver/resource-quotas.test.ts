import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ApiServer } from '../../src/apiserver/server.ts';
import type { Json, JsonObject, KubeObject } from '../../src/model/object.ts';
import { anApiServer } from '../support/api-server.ts';
import { ask, at } from '../support/ask.ts';

/** The sentences and numbers are those of kube-apiserver 1.33 after the same requests, alone and with its controllers. */

type Counts = Readonly<Record<string, string>>;

/** Without `used` it is one that nobody has counted yet. */
function quota(name: string, hard: Counts, used?: Counts) {
  const status = used === undefined ? {} : { status: { hard, used } };
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name, namespace: 'default' }, spec: { hard }, ...status };
}

/** They are loaded, so that their status is as it was written. */
function withQuotas(...quotas: readonly KubeObject[]): ApiServer {
  const server = anApiServer();
  server.load(quotas);
  return server;
}

const ports = (count: number): Json => Array.from({ length: count }, (_, index) => ({ name: `p${index}`, port: 80 + index }));

/** `201`, or the words of the refusal. */
function create(server: ApiServer, name: string, spec: JsonObject = {}, options: { readonly dryRun?: boolean } = {}): number | string {
  const body = { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: ports(1), ...spec } };
  const answer = ask(server, 'create', { kind: 'Service' }, { body, options });
  return answer.code < 400 ? answer.code : `${answer.code} ${at(answer.body, 'message')}`;
}

function patch(server: ApiServer, name: string, spec: JsonObject): number | string {
  const answer = ask(server, 'patch', { kind: 'Service', name }, { patchType: 'merge', body: { spec } });
  return answer.code < 400 ? answer.code : `${answer.code} ${at(answer.body, 'message')}`;
}

const used = (server: ApiServer, name = 'few'): Json | undefined =>
  at(ask(server, 'get', { kind: 'ResourceQuota', name }).body, 'status.used');

const refused = (name: string, requested: string, taken: string, limited: string, quotaName = 'few') =>
  `403 services "${name}" is forbidden: exceeded quota: ${quotaName}, requested: ${requested}, used: ${taken}, limited: ${limited}`;

suite('a ResourceQuota, at admission', () => {
  const hard = { services: '5', 'services.loadbalancers': '2', 'services.nodeports': '4', 'count/services': '7' };
  const start = { services: '3', 'services.loadbalancers': '1', 'services.nodeports': '2', 'count/services': '3' };

  test('what is created is counted, and what finds no room is refused with all that it exceeds', () => {
    const server = withQuotas(quota('few', hard, start));
    assert.equal(create(server, 'tried', {}, { dryRun: true }), 201);
    assert.deepEqual(used(server), start, 'a dry run takes nothing');
    assert.equal(create(server, 'a'), 201);
    assert.deepEqual(used(server), { ...start, services: '4', 'count/services': '4' });
    assert.equal(create(server, 'b'), 201);
    const lb = { type: 'LoadBalancer', ports: ports(3) };
    assert.equal(
      create(server, 'c', lb),
      refused('c', 'services=1,services.nodeports=3', 'services=5,services.nodeports=2', 'services=5,services.nodeports=4'),
    );
    assert.equal(
      create(server, 'c', {}, { dryRun: true }),
      refused('c', 'services=1', 'services=5', 'services=5'),
      'and a dry run is refused, too',
    );
    assert.equal(create(server, 'a'), refused('a', 'services=1', 'services=5', 'services=5'), 'before the storage sees that there is one');
    assert.match(String(create(server, 'd', { clusterIP: '1.2.3.4' })), /^422 /, 'what is invalid never gets there');
    assert.deepEqual(used(server), { ...start, services: '5', 'count/services': '5' }, 'what was refused took nothing');
  });

  test('a LoadBalancer without node ports takes none, but for those that it names', () => {
    const server = withQuotas(quota('few', hard, start));
    assert.equal(create(server, 'a', { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: ports(3) }), 201);
    assert.deepEqual(used(server), { 'count/services': '4', services: '4', 'services.loadbalancers': '2', 'services.nodeports': '2' });
    assert.equal(
      create(server, 'b', { type: 'LoadBalancer' }),
      refused('b', 'services.loadbalancers=1', 'services.loadbalancers=2', 'services.loadbalancers=2'),
    );
  });

  test('a change takes what is more than before, and gives nothing back by itself', () => {
    const server = withQuotas(quota('few', hard, { ...start, 'services.loadbalancers': '2' }));
    assert.equal(create(server, 'a'), 201);
    assert.equal(
      patch(server, 'a', { type: 'LoadBalancer' }),
      refused('a', 'services.loadbalancers=1', 'services.loadbalancers=2', 'services.loadbalancers=2'),
    );
    assert.equal(patch(server, 'a', { type: 'NodePort' }), 200);
    const after = { 'count/services': '4', services: '4', 'services.loadbalancers': '2', 'services.nodeports': '3' };
    assert.deepEqual(used(server), after);
    assert.equal(
      patch(server, 'a', { ports: ports(3) }),
      refused('a', 'services.nodeports=2', 'services.nodeports=3', 'services.nodeports=4'),
    );
    assert.equal(patch(server, 'a', { type: 'ClusterIP' }), 200);
    assert.deepEqual(used(server), after);
  });

  test('only a status limits: without any nothing is refused, and with limits that nobody has counted everything is', () => {
    const unwatched = withQuotas(quota('few', { services: '0' }));
    assert.equal(create(unwatched, 'a'), 201);
    assert.equal(used(unwatched), undefined);
    const half = withQuotas(quota('few', { services: '4', 'services.nodeports': '3', 'services.loadbalancers': '1' }, {}));
    assert.equal(
      create(half, 'a'),
      '403 services "a" is forbidden: status unknown for quota: few, resources: services,services.loadbalancers,services.nodeports',
    );
  });

  test('every quota of the namespace must have room, and those with scopes are about something else', () => {
    const server = withQuotas(quota('few', { services: '9' }, { services: '1' }), quota('none', { services: '1' }, { services: '1' }));
    assert.equal(create(server, 'a'), refused('a', 'services=1', 'services=1', 'services=1', 'none'));
    assert.deepEqual(used(server), { services: '1' });
    const scoped = { ...quota('few', { services: '1' }, { services: '1' }), spec: { hard: { services: '1' }, scopes: ['BestEffort'] } };
    assert.equal(create(withQuotas(scoped), 'a'), 201);
  });

  test('VirtualMachineServices, Endpoints and whatever else has a namespace are counted by their resource', () => {
    const server = withQuotas(
      quota(
        'few',
        { 'count/virtualmachineservices.vmoperator.vmware.com': '0' },
        { 'count/virtualmachineservices.vmoperator.vmware.com': '0' },
      ),
      quota('more', { 'count/endpoints': '1', configmaps: '0' }, { 'count/endpoints': '0', configmaps: '0' }),
    );
    const spec = { type: 'ClusterIP', ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 80 }] };
    const body = { apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachineService', metadata: { name: 'web' }, spec };
    const kind = { apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachineService' };
    assert.equal(
      at(ask(server, 'create', kind, { body }).body, 'message'),
      'virtualmachineservices.vmoperator.vmware.com "web" is forbidden: exceeded quota: few, requested: count/virtualmachineservices.vmoperator.vmware.com=1, used: count/virtualmachineservices.vmoperator.vmware.com=0, limited: count/virtualmachineservices.vmoperator.vmware.com=0',
    );
    const endpoints = (name: string) => ask(server, 'create', { kind: 'Endpoints' }, { body: { metadata: { name } } });
    assert.equal(endpoints('a').code, 201);
    assert.deepEqual(endpoints('b').body, {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message:
        'endpoints "b" is forbidden: exceeded quota: more, requested: count/endpoints=1, used: count/endpoints=1, limited: count/endpoints=1',
      reason: 'Forbidden',
      details: { name: 'b', kind: 'endpoints' },
      code: 403,
    });
  });
});

suite('the controller resource-quota', () => {
  const hard = { services: '2', 'services.loadbalancers': '1', 'services.nodeports': '3', 'count/services': '5', 'requests.cpu': '4' };
  const server = (): ApiServer => {
    const watched = anApiServer({ controllers: ['resource-quota'] });
    assert.equal(ask(watched, 'create', { kind: 'ResourceQuota' }, { body: { metadata: { name: 'few' }, spec: { hard } } }).code, 201);
    return watched;
  };

  test('counts what there is when a quota appears, and leaves alone what nothing here counts', () => {
    const watched = anApiServer({ controllers: ['resource-quota'] });
    assert.equal(create(watched, 'a', { type: 'LoadBalancer' }), 201);
    ask(watched, 'create', { kind: 'ResourceQuota' }, { body: { metadata: { name: 'few' }, spec: { hard } } });
    assert.deepEqual(used(watched), { 'count/services': '1', services: '1', 'services.loadbalancers': '1', 'services.nodeports': '1' });
  });

  test('gives back what goes or becomes less', () => {
    const watched = server();
    assert.equal(create(watched, 'a'), 201);
    assert.equal(create(watched, 'b', { type: 'LoadBalancer', ports: ports(3) }), 201);
    assert.deepEqual(used(watched), { 'count/services': '2', services: '2', 'services.loadbalancers': '1', 'services.nodeports': '3' });
    assert.equal(create(watched, 'c'), refused('c', 'services=1', 'services=2', 'services=2'));
    assert.equal(ask(watched, 'delete', { kind: 'Service', name: 'a' }).code, 200);
    assert.equal(patch(watched, 'b', { type: 'ClusterIP' }), 200);
    assert.deepEqual(used(watched), { 'count/services': '1', services: '1', 'services.loadbalancers': '0', 'services.nodeports': '0' });
    assert.equal(create(watched, 'c'), 201);
  });

  test('takes over new limits, and leaves a use that was loaded as it was written', () => {
    const watched = server();
    const body = { spec: { hard: { ...hard, services: '0' } } };
    assert.equal(ask(watched, 'patch', { kind: 'ResourceQuota', name: 'few' }, { patchType: 'merge', body }).code, 200);
    assert.equal(create(watched, 'a'), refused('a', 'services=1', 'services=0', 'services=0'));
    const loaded = anApiServer({ controllers: ['resource-quota'] });
    const full = { 'services.loadbalancers': '5' };
    loaded.load([
      { ...quota('few', full, full), apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few', namespace: 'default' } },
    ]);
    assert.deepEqual(used(loaded), full);
    assert.equal(
      create(loaded, 'pay', { type: 'LoadBalancer' }),
      refused('pay', 'services.loadbalancers=1', 'services.loadbalancers=5', 'services.loadbalancers=5'),
    );
  });
});
