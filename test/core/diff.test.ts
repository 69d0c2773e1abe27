import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exactNumber } from '../../src/cluster/json.ts';
import { type Difference, diffValues } from '../../src/core/diff.ts';
import { jsonEqual } from '../../src/core/patch.ts';
import type { Json } from '../../src/model/object.ts';

test('equal values have no difference, whatever the order of their fields', () => {
  assert.deepEqual(diffValues({ a: 1, b: [{ name: 'x' }] }, { b: [{ name: 'x' }], a: 1 }), []);
  assert.deepEqual(diffValues(undefined, undefined), []);
  assert.deepEqual(diffValues({ a: undefined }, {}), []);
});

test('fields come, go and change, in the order of their names', () => {
  assert.deepEqual(
    diffValues(
      { metadata: { labels: { app: 'web', old: '1' } }, spec: { type: 'ClusterIP', same: true } },
      { metadata: { labels: { app: 'api' }, annotations: {} }, spec: { type: 'LoadBalancer', same: true } },
    ),
    [
      { kind: 'added', path: ['metadata', 'annotations'], after: {} },
      { kind: 'changed', path: ['metadata', 'labels', 'app'], before: 'web', after: 'api' },
      { kind: 'removed', path: ['metadata', 'labels', 'old'], before: '1' },
      { kind: 'changed', path: ['spec', 'type'], before: 'ClusterIP', after: 'LoadBalancer' },
    ] satisfies readonly Difference[],
  );
});

test('null is a value, and a value of another shape is changed', () => {
  assert.deepEqual(diffValues({ a: null }, { a: {} }), [{ kind: 'changed', path: ['a'], before: null, after: {} }]);
  assert.deepEqual(diffValues({ a: null }, {}), [{ kind: 'removed', path: ['a'], before: null }]);
  assert.deepEqual(diffValues([1], { a: 1 }), [{ kind: 'changed', path: [], before: [1], after: { a: 1 } }]);
});

test('a map or a list that comes or goes is named field by field and item by item, an empty one as a whole', () => {
  assert.deepEqual(diffValues({ labels: { app: 'web', tier: 'front' } }, { ports: [{ name: 'http' }], selector: {}, list: [[]] }), [
    { kind: 'removed', path: ['labels', 'app'], before: 'web' },
    { kind: 'removed', path: ['labels', 'tier'], before: 'front' },
    { kind: 'added', path: ['list'], after: [[]] },
    { kind: 'list', path: ['ports'], items: [{ kind: 'added', name: 'http', after: { name: 'http' } }], reordered: false },
    { kind: 'added', path: ['selector'], after: {} },
  ] satisfies readonly Difference[]);
});

test('items are told apart by their name: what happened to each, in the new order, the removed ones last', () => {
  const http = { name: 'http', port: 80 };
  const old = { name: 'old', port: 81 };
  const https = { name: 'https', port: 443 };
  assert.deepEqual(diffValues({ ports: [old, http] }, { ports: [{ ...http, nodePort: 30080 }, https] }), [
    {
      kind: 'list',
      path: ['ports'],
      items: [
        {
          kind: 'changed',
          name: 'http',
          before: http,
          after: { ...http, nodePort: 30080 },
          differences: [{ kind: 'added', path: ['nodePort'], after: 30080 }],
        },
        { kind: 'added', name: 'https', after: https },
        { kind: 'removed', name: 'old', before: old },
      ],
      reordered: false,
    },
  ] satisfies readonly Difference[]);
});

test('the same items in another order are said to be reordered', () => {
  assert.deepEqual(diffValues([{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }], [{ ip: '10.0.0.2' }, { ip: '10.0.0.1' }]), [
    {
      kind: 'list',
      path: [],
      items: [
        { kind: 'unchanged', name: '10.0.0.2', after: { ip: '10.0.0.2' } },
        { kind: 'unchanged', name: '10.0.0.1', after: { ip: '10.0.0.1' } },
      ],
      reordered: true,
    },
  ] satisfies readonly Difference[]);
});

test('plain values are their own names', () => {
  assert.deepEqual(diffValues({ finalizers: ['a', 'b'] }, { finalizers: ['b', 'c'] }), [
    {
      kind: 'list',
      path: ['finalizers'],
      items: [
        { kind: 'unchanged', name: 'b', after: 'b' },
        { kind: 'added', name: 'c', after: 'c' },
        { kind: 'removed', name: 'a', before: 'a' },
      ],
      reordered: false,
    },
  ] satisfies readonly Difference[]);
});

test('a list whose items cannot be told apart is one value', () => {
  for (const [before, after] of [
    [[{ a: 1 }], [{ a: 2 }]],
    [[{ name: 'x' }, { name: 'x' }], [{ name: 'x' }]],
    [[1, 1], [1]],
    [[{ name: 'x' }, 1], [1]],
  ] satisfies readonly (readonly [Json, Json])[]) {
    assert.deepEqual(diffValues({ list: before }, { list: after }), [{ kind: 'changed', path: ['list'], before, after }]);
  }
});

test('ports without names are told apart by their numbers', () => {
  const [difference] = diffValues([{ port: 80 }, { port: 81 }], [{ port: 80 }]);
  assert.equal(
    difference?.kind === 'list' && difference.items.map((item) => `${item.kind} ${String(item.name)}`).join(),
    'unchanged 80,removed 81',
  );
});

test('integers above 2^53 are compared digit by digit', () => {
  const [one, other] = [exactNumber('9007199254740993'), exactNumber('9007199254740994')];
  assert.deepEqual(diffValues({ a: one }, { a: other }), [{ kind: 'changed', path: ['a'], before: one, after: other }]);
  assert.deepEqual(diffValues({ a: one }, { a: exactNumber('9007199254740993') }), []);
});

test('fields that every object inherits are data like others', () => {
  assert.deepEqual(diffValues({}, JSON.parse('{"__proto__":"x","constructor":"y"}')), [
    { kind: 'added', path: ['__proto__'], after: 'x' },
    { kind: 'added', path: ['constructor'], after: 'y' },
  ]);
});

test('there is a difference exactly where two values are not equal', () => {
  const small = fc
    .jsonValue({ maxDepth: 3, stringUnit: fc.constantFrom('a', 'b') })
    .map((value): Json => JSON.parse(JSON.stringify(value)));
  fc.assert(
    fc.property(small, small, (before, after) => {
      assert.equal(diffValues(before, after).length === 0, jsonEqual(before, after));
      assert.deepEqual(diffValues(before, before), []);
    }),
  );
});
