import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readJsonDocuments } from '../../src/cluster/files/json-reader.ts';
import { withShallowManagedFields } from '../../src/cluster/http/shallow-managed-fields.ts';
import { withoutManagedFields } from '../../src/cluster/http/without-managed-fields.ts';
import { exactNumber, isExactNumber, parseJson, printJson } from '../../src/cluster/json.ts';
import { jsonSyntaxError } from '../../src/cluster/json-syntax.ts';

test('P1: integers of any size come out as they went in', () => {
  const integers = fc.oneof(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), fc.bigInt({ min: 2n ** 53n - 5n, max: 2n ** 53n + 5n }));
  fc.assert(
    fc.property(fc.array(integers), fc.string(), (numbers, text) => {
      const json = `{"n":[${numbers.join(',')}],"t":${JSON.stringify(text)}}`;
      assert.equal(JSON.stringify(parseJson(json)), json);
    }),
  );
});

test('P1: any JSON without such numbers is what JSON.parse makes of it', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      assert.equal(JSON.stringify(parseJson(json)), JSON.stringify(JSON.parse(json)));
    }),
    { examples: [['{"a":1.5e3}'], ['{"a":"9007199254740993"}']] },
  );
});

test('a number that a double holds is a number, any other keeps its text', () => {
  assert.equal(exactNumber('9007199254740991'), 9007199254740991);
  assert.equal(exactNumber('1.50'), 1.5);
  for (const text of ['9007199254740993', '-9007199254740993', '1e400', '-0', '123456789012345678901234567890']) {
    const exact = exactNumber(text);
    assert.equal(isExactNumber(exact), true, text);
    assert.equal(printJson({ n: exact }), `{"n":${text}}`);
  }
  assert.equal(JSON.stringify(parseJson('{"a":-0,"b":1e400,"c":-9007199254740993}')), '{"a":-0,"b":1e400,"c":-9007199254740993}');
});

test('managedFields are cut out of compact JSON wherever they stand, and nothing else changes', () => {
  const fields = fc.array(
    fc.dictionary(
      fc.string(),
      fc.json().map((text) => JSON.parse(text)),
      { noNullPrototype: true },
    ),
    { maxLength: 3 },
  );
  const around = fc.dictionary(
    fc.string().filter((key) => key !== 'managedFields' && key !== '__proto__'),
    fc.oneof(fc.string(), fc.constantFrom('"managedFields":[', ',"managedFields":[1]', '\\"managedFields":[', '[{]}')),
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(around, fields, around, (before, managedFields, after) => {
      const text = JSON.stringify({ ...before, managedFields, ...after });
      const expected = { ...before, managedFields, ...after };
      Reflect.deleteProperty(expected, 'managedFields');
      assert.deepEqual(JSON.parse(withoutManagedFields(Buffer.from(text)).toString()), expected);
    }),
  );
});

test('of managedFields stays which parts were written by whom, and nothing else changes', () => {
  const fieldsV1 = fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      fc.constantFrom({}, { '.': {}, 'k:{"name":"a"}': { 'f:port': {} } }, { 'v:"}"': {} }),
      { noNullPrototype: true },
    ),
    { noNullPrototype: true },
  );
  const entries = fc.array(fc.record({ manager: fc.string(), fieldsV1, time: fc.string() }, { noNullPrototype: true }), { maxLength: 4 });
  const around = fc.dictionary(
    fc.string().filter((key) => key !== 'managedFields' && key !== '__proto__'),
    fc.oneof(fc.string(), fc.constantFrom('"fieldsV1":{', ',"fieldsV1":{"a":{}}', '\\"fieldsV1":{', '{"fieldsV1":{')),
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(around, entries, around, (before, managedFields, after) => {
      const text = JSON.stringify({ ...before, managedFields, ...after });
      const shallow = managedFields.map((entry) => ({
        ...entry,
        fieldsV1: Object.fromEntries(Object.keys(entry.fieldsV1).map((part) => [part, {}])),
      }));
      const cut = withShallowManagedFields(Buffer.from(text)).toString();
      assert.deepEqual(JSON.parse(cut), { ...before, managedFields: shallow, ...after });
    }),
  );
});

test('JSON that JSON.parse refuses is refused with a place, and what it reads is not', () => {
  const mangled = fc.tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', '"', '1', '\\', ']', ' x', '{')).map(([json, at, sign]) => {
    const cut = json.length === 0 ? 0 : at % json.length;
    return json.slice(0, cut) + sign + json.slice(cut + 1);
  });
  fc.assert(
    fc.property(fc.oneof(mangled, fc.json()), (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      assert.equal(jsonSyntaxError(text, 0, text.length) === undefined, valid, text);
    }),
    { numRuns: 2000 },
  );
});

test('JSON values after one another are read one by one, whatever separates them', () => {
  const values = fc.array(fc.object().map((value) => JSON.stringify(value)));
  fc.assert(
    fc.property(values, fc.constantFrom('\n', '', ' \r\n\t', '\n\n'), (texts, between) => {
      const { documents, problems } = readJsonDocuments(texts.join(between));
      assert.deepEqual(problems, []);
      assert.deepEqual(
        documents.map(({ value }) => JSON.stringify(value)),
        texts.map((text) => JSON.stringify(JSON.parse(text))),
      );
    }),
  );
});
