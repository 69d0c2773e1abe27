import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeProtobuf } from '../../../src/apiserver/http/protobuf.ts';

const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : [...part])));

function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

const field = (number: number, content: Uint8Array) => [...varint(number * 8 + 2), ...varint(content.length), ...content];
const numeric = (number: number, value: number) => [...varint(number * 8), ...varint(value)];

/** The envelope that Go's clients put around an object. */
const envelope = (apiVersion: string, kind: string, object: Uint8Array) =>
  bytes('k8s', [0], field(1, bytes(field(1, bytes(apiVersion)), field(2, bytes(kind)))), field(2, object));

test('what kubectl auth can-i --list sends is read, byte for byte as kubectl 1.32 sent it', () => {
  const sent =
    '6b3873000a310a17617574686f72697a6174696f6e2e6b38732e696f2f7631121653656c665375626a65637452756c657352657669657712200a100a0012001a0022002a003200380042001206' +
    '0a0470726f641a04180022001a002200';
  assert.deepEqual(decodeProtobuf(Buffer.from(sent, 'hex')), {
    object: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectRulesReview',
      metadata: {},
      spec: { namespace: 'prod' },
    },
  });
});

test('a Service is read with its maps, lists, times and pointers; what is empty is left out, a pointer to it is not', () => {
  const metadata = bytes(
    field(1, bytes('web')),
    field(2, bytes('')),
    field(8, bytes(numeric(1, Date.parse('2026-11-20T12:00:00Z') / 1000))),
    field(11, bytes(field(1, bytes('app')), field(2, bytes('web')))),
    field(11, bytes(field(1, bytes('__proto__')), field(2, bytes('x')))),
  );
  const targetPort = bytes(numeric(1, 0), numeric(2, 8080), field(3, bytes('')));
  const http = bytes(field(1, bytes('http')), field(2, bytes('TCP')), numeric(3, 80), field(4, targetPort), numeric(5, 0));
  const admin = bytes(numeric(3, 81), field(4, bytes(numeric(1, 1), numeric(2, 0), field(3, bytes('admin')))));
  const spec = bytes(
    field(1, http),
    field(1, admin),
    field(3, bytes('')),
    field(4, bytes('LoadBalancer')),
    field(18, bytes('10.96.0.1')),
    numeric(20, 0),
  );
  const decoded = decodeProtobuf(envelope('v1', 'Service', bytes(field(1, metadata), field(2, spec))));
  assert.deepEqual(decoded, {
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'web',
        creationTimestamp: '2026-11-20T12:00:00Z',
        labels: Object.fromEntries([
          ['app', 'web'],
          ['__proto__', 'x'],
        ]),
      },
      spec: {
        ports: [
          { name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 },
          { port: 81, targetPort: 'admin' },
        ],
        type: 'LoadBalancer',
        allocateLoadBalancerNodePorts: false,
        clusterIPs: ['10.96.0.1'],
      },
    },
  });
});

test('a Secret keeps its bytes in base64', () => {
  const data = bytes(field(1, bytes('k')), field(2, Uint8Array.from([0, 255, 128])));
  assert.deepEqual(decodeProtobuf(envelope('v1', 'Secret', bytes(field(2, data), field(3, bytes('Opaque'))))), {
    object: { apiVersion: 'v1', kind: 'Secret', data: { k: 'AP+A' }, type: 'Opaque' },
  });
});

test('a quota keeps its quantities as they are written', () => {
  const hard = (name: string, quantity: string) => field(1, bytes(field(1, bytes(name)), field(2, bytes(field(1, bytes(quantity))))));
  const spec = bytes(hard('services', '5'), hard('limits.memory', '2Gi'));
  assert.deepEqual(decodeProtobuf(envelope('v1', 'ResourceQuota', bytes(field(2, spec)))), {
    object: { apiVersion: 'v1', kind: 'ResourceQuota', spec: { hard: { services: '5', 'limits.memory': '2Gi' } } },
  });
});

test('a kind that is not known is named, and what is no protobuf is said to be none', () => {
  assert.deepEqual(decodeProtobuf(envelope('batch/v1', 'Job', bytes())), { unknownKind: 'batch/v1, Kind=Job' });
  assert.deepEqual(decodeProtobuf(bytes('{}')), { malformed: 'the body does not begin with the four bytes of a Kubernetes object' });
  assert.deepEqual(decodeProtobuf(bytes('k8s', [0, 0x0a, 50])), { malformed: 'a field is cut short' });
  assert.deepEqual(decodeProtobuf(bytes('k8s', [0, 0x0a])), { malformed: 'a number is cut short' });
  assert.deepEqual(decodeProtobuf(bytes('k8s', [0, 0x0f])), { malformed: 'a field is of a type that does not exist' });
});
