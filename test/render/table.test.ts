import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { colourStyle } from '../../src/render/colour.ts';
import { displayWidth } from '../../src/render/display-width.ts';
import { type Column, labelsText, renderTable, withObjectColumns } from '../../src/render/table.ts';

interface Row {
  readonly name: string;
  readonly namespace?: string;
  readonly data?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

const columns: readonly Column<Row>[] = [
  { header: 'NAME', value: (row) => row.name },
  { header: 'DATA', value: (row) => row.data ?? '1' },
  { header: 'AGE', value: () => '0s' },
  { header: 'SELECTOR', value: () => 'app=web', wide: true },
];

const rows: readonly Row[] = [
  { name: 'a', namespace: 'team-a', labels: { tier: 'front', 'example.test/app': 'web' } },
  { name: 'bbbbbbbbbb', namespace: 'kube-system' },
];

const withExtras = (extra: { allNamespaces?: boolean; labelColumns?: readonly string[]; showLabels?: boolean }) =>
  withObjectColumns(columns, { ...extra, namespaceOf: (row) => row.namespace ?? '', labelsOf: (row) => row.labels ?? {} });

test('columns are three blanks apart and at least six wide', () => {
  assert.deepEqual(renderTable(columns, rows).split('\n'), [
    'NAME         DATA   AGE',
    'a            1      0s',
    'bbbbbbbbbb   1      0s',
    '',
  ]);
});

test('without headers a narrow column is six wide, not as wide as its header', () => {
  assert.deepEqual(renderTable(columns, rows, { noHeaders: true }).split('\n'), ['a            1     0s', 'bbbbbbbbbb   1     0s', '']);
});

test('without rows nothing is printed, not even headers', () => {
  assert.equal(renderTable(columns, []), '');
});

test('wide columns appear on the right with -o wide only', () => {
  assert.deepEqual(renderTable(columns, rows, { wide: true }).split('\n'), [
    'NAME         DATA   AGE   SELECTOR',
    'a            1      0s    app=web',
    'bbbbbbbbbb   1      0s    app=web',
    '',
  ]);
});

test('-A puts NAMESPACE first', () => {
  assert.deepEqual(renderTable(withExtras({ allNamespaces: true }), rows).split('\n'), [
    'NAMESPACE     NAME         DATA   AGE',
    'team-a        a            1      0s',
    'kube-system   bbbbbbbbbb   1      0s',
    '',
  ]);
});

test('-L adds a column for each key, headed by what follows the slash; a missing label is <none>', () => {
  assert.deepEqual(renderTable(withExtras({ labelColumns: ['example.test/app', 'tier'] }), rows).split('\n'), [
    'NAME         DATA   AGE   APP      TIER',
    'a            1      0s    web      front',
    'bbbbbbbbbb   1      0s    <none>   <none>',
    '',
  ]);
});

test('--show-labels adds LABELS as the last column, after wide columns and -L', () => {
  assert.deepEqual(renderTable(withExtras({ labelColumns: ['tier'], showLabels: true }), rows, { wide: true }).split('\n'), [
    'NAME         DATA   AGE   SELECTOR   TIER     LABELS',
    'a            1      0s    app=web    front    example.test/app=web,tier=front',
    'bbbbbbbbbb   1      0s    app=web    <none>   <none>',
    '',
  ]);
});

test('a label key that every object inherits is not taken for a label', () => {
  assert.deepEqual(renderTable(withExtras({ labelColumns: ['constructor', '__proto__'] }), rows.slice(1)).split('\n'), [
    'NAME         DATA   AGE   CONSTRUCTOR   __PROTO__',
    'bbbbbbbbbb   1      0s    <none>        <none>',
    '',
  ]);
});

test('labels are sorted by key, and no labels are <none>', () => {
  assert.equal(labelsText({ b: '2', a: '1', c: '' }), 'a=1,b=2,c=');
  assert.equal(labelsText({}), '<none>');
});

test('an empty cell is <none>, a long one is never cut, and control characters are escaped on one line', () => {
  const long = 'x'.repeat(300);
  assert.deepEqual(renderTable(columns, [{ name: '' }, { name: long }, { name: 'a\nb\x1b[2J' }]).split('\n'), [
    `NAME${' '.repeat(299)}DATA   AGE`,
    `<none>${' '.repeat(297)}1      0s`,
    `${long}   1      0s`,
    `a\\nb^[[2J${' '.repeat(294)}1      0s`,
    '',
  ]);
});

test('letters of two columns are counted as two', () => {
  assert.deepEqual(
    renderTable(columns, [{ name: '東京' }, { name: 'tokyo' }, { name: 'e\u0301' }, { name: '🚀' }], { noHeaders: true }).split('\n'),
    ['東京    1     0s', 'tokyo   1     0s', 'e\u0301       1     0s', '🚀      1     0s', ''],
  );
});

test('colour does not move a column', () => {
  const style = colourStyle(true, 1);
  const painted: readonly Column<Row>[] = columns.map((column) =>
    column.header === 'NAME' ? { ...column, paint: (cell, row) => (row.name === 'a' ? style.bad(cell) : style.ok(cell)) } : column,
  );
  assert.deepEqual(renderTable(painted, rows).split('\n'), [
    'NAME         DATA   AGE',
    '\x1b[31ma\x1b[39m            1      0s',
    '\x1b[32mbbbbbbbbbb\x1b[39m   1      0s',
    '',
  ]);
});

test('whatever the cells hold: one line a row, every value whole, columns aligned, no trailing blanks, no control characters', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.constantFrom('\x1b[31m', 'a\nb', '東'));
  fc.assert(
    fc.property(fc.array(fc.record({ name: text, data: text }), { minLength: 1 }), (some) => {
      const lines = renderTable(columns, some).split('\n');
      assert.equal(lines.length, some.length + 2);
      assert.doesNotMatch(lines.join(''), /\p{Cc}/u);
      assert.deepEqual(
        lines.filter((line) => line.endsWith(' ')),
        [],
      );
      const ages = lines.slice(0, -1).map((line) => displayWidth(line.slice(0, Math.max(line.lastIndexOf('AGE'), line.lastIndexOf('0s')))));
      assert.equal(new Set(ages).size, 1);
    }),
  );
});
