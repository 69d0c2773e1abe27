import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyMergePatch, createMergePatch, jsonEqual } from '../../src/core/patch.ts';
import type { JsonObject } from '../../src/model/object.ts';
import { numberFromText } from '../../src/model/raw-json.ts';

const cases: readonly (readonly [what: string, before: JsonObject, after: JsonObject, patch: JsonObject | undefined])[] = [
  ['equal objects', { a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 }, undefined],
  ['a changed field', { a: 1, b: 2 }, { a: 1, b: 3 }, { b: 3 }],
  ['a new field', { a: 1 }, { a: 1, b: { c: 2 } }, { b: { c: 2 } }],
  ['a field that is gone', { a: 1, b: 2 }, { a: 1 }, { b: null }],
  ['a field that is undefined', { a: 1, b: 2 }, { a: 1, b: undefined }, { b: null }],
  ['a nested difference', { m: { a: 1, b: 2 } }, { m: { a: 1, b: 3 } }, { m: { b: 3 } }],
  ['a list, which is replaced whole', { l: [1, 2, 3] }, { l: [1, 3] }, { l: [1, 3] }],
  ['an object that becomes a text', { a: { b: 1 } }, { a: 'x' }, { a: 'x' }],
  [
    'keys that JavaScript has of its own',
    JSON.parse('{"m":{"toString":"a"}}'),
    JSON.parse('{"m":{"__proto__":"b"}}'),
    JSON.parse('{"m":{"toString":null,"__proto__":"b"}}'),
  ],
];

for (const [what, before, after, patch] of cases) {
  test(`a merge patch of ${what}`, () => {
    assert.deepEqual(createMergePatch(before, after), patch);
    if (patch !== undefined) assert.equal(jsonEqual(applyMergePatch(before, patch), after), true);
  });
}

test('an integer above 2^53 keeps its digits, and differs from its neighbour', () => {
  const [one, other] = [numberFromText('9007199254740993'), numberFromText('9007199254740995')];
  assert.equal(createMergePatch({ a: one }, { a: numberFromText('9007199254740993') }), undefined);
  assert.equal(JSON.stringify(createMergePatch({ a: one }, { a: other })), '{"a":9007199254740995}');
  assert.equal(JSON.stringify(applyMergePatch({ a: one }, { b: other })), '{"a":9007199254740993,"b":9007199254740995}');
});

test('a patch that is no object replaces everything', () => {
  assert.equal(applyMergePatch({ a: 1 }, 'x'), 'x');
  assert.deepEqual(applyMergePatch('x', { a: { b: null, c: 1 } }), { a: { c: 1 } });
});

test('an empty object is not nothing', () => {
  assert.deepEqual(createMergePatch({}, { a: {} }), { a: {} });
  assert.deepEqual(createMergePatch({ a: {} }, {}), { a: null });
});

test('the examples of RFC 7386 hold', () => {
  const examples = JSON.parse(`[
    [{"a":"b"}, {"a":"c"}, {"a":"c"}],
    [{"a":"b"}, {"b":"c"}, {"a":"b","b":"c"}],
    [{"a":"b"}, {"a":null}, {}],
    [{"a":"b","b":"c"}, {"a":null}, {"b":"c"}],
    [{"a":["b"]}, {"a":"c"}, {"a":"c"}],
    [{"a":"c"}, {"a":["b"]}, {"a":["b"]}],
    [{"a":{"b":"c"}}, {"a":{"b":"d","c":null}}, {"a":{"b":"d"}}],
    [{"a":[{"b":"c"}]}, {"a":[1]}, {"a":[1]}],
    [["a","b"], ["c","d"], ["c","d"]],
    [{"a":"b"}, ["c"], ["c"]],
    [{"a":"foo"}, null, null],
    [{"a":"foo"}, "bar", "bar"],
    [{"e":null}, {"a":1}, {"e":null,"a":1}],
    [[1,2], {"a":"b","c":null}, {"a":"b"}],
    [{}, {"a":{"bb":{"ccc":null}}}, {"a":{"bb":{}}}]
  ]`);
  for (const [target, patch, result] of examples) assert.deepEqual(applyMergePatch(target, patch), result);
});

test('equality knows no order of fields, but one of lists', () => {
  assert.equal(jsonEqual({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }), true);
  assert.equal(jsonEqual([1, 2], [2, 1]), false);
  assert.equal(jsonEqual({ a: undefined }, {}), true);
  assert.equal(jsonEqual({ a: null }, {}), false);
  assert.equal(jsonEqual({}, []), false);
  assert.equal(jsonEqual({ toString: 1 }, { other: 1 }), false);
  assert.equal(jsonEqual(0, ''), false);
});

test('null in an object that is compared is a value; a patch cannot write it, only remove', () => {
  assert.deepEqual(createMergePatch({}, { a: null }), { a: null });
  assert.deepEqual(applyMergePatch({ a: 1 }, { a: null }), {});
});
