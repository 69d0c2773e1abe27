import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCustomColumns, readCustomColumnsFile, renderCustomColumns } from '../../src/render/custom-columns.ts';
import { TemplateError } from '../../src/render/template-error.ts';

const services = [
  {
    metadata: { name: 'web-02' },
    spec: {
      ports: [
        { name: 'c', port: 8080 },
        { name: 'd', port: 1 },
      ],
    },
  },
  {
    metadata: { name: 'web-10', labels: { n: '10' }, annotations: { note: 'a\nb\x1b[31m', empty: '' } },
    spec: {
      ports: [
        { name: 'b', port: 443 },
        { name: 'a', port: 80 },
      ],
      ratio: 0.00001,
      nothing: null,
    },
  },
  { metadata: { name: 'web-2' }, spec: { ports: [{ name: 'z', port: 9 }], publishNotReadyAddresses: true } },
];

const tables: readonly (readonly [spec: string, lines: readonly string[]])[] = [
  [
    'A:{.metadata.name},B:metadata.name,C:{metadata.name},D:.metadata.name',
    [
      'A        B        C        D',
      'web-02   web-02   web-02   web-02',
      'web-10   web-10   web-10   web-10',
      'web-2    web-2    web-2    web-2',
    ],
  ],
  ['P:.spec.ports[*].port,N:.metadata.labels.n', ['P        N', '8080,1   <none>', '443,80   10', '9        <none>']],
  [
    'P:.spec.ports',
    ['P', '[map[name:c port:8080] map[name:d port:1]]', '[map[name:b port:443] map[name:a port:80]]', '[map[name:z port:9]]'],
  ],
  ['A:.spec.publishNotReadyAddresses', ['A', '<none>', '<none>', 'true']],
  ['A:.spec.ports[?(@.port==80)].name', ['A', '<none>', 'a', '<none>']],
  ['A:.spec.ratio,B:.spec.nothing', ['A        B', '<none>   <none>', '1e-05    <nil>', '<none>   <none>']],
  ['A:', ['A', '<none>', '<none>', '<none>']],
  ['A:.metadata.name:x', ['A', '<none>', '<none>', '<none>']],
  ['x y:.metadata.name', ['x y', 'web-02', 'web-10', 'web-2']],
  [':.metadata.name', ['', 'web-02', 'web-10', 'web-2']],
  ['A:.metadata.annotations.note', ['A', '<none>', 'a\\nb^[[31m', '<none>']],
];

for (const [spec, lines] of tables) {
  test(`custom-columns=${spec}`, () => {
    assert.deepEqual(renderCustomColumns(readCustomColumns(spec), services).split('\n'), [...lines, '']);
  });
}

test('--no-headers leaves the headers out', () => {
  assert.equal(renderCustomColumns(readCustomColumns('NAME:.metadata.name'), services, { noHeaders: true }), 'web-02\nweb-10\nweb-2\n');
});

test('without objects the headers stand alone, if there are any', () => {
  const columns = readCustomColumns('NAME:.metadata.name');
  assert.equal(renderCustomColumns(columns, []), 'NAME\n');
  assert.equal(renderCustomColumns(columns, [], { noHeaders: true }), '');
});

test('a file has a line of headers and a line of paths', () => {
  const columns = readCustomColumnsFile('NAME\tPORT\n.metadata.name  .spec.ports[0].port\n');
  assert.deepEqual(renderCustomColumns(columns, services).split('\n'), [
    'NAME     PORT',
    'web-02   8080',
    'web-10   443',
    'web-2    9',
    '',
  ]);
});

const path = "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'";
const lines = 'Expected format is one line of space separated headers, one line of space separated column specs.';

const refused: readonly (readonly [what: string, read: () => unknown, message: string])[] = [
  ['no columns', () => readCustomColumns(''), 'custom-columns format specified but no custom columns given'],
  ['a column without a path', () => readCustomColumns('A'), 'unexpected custom-columns spec: A, expected <header>:<json-path-expr>'],
  [
    'a union, whose comma separates columns',
    () => readCustomColumns('A:.a[0,1].b'),
    'unexpected custom-columns spec: 1].b, expected <header>:<json-path-expr>',
  ],
  ['a path with one brace', () => readCustomColumns('A:{.metadata.name'), path],
  ['two paths', () => readCustomColumns('A:{.x}{.y}'), path],
  ['an open bracket', () => readCustomColumns('A:.spec.ports['), 'custom column "A": unterminated array'],
  ['an empty file', () => readCustomColumnsFile(''), `invalid template, missing header line. ${lines}`],
  ['a file of one line', () => readCustomColumnsFile('NAME\n'), `invalid template, missing spec line. ${lines}`],
  ['two headers for one path', () => readCustomColumnsFile('A B\n.x\n'), "number of headers (2) and field specifications (1) don't match"],
  [
    'an index that some object does not have',
    () => renderCustomColumns(readCustomColumns('A:.spec.ports[1].port'), services),
    'custom column "A": array index out of bounds: index 1, length 1',
  ],
];

for (const [what, read, message] of refused) {
  test(`${what} is refused: ${message}`, () => {
    assert.throws(read, new TemplateError(message));
  });
}
