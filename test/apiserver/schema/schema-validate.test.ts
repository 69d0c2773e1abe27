import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { validateLists } from '../../../src/apiserver/schema/schema-lists.ts';
import { structuralSchema } from '../../../src/apiserver/schema/schema-structure.ts';
import { validateSchema } from '../../../src/apiserver/schema/schema-validate.ts';
import type { Json, JsonObject } from '../../../src/model/object.ts';
import { numberFromText } from '../../../src/model/raw-json.ts';
import { frozen } from '../../support/frozen.ts';

/** The errors of a value at `f` under a schema, as the API server prints them. */
function errorsOf(schema: JsonObject, value: Json, old?: Json): readonly string[] {
  const whole = structuralSchema({ type: 'object', properties: { f: schema } });
  const errors = validateSchema(frozen({ f: value }), whole, '', old === undefined ? undefined : { f: old });
  return errors.map(({ field, message }) => `${field}: ${message}`);
}

suite('a value that breaks its schema is refused in these words', () => {
  const item = { type: 'object', required: ['name', 'port'], properties: { name: { type: 'string' }, port: { type: 'integer' } } };
  const cases: readonly (readonly [schema: JsonObject, value: Json, errors: readonly string[]])[] = [
    [{ type: 'integer' }, 'x', ['f: Invalid value: "string": f in body must be of type integer: "string"']],
    [{ type: 'integer' }, 80.5, ['f: Invalid value: "number": f in body must be of type integer: "number"']],
    [{ type: 'integer' }, 2147483648, []],
    [{ type: 'integer' }, 1e20, ['f: Invalid value: "number": f in body must be of type integer: "number"']],
    [{ type: 'number' }, 80, []],
    [{ type: 'string' }, null, ['f: Invalid value: "null": f in body must be of type string: "null"']],
    [{ type: 'string', nullable: true }, null, []],
    [{ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }, '50%', []],
    [
      { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
      true,
      [
        'f: Invalid value: "boolean": f in body must be of type integer,string: "boolean"',
        '<nil>: Invalid value: "": "f" must validate at least one schema (anyOf)',
        'f: Invalid value: "boolean": f in body must be of type integer: "boolean"',
      ],
    ],
    [
      { type: 'array', items: item },
      [{ name: 'a' }, {}],
      ['f[0].port: Required value', 'f[1].name: Required value', 'f[1].port: Required value'],
    ],
    [{ type: 'string', enum: ['a', 'b'] }, 'c', ['f: Unsupported value: "c": supported values: "a", "b"']],
    [{ type: 'array', maxItems: 2, items: { type: 'string' } }, ['a', 'b', 'c'], ['f: Too many: 3: must have at most 2 items']],
    [{ type: 'array', minItems: 2, items: { type: 'string' } }, ['a'], ['f: Invalid value: 1: f in body should have at least 2 items']],
    [
      { type: 'array', uniqueItems: true, items: { type: 'string' } },
      ['a', 'a'],
      [`f: Invalid value: "": f in body shouldn't contain duplicates`],
    ],
    [{ type: 'string', maxLength: 2 }, 'üüü', ['f: Too long: may not be more than 2 bytes']],
    [{ type: 'string', minLength: 1 }, '', ['f: Invalid value: "": f in body should be at least 1 chars long']],
    [{ type: 'string', pattern: '^a+$' }, 'ab', ['f: Invalid value: "ab": f in body should match \'^a+$\'']],
    [{ type: 'integer', minimum: 1, maximum: 5 }, 0, ['f: Invalid value: 0: f in body should be greater than or equal to 1']],
    [{ type: 'integer', minimum: 1, maximum: 5 }, 6, ['f: Invalid value: 6: f in body should be less than or equal to 5']],
    [{ type: 'number', minimum: 0, exclusiveMinimum: true }, 0, ['f: Invalid value: 0: f in body should be greater than 0']],
    [{ type: 'object', minProperties: 1 }, {}, ['f: Invalid value: 0: f in body should have at least 1 properties']],
    [{ type: 'string', format: 'date-time' }, 'soon', ['f: Invalid value: "soon": f in body must be of type date-time: "soon"']],
    [{ type: 'string', format: 'date-time' }, '2024-02-29T23:59:59Z', []],
    [
      { type: 'string', format: 'date-time' },
      '2023-02-29T00:00:00Z',
      ['f: Invalid value: "2023-02-29T00:00:00Z": f in body must be of type date-time: "2023-02-29T00:00:00Z"'],
    ],
    [{ type: 'string', format: 'uuid' }, 5, ['f: Invalid value: "int64": f in body must be of type uuid: "int64"']],
    [{ type: 'string', format: 'duration' }, '1h30m', []],
    [{ type: 'string', format: 'duration' }, '3 days', []],
    [{ type: 'string', format: 'duration' }, 'long', ['f: Invalid value: "long": f in body must be of type duration: "long"']],
    [{ type: 'string', format: 'something-else' }, 'x', []],
  ];
  for (const [schema, value, errors] of cases) {
    test(`${JSON.stringify(value)} under ${JSON.stringify(schema)}`, () => {
      assert.deepEqual(errorsOf(schema, value), errors);
    });
  }

  test('R097 a very long text does not get near a pattern', () => {
    const long = 'a'.repeat(100_000);
    assert.deepEqual(errorsOf({ type: 'string', pattern: '^(a+)+b$' }, long), [
      `f: Invalid value: "${long}": f in body should match '^(a+)+b$'`,
    ]);
  });
});

test('integers that a double cannot hold keep their digits and their type', () => {
  const big = numberFromText('9007199254740993');
  assert.deepEqual(errorsOf({ type: 'integer' }, big), []);
  assert.deepEqual(errorsOf({ type: 'integer', maximum: 5 }, big), [
    'f: Invalid value: 9007199254740993: f in body should be less than or equal to 5',
  ]);
  assert.deepEqual(errorsOf({ type: 'integer' }, numberFromText('9223372036854775808')), [
    'f: Invalid value: "number": f in body must be of type integer: "number"',
  ]);
  assert.deepEqual(errorsOf({ type: 'string', enum: ['a'] }, big), [
    'f: Invalid value: "integer": f in body must be of type string: "integer"',
    'f: Unsupported value: 9007199254740993: supported values: "a"',
  ]);
});

suite('an update', () => {
  const schema = { type: 'object', properties: { mode: { type: 'string', enum: ['a'] }, size: { type: 'integer', maximum: 5 } } };

  test('tolerates a fault that was there before', () => {
    assert.deepEqual(errorsOf(schema, { mode: 'z', size: 1 }, { mode: 'z', size: 2 }), []);
  });

  test('refuses a new fault beside an old one, and only the new one', () => {
    assert.deepEqual(errorsOf(schema, { mode: 'z', size: 9 }, { mode: 'z', size: 2 }), [
      'f.size: Invalid value: 9: f.size in body should be less than or equal to 5',
    ]);
  });

  test('tolerates an old fault in an item of a list with keys, wherever the item went', () => {
    const list = {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: { type: 'object', properties: { name: { type: 'string' }, mode: { type: 'string', enum: ['a'] } } },
    };
    assert.deepEqual(
      errorsOf(
        list,
        [
          { name: 'new', mode: 'a' },
          { name: 'old', mode: 'z' },
        ],
        [{ name: 'old', mode: 'z' }],
      ),
      [],
    );
  });

  test('does not tolerate old faults in a list without keys that changed elsewhere', () => {
    const list = { type: 'array', items: { type: 'string', enum: ['a'] } };
    assert.deepEqual(errorsOf(list, ['z', 'a'], ['z']), ['f[0]: Unsupported value: "z": supported values: "a"']);
  });
});

suite('lists that are sets or maps', () => {
  const whole = structuralSchema({
    type: 'object',
    properties: {
      set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
      map: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['port', 'name'], items: { type: 'object' } },
    },
  });

  test('name each item that is there a second time', () => {
    const errors = validateLists({ set: ['a', 'b', 'a', 'a'], map: [{ port: 1, name: 'x' }, { name: 'x', port: 1 }, { port: 1 }] }, whole);
    assert.deepEqual(
      errors.map(({ field, message }) => `${field}: ${message}`),
      ['set[2]: Duplicate value: "a"', 'map[1]: Duplicate value: map[string]interface {}{"name":"x", "port":1}'],
    );
  });

  test('of objects have nothing but objects', () => {
    assert.deepEqual(
      validateLists({ map: [{ port: 1 }, 'x'] }, whole).map(({ field, message }) => `${field}: ${message}`),
      ['map[1]: Invalid value: "x": must be an object for an array of list-type map'],
    );
  });
});
