import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { storedObject } from '../../../src/apiserver/json.ts';
import { objectFit } from '../../../src/apiserver/schema/schema-fit.ts';
import { validateLists } from '../../../src/apiserver/schema/schema-lists.ts';
import { dropNulls, pruneObject } from '../../../src/apiserver/schema/schema-prune.ts';
import { structuralSchema } from '../../../src/apiserver/schema/schema-structure.ts';
import { validateSchema } from '../../../src/apiserver/schema/schema-validate.ts';
import { jsonOf } from '../../../src/model/object.ts';

const text = { type: 'string' };
const schema = structuralSchema({
  type: 'object',
  properties: {
    apiVersion: text,
    kind: text,
    metadata: { type: 'object' },
    spec: {
      type: 'object',
      required: ['type'],
      properties: {
        type: { type: 'string', enum: ['A', 'B'] },
        short: { type: 'string', minLength: 1, maxLength: 2, pattern: '^[ab]+$' },
        number: { type: 'integer', minimum: 1, maximum: 3 },
        flag: { type: 'boolean' },
        either: { 'x-kubernetes-int-or-string': true },
        nullable: { type: 'string', nullable: true },
        labels: { type: 'object', additionalProperties: text },
        names: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
        ports: { type: 'array', items: { type: 'object', required: ['port'], properties: { port: { type: 'integer' } } } },
        one: { type: 'string', oneOf: [{ enum: ['a'] }, { enum: ['b'] }] },
        few: { type: 'array', maxItems: 1, items: text },
        any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
});
const fits = objectFit(schema);

const anObject = (spec: object) =>
  storedObject({ apiVersion: 'v1', kind: 'Thing', metadata: { name: 'one', labels: {} }, spec: { ...spec } });

/** Mostly of the right type, now and then not. */
const aValue = fc.oneof(
  fc.constantFrom('A', 'B', 'a', 'ab', 'abc', '', null, true, 0, 1, 2.5, 4, 2 ** 63),
  fc.constantFrom({}, [], ['a'], ['a', 'a'], ['a', 'b'], [null], { a: 'b' }, { a: null }, { a: 1 }, [{ port: 1 }], [{ port: '1' }], [{}]),
);
const fields = ['type', 'short', 'number', 'flag', 'either', 'nullable', 'labels', 'names', 'ports', 'one', 'few', 'any', 'unknown'];
const aSpec = fc.dictionary(fc.constantFrom(...fields), aValue).chain((spec) => fc.constantFrom(spec, { ...spec, type: 'A' }));

test('an object that plainly fits loses nothing, and nothing is wrong with it', () => {
  let plain = 0;
  fc.assert(
    fc.property(aSpec, (spec) => {
      const object = anObject(spec);
      if (!fits(object)) return;
      plain += 1;
      const unknown: string[] = [];
      assert.equal(dropNulls(pruneObject(object, schema, unknown), schema), object);
      assert.deepEqual([unknown, validateSchema(object, schema), validateLists(object, schema)], [[], [], []]);
    }),
    { numRuns: 5000 },
  );
  assert.ok(plain > 100, `only ${plain} objects fitted`);
});

test('what plainly fits, and what takes more to tell', () => {
  const answer = (spec: object) => fits(anObject({ type: 'A', ...spec }));
  const whole = { short: 'ab', number: 3, flag: false, either: 1, nullable: 'x', labels: { a: 'b' }, names: ['a'], ports: [{ port: 80 }] };
  assert.equal(answer(whole), true);
  const others: readonly object[] = [
    { type: 'C' },
    { type: undefined },
    { short: 'abc' },
    { short: 'c' },
    { number: 4 },
    { number: '1' },
    { nullable: null },
    { labels: { a: null } },
    { names: ['a', 'b'] },
    { ports: [{}] },
    { ports: [{ port: 80, name: 'http' }] },
    { one: 'a' },
    { few: ['a'] },
    { any: {} },
    { unknown: 1 },
  ];
  assert.deepEqual(
    others.map(answer),
    others.map(() => false),
  );
});

test('metadata is no matter of the schema', () => {
  const object = jsonOf(anObject({ type: 'A' }));
  assert.deepEqual(
    [fits({ ...object, metadata: { name: 'one', anything: [null] } }), fits({ ...object, metadata: 'one' }), fits({ ...object, kind: 1 })],
    [true, false, false],
  );
});
