import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ApiServer } from '../../src/apiserver/server.ts';
import type { Json, JsonObject } from '../../src/model/object.ts';
import { anApiServer } from '../support/api-server.ts';
import { ask, verdict } from '../support/ask.ts';

function endpoints(subsets: Json): JsonObject {
  return { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web' }, subsets };
}

function created(subsets: Json, server: ApiServer = anApiServer()): Json | undefined {
  const answer = ask(server, 'create', { kind: 'Endpoints' }, { body: endpoints(subsets) });
  return answer.code === 201 ? answer.body.subsets : String(answer.body.message);
}

suite('the storage of Endpoints', () => {
  test('subsets, addresses and ports stay in the order sent, and no address is rewritten, merged or made unique', () => {
    const subsets = [
      { addresses: [{ ip: 'fd00:0:0:0:0:0:0:6' }, { ip: '192.0.2.9' }, { ip: '192.0.2.9' }], notReadyAddresses: [{ ip: '192.0.2.9' }] },
      {
        addresses: [{ ip: '192.0.2.1' }],
        ports: [
          { name: 'z', port: 9, protocol: 'UDP' },
          { name: 'a', port: 1, protocol: 'TCP' },
        ],
      },
    ];
    assert.deepEqual(created(subsets), subsets);
  });

  test('the protocol is TCP, and an empty port name is absent', () => {
    const stored = created([{ addresses: [{ ip: '192.0.2.1' }], ports: [{ name: '', port: 80 }] }]);
    assert.deepEqual(stored, [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80, protocol: 'TCP' }] }]);
  });

  for (const empty of [[], null]) {
    test(`subsets that are ${JSON.stringify(empty)} are absent`, () => assert.equal(created(empty), undefined));
  }

  const refused: readonly (readonly [name: string, subsets: Json, errors: string])[] = [
    [
      'a subset without addresses',
      [{ ports: [{ port: 80 }] }],
      'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
    ],
    [
      'two ports without names',
      [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80 }, { port: 81 }] }],
      '[subsets[0].ports[0].name: Required value, subsets[0].ports[1].name: Required value]',
    ],
    [
      'an unspecified address',
      [{ addresses: [{ ip: '0.0.0.0' }] }],
      'subsets[0].addresses[0].ip: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)',
    ],
    [
      'a loopback address',
      [{ notReadyAddresses: [{ ip: '::1' }] }],
      'subsets[0].notReadyAddresses[0].ip: Invalid value: "::1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
    [
      'a link-local address',
      [{ addresses: [{ ip: 'fe80::1' }] }],
      'subsets[0].addresses[0].ip: Invalid value: "fe80::1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
    ],
    [
      'a link-local group',
      [{ addresses: [{ ip: '224.0.0.1' }] }],
      'subsets[0].addresses[0].ip: Invalid value: "224.0.0.1": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
    ],
    [
      'a text that is no address',
      [{ addresses: [{ ip: 'web-1' }] }],
      '[subsets[0].addresses[0].ip: Invalid value: "web-1": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff), subsets[0].addresses[0].ip: Invalid value: "web-1": must be a valid IP address]',
    ],
    [
      'a port out of range',
      [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 0 }] }],
      'subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
    ],
  ];
  for (const [name, subsets, errors] of refused) {
    test(`refused: ${name}`, () => assert.equal(created(subsets), `Endpoints "web" is invalid: ${errors}`));
  }

  test('two ports may have one name, and a subset no ports at all', () => {
    const ports = [
      { name: 'a', port: 80, protocol: 'TCP' },
      { name: 'a', port: 81, protocol: 'TCP' },
    ];
    assert.deepEqual(created([{ addresses: [{ ip: '192.0.2.1' }], ports }]), [{ addresses: [{ ip: '192.0.2.1' }], ports }]);
    assert.deepEqual(created([{ addresses: [{ ip: '192.0.2.1' }] }]), [{ addresses: [{ ip: '192.0.2.1' }] }]);
  });

  test('subsets that an older server accepted may stay, as long as they are not touched', () => {
    const server = anApiServer();
    const old = {
      ...endpoints([{ addresses: [{ ip: '127.0.0.1' }], ports: [{ port: 80, protocol: 'TCP' }] }]),
      metadata: { name: 'web', namespace: 'default' },
    };
    server.load([{ apiVersion: 'v1', kind: 'Endpoints', ...old }]);
    const patch = (body: JsonObject) => verdict(ask(server, 'patch', { kind: 'Endpoints', name: 'web' }, { patchType: 'merge', body }));
    assert.equal(patch({ metadata: { labels: { a: 'b' } } }), '200');
    const why = 'Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)';
    assert.equal(
      patch({ subsets: [{ addresses: [{ ip: '127.0.0.1' }] }] }),
      `422 Endpoints "web" is invalid: subsets[0].addresses[0].ip: ${why}`,
    );
  });

  test('every answer warns that Endpoints are deprecated, refusals included', () => {
    const server = anApiServer();
    const warning = 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice';
    assert.deepEqual(ask(server, 'get', { kind: 'Endpoints', name: 'web' }).warnings, [warning]);
    assert.deepEqual(ask(server, 'list', { kind: 'Endpoints' }).warnings, [warning]);
  });
});

suite('Endpoints go with the Service of their name', () => {
  function aPair(finalizers: readonly string[] = []): ApiServer {
    const server = anApiServer();
    const spec = { ports: [{ port: 80 }] };
    ask(
      server,
      'create',
      { kind: 'Service' },
      { body: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', finalizers }, spec } },
    );
    created([{ addresses: [{ ip: '192.0.2.1' }] }], server);
    return server;
  }

  test('at once, when nothing holds the Service', () => {
    const server = aPair();
    assert.equal(verdict(ask(server, 'delete', { kind: 'Service', name: 'web' })), '200');
    assert.equal(verdict(ask(server, 'get', { kind: 'Endpoints', name: 'web' })), '404 endpoints "web" not found');
  });

  test('with the last finalizer, not before', () => {
    const server = aPair(['example.test/hold']);
    ask(server, 'delete', { kind: 'Service', name: 'web' });
    assert.equal(verdict(ask(server, 'get', { kind: 'Endpoints', name: 'web' })), '200');
    const body = { metadata: { finalizers: null } };
    assert.equal(verdict(ask(server, 'patch', { kind: 'Service', name: 'web' }, { patchType: 'merge', body })), '200');
    assert.equal(verdict(ask(server, 'get', { kind: 'Service', name: 'web' })), '404 services "web" not found');
    assert.equal(verdict(ask(server, 'get', { kind: 'Endpoints', name: 'web' })), '404 endpoints "web" not found');
  });
});
