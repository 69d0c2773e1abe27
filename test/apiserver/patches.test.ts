import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { builtInType } from '../../src/apiserver/patch/built-in-types.ts';
import { applyJsonPatch } from '../../src/apiserver/patch/json-patch.ts';
import { applyMergePatch } from '../../src/apiserver/patch/merge-patch.ts';
import { applyStrategicMerge } from '../../src/apiserver/patch/strategic-merge.ts';
import type { Json, JsonObject } from '../../src/model/object.ts';
import { services } from '../../src/model/resources.ts';
import { frozen } from '../support/frozen.ts';

const service: JsonObject = frozen({
  metadata: { name: 'web', labels: { a: 'b', c: 'd' }, finalizers: ['x/1', 'x/2'] },
  spec: {
    selector: { app: 'web' },
    ports: [
      { name: 'http', port: 80, nodePort: 30080 },
      { name: 'https', port: 443 },
    ],
  },
});

suite('a strategic merge patch', () => {
  function patched(patch: Json): JsonObject {
    const outcome = applyStrategicMerge(service, frozen(patch), builtInType(services));
    assert.ok('object' in outcome, JSON.stringify(outcome));
    return outcome.object;
  }

  function portsAfter(patch: JsonObject): unknown {
    const { spec } = patched({ spec: patch });
    assert.ok(typeof spec === 'object' && spec !== null && 'ports' in spec);
    return spec.ports;
  }

  const [first, second] = [
    { name: 'http', port: 80, nodePort: 30080 },
    { name: 'https', port: 443 },
  ];

  test('merges ports by their number', () => {
    assert.deepEqual(portsAfter({ ports: [{ port: 443, name: 'tls' }] }), [first, { name: 'tls', port: 443 }]);
  });

  test('puts new ports before those that only the server has, unless it says in which order', () => {
    const dns = { name: 'dns', port: 53 };
    assert.deepEqual(portsAfter({ ports: [dns] }), [dns, first, second]);
    assert.deepEqual(portsAfter({ ports: [dns], '$setElementOrder/ports': [{ port: 443 }, { port: 53 }, { port: 80 }] }), [
      second,
      dns,
      first,
    ]);
  });

  test('deletes and replaces ports by directive', () => {
    assert.deepEqual(portsAfter({ ports: [{ $patch: 'delete', port: 80 }] }), [second]);
    assert.deepEqual(portsAfter({ ports: [{ port: 1 }, { $patch: 'replace' }] }), [{ port: 1 }]);
  });

  test('adds and deletes finalizers by value', () => {
    assert.deepEqual(patched({ metadata: { finalizers: ['x/3'], '$deleteFromPrimitiveList/finalizers': ['x/1'] } })['metadata'], {
      name: 'web',
      labels: { a: 'b', c: 'd' },
      finalizers: ['x/3', 'x/2'],
    });
  });

  test('replaces or empties an object by directive, and keeps only the keys it names', () => {
    const cases: readonly (readonly [labels: JsonObject, result: JsonObject])[] = [
      [{ $patch: 'replace', n: 'm' }, { n: 'm' }],
      [{ $patch: 'delete' }, {}],
      [
        { $retainKeys: ['c', 'n'], n: 'm' },
        { c: 'd', n: 'm' },
      ],
      [{ a: null }, { c: 'd' }],
    ];
    for (const [labels, result] of cases) {
      assert.deepEqual(patched({ metadata: { labels } })['metadata'], { name: 'web', labels: result, finalizers: ['x/1', 'x/2'] });
    }
  });

  test('drops nulls and directives from what it adds', () => {
    assert.deepEqual(patched({ status: { a: null, b: { c: null, d: 1 }, e: [{ $patch: 'delete' }, { f: 1 }] } })['status'], {
      b: { d: 1 },
      e: [{ f: 1 }],
    });
  });

  test('may set a label called __proto__', () => {
    const { metadata } = patched(JSON.parse('{"metadata":{"labels":{"__proto__":"x"}}}'));
    assert.equal(JSON.stringify(metadata), '{"name":"web","labels":{"a":"b","c":"d","__proto__":"x"},"finalizers":["x/1","x/2"]}');
  });

  test('of null changes nothing', () => {
    assert.equal(patched(null), service);
  });

  const refusals: readonly (readonly [name: string, patch: Json, code: number, message: string])[] = [
    ['is an object', [1], 400, 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
    ['has no other directives', { $patch: 'bogus' }, 500, 'unknown patch type: bogus in map: {"$patch":"bogus"}'],
    ['names all keys that it keeps', { metadata: { $retainKeys: ['name'], labels: {} } }, 400, 'invalid patch format of retainKeys'],
    ['gives each port its number', { spec: { ports: [{ name: 'x' }] } }, 500, 'map: map[name:x] does not contain declared merge key: port'],
    [
      'cannot ask for a list to be merged',
      { spec: { ports: [{ port: 80, $patch: 'merge' }] } },
      500,
      'merging lists cannot yet be specified in the patch',
    ],
  ];
  for (const [name, patch, code, message] of refusals) {
    test(name, () => {
      assert.deepEqual(applyStrategicMerge(service, frozen(patch), builtInType(services)), { error: { code, message } });
    });
  }
});

suite('a JSON patch', () => {
  const rejected = { error: { code: 422, message: 'the server rejected our request due to an error in our request' } };

  test('applies its operations in order', () => {
    const outcome = applyJsonPatch(
      service,
      frozen([
        { op: 'test', path: '/metadata/labels/a', value: 'b' },
        { op: 'move', from: '/metadata/labels/a', path: '/metadata/labels/x~1y' },
        { op: 'remove', path: '/spec/ports/0' },
        { op: 'add', path: '/spec/ports/-', value: { port: 53 } },
        { op: 'copy', from: '/metadata/name', path: '/spec/externalName' },
        { op: 'replace', path: '/metadata/finalizers', value: [] },
      ]),
    );
    assert.deepEqual(outcome, {
      object: {
        metadata: { name: 'web', labels: { c: 'd', 'x/y': 'b' }, finalizers: [] },
        spec: { selector: { app: 'web' }, ports: [{ name: 'https', port: 443 }, { port: 53 }], externalName: 'web' },
      },
    });
  });

  test('is applied whole or not at all', () => {
    assert.deepEqual(
      applyJsonPatch(service, [
        { op: 'remove', path: '/spec' },
        { op: 'test', path: '/metadata/name', value: 'other' },
      ]),
      rejected,
    );
  });

  test('does not reach into what every object inherits', () => {
    assert.deepEqual(applyJsonPatch(service, [{ op: 'remove', path: '/metadata/toString' }]), rejected);
    assert.deepEqual(applyJsonPatch(service, [{ op: 'add', path: '/metadata/__proto__/x', value: 1 }]), rejected);
  });

  test('is a list', () => {
    assert.deepEqual(applyJsonPatch(service, { op: 'add' }), {
      error: { code: 400, message: 'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp' },
    });
  });
});

suite('a merge patch', () => {
  test('merges objects, removes by null and replaces lists', () => {
    assert.deepEqual(
      applyMergePatch(service, { metadata: { labels: { a: null, n: 'm' } }, spec: { ports: [] }, status: { x: { y: null } } }),
      {
        object: {
          metadata: { name: 'web', labels: { c: 'd', n: 'm' }, finalizers: ['x/1', 'x/2'] },
          spec: { selector: { app: 'web' }, ports: [] },
          status: { x: {} },
        },
      },
    );
  });

  const refusals: readonly (readonly [patch: Json, message: string])[] = [
    [null, 'Invalid JSON Patch'],
    [[1], 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}'],
    ['x', 'error decoding patch: json: cannot unmarshal string into Go value of type map[string]interface {}'],
    [true, 'error decoding patch: json: cannot unmarshal bool into Go value of type map[string]interface {}'],
  ];
  for (const [patch, message] of refusals) {
    test(`is not ${JSON.stringify(patch)}`, () => {
      assert.deepEqual(applyMergePatch(service, patch), { error: { code: 400, message } });
    });
  }
});
