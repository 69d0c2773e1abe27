import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../src/model/object.ts';
import { sortRows } from '../../src/render/sort-by.ts';
import type { Column } from '../../src/render/table.ts';
import { TemplateError } from '../../src/render/template-error.ts';

interface Row {
  readonly name: string;
  readonly value?: Json;
  readonly ready?: string;
}

const columns: readonly Column<Row>[] = [
  { header: 'NAME', value: (row) => row.name },
  { header: 'READY', value: (row) => row.ready ?? '' },
  { header: 'AGE', value: (row) => `${row.name}s`, order: (row) => Number(row.name) },
];

function sorted(rows: readonly Row[], by: string): readonly string[] {
  const objectOf = ({ name, value }: Row): Json => ({ metadata: { name }, ...(value === undefined ? {} : { value }) });
  return sortRows(rows, by, { objectOf, columns }).map((row) => row.name);
}

/** Sorts rows named after their values. */
function order(...values: readonly Json[]): readonly string[] {
  return sorted(
    values.map((value) => ({ name: JSON.stringify(value), value })),
    '.value',
  );
}

test('all spellings of a path mean the same', () => {
  for (const by of ['.metadata.name', 'metadata.name', '{.metadata.name}', '{metadata.name}']) {
    assert.deepEqual(sorted([{ name: 'b' }, { name: 'a' }, { name: 'c' }], by), ['a', 'b', 'c'], by);
  }
});

const orders: readonly (readonly [what: string, values: readonly Json[]])[] = [
  ['integers by value', [-1, 2, 10, 100]],
  ['fractions among integers', [1, 1.5, 2]],
  ['texts letter by letter, as kubectl', ['Z', 'a1', 'a10', 'a2', 'aa', 'b']],
  ['versions are texts', ['1.2.10', '1.2.9']],
  ['texts that are all numbers by value', ['9', '10', '100']],
  ['quantities by value', ['500m', '1', '1e3', '2Ki', '5G']],
  ['quantities among texts are texts', ['10', '9', 'web']],
  ['times', ['2026-11-19T12:00:00Z', '2026-11-20T08:00:00Z', '2026-11-20T12:00:00Z']],
  ['null, then booleans, numbers, texts and lists', [null, false, true, 1, 'a', [1]]],
  ['lists item by item', [[1], [1, 2], [2]]],
];

for (const [what, values] of orders) {
  test(`${what}: ${JSON.stringify(values)}`, () => {
    const expected = values.map((value) => JSON.stringify(value));
    assert.deepEqual(order(...values), expected);
    assert.deepEqual(order(...values.toReversed()), expected);
  });
}

test('rows without the field come first, and equal rows stay in their order', () => {
  const rows: readonly Row[] = [{ name: 'b', value: 1 }, { name: 'x' }, { name: 'a', value: 1 }, { name: 'w' }, { name: 'c', value: 0 }];
  assert.deepEqual(sorted(rows, '.value'), ['x', 'w', 'c', 'b', 'a']);
});

test('the first of several values counts', () => {
  assert.deepEqual(order([9, 1], [1, 9]), ['[1,9]', '[9,1]']);
});

test('a column is sorted by under its header: by its cells, or by what the column says', () => {
  assert.deepEqual(
    sorted(
      [
        { name: 'a', ready: '2/5' },
        { name: 'b', ready: '0/3' },
      ],
      'READY',
    ),
    ['b', 'a'],
  );
  assert.deepEqual(sorted([{ name: '10' }, { name: '9' }], 'AGE'), ['9', '10']);
});

test('no rows are sorted without a word', () => {
  assert.deepEqual(sorted([], '.nope'), []);
});

const refused: readonly (readonly [by: string, message: string])[] = [
  ['.nope', 'couldn\'t find any field with path "{.nope}" in the list of objects; columns to sort by: NAME, READY, AGE'],
  ['ready', 'couldn\'t find any field with path "{.ready}" in the list of objects; columns to sort by: NAME, READY, AGE'],
  ['.metadata', 'field {.metadata} holds a map, which has no order: say one of its fields'],
  ['.metadata[', 'sorting error: unterminated array'],
  ['{.a}{.b}', "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"],
];

for (const [by, message] of refused) {
  test(`--sort-by=${by} is refused: ${message}`, () => {
    assert.throws(() => sorted([{ name: 'a' }, { name: 'b' }], by), new TemplateError(message));
  });
}
