import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ApiServer } from '../../../src/apiserver/server.ts';
import type { Json, JsonObject } from '../../../src/model/object.ts';
import { anApiServer } from '../../support/api-server.ts';
import { ask, at } from '../../support/ask.ts';

function aServer(): ApiServer {
  return anApiServer({ controllers: ['load-balancer'] });
}

/** Creates a LoadBalancer and says what its status shows afterwards. */
function vips(server: ApiServer, name: string, spec: JsonObject = {}): Json | undefined {
  const body = { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec } };
  assert.equal(ask(server, 'create', { kind: 'Service' }, { body }).code, 201);
  return ingress(server, name);
}

function ingress(server: ApiServer, name: string): Json | undefined {
  return at(ask(server, 'get', { kind: 'Service', name }).body, 'status.loadBalancer.ingress');
}

const vip = (ip: string): Json => ({ ip, ipMode: 'VIP' });

suite('the load balancer', () => {
  test('gives each Service the next address of its pool', () => {
    const server = aServer();
    assert.deepEqual([vips(server, 'a'), vips(server, 'b')], [[vip('10.20.0.1')], [vip('10.20.0.2')]]);
  });

  test('gives a dual-stack Service an address of each family', () => {
    assert.deepEqual(vips(aServer(), 'a', { ipFamilyPolicy: 'RequireDualStack' }), [vip('10.20.0.1'), vip('fd00:10:20::1')]);
  });

  test('respects loadBalancerIP when nobody has it, and waits for it when somebody has', () => {
    const server = aServer();
    assert.deepEqual(vips(server, 'a', { loadBalancerIP: '10.20.0.9' }), [vip('10.20.0.9')]);
    assert.equal(vips(server, 'b', { loadBalancerIP: '10.20.0.9' }), undefined);
    ask(server, 'delete', { kind: 'Service', name: 'a' });
    assert.deepEqual(ingress(server, 'b'), [vip('10.20.0.9')]);
  });

  test('leaves Services of other types and of other implementations alone', () => {
    const server = aServer();
    assert.equal(vips(server, 'a', { type: 'ClusterIP' }), undefined);
    assert.equal(vips(server, 'b', { loadBalancerClass: 'example.test/other' }), undefined);
  });

  test('releases the address with the type, and assigns one when the type comes back', () => {
    const server = aServer();
    vips(server, 'a');
    const retype = (type: string) => ask(server, 'patch', { kind: 'Service', name: 'a' }, { patchType: 'merge', body: { spec: { type } } });
    retype('ClusterIP');
    assert.equal(ingress(server, 'a'), undefined);
    assert.deepEqual(vips(server, 'b'), [vip('10.20.0.1')]);
    retype('LoadBalancer');
    assert.deepEqual(ingress(server, 'a'), [vip('10.20.0.2')]);
  });

  test('serves what was loaded as well', () => {
    const server = aServer();
    server.load([
      Object.assign(
        { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a', namespace: 'default' } },
        { spec: { type: 'LoadBalancer' } },
      ),
    ]);
    assert.deepEqual(ingress(server, 'a'), [vip('10.20.0.1')]);
  });
});
