import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getFormats, parseOutputFormat } from '../../src/render/output-format.ts';

const allowed =
  'custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,wide,yaml';

const cases: readonly (readonly [what: string, value: string | undefined, template: string | undefined, parsed: unknown])[] = [
  ['nothing', undefined, undefined, { format: { kind: 'table', wide: false } }],
  ['the empty text', '', undefined, { format: { kind: 'table', wide: false } }],
  ['wide', 'wide', undefined, { format: { kind: 'table', wide: true } }],
  ['json', 'json', undefined, { format: { kind: 'json' } }],
  ['yaml', 'yaml', undefined, { format: { kind: 'yaml' } }],
  ['name', 'name', undefined, { format: { kind: 'name' } }],
  ['a path with an equals sign', 'jsonpath={.a[?(@.b=="c")]}', undefined, { format: { kind: 'jsonpath', template: '{.a[?(@.b=="c")]}' } }],
  ['the path in --template', 'jsonpath', '{.a}', { format: { kind: 'jsonpath', template: '{.a}' } }],
  ['--template alone', undefined, '{{.a}}', { format: { kind: 'go-template', template: '{{.a}}' } }],
  ['jsonpath-as-json', 'jsonpath-as-json={.a}', undefined, { format: { kind: 'jsonpath-as-json', template: '{.a}' } }],
  ['a file of a path', 'jsonpath-file=a.txt', undefined, { format: { kind: 'jsonpath-file', file: 'a.txt' } }],
  ['columns', 'custom-columns=A:.b,C:.d', undefined, { format: { kind: 'custom-columns', spec: 'A:.b,C:.d' } }],
  ['a file of columns', 'custom-columns-file=a.txt', undefined, { format: { kind: 'custom-columns-file', file: 'a.txt' } }],
  ['a Go template', 'go-template={{.a}}', undefined, { format: { kind: 'go-template', template: '{{.a}}' } }],
  ["kubectl's older word for it", 'template={{.a}}', undefined, { format: { kind: 'go-template', template: '{{.a}}' } }],
  ['jsonpath without a path', 'jsonpath', undefined, { error: 'template format specified but no template given' }],
  ['jsonpath with an empty path', 'jsonpath=', undefined, { error: 'template format specified but no template given' }],
  ['columns without any', 'custom-columns=', undefined, { error: 'custom-columns format specified but no custom columns given' }],
  [
    'an unknown word',
    'foo',
    undefined,
    { error: `unable to match a printer suitable for the output format "foo", allowed formats are: ${allowed}` },
  ],
  [
    'a word that takes nothing',
    'json=x',
    undefined,
    { error: `unable to match a printer suitable for the output format "json=x", allowed formats are: ${allowed}` },
  ],
  [
    'a word of another command',
    'mermaid',
    undefined,
    { error: `unable to match a printer suitable for the output format "mermaid", allowed formats are: ${allowed}` },
  ],
];

for (const [what, value, template, parsed] of cases) {
  test(`-o: ${what}`, () => {
    assert.deepEqual(parseOutputFormat(value, getFormats, template), parsed);
  });
}

test('a command allows what it lists, and no more', () => {
  assert.deepEqual(parseOutputFormat('mermaid', ['json', 'mermaid']), { format: { kind: 'mermaid' } });
  assert.deepEqual(parseOutputFormat('wide', ['yaml', 'json']), {
    error: 'unable to match a printer suitable for the output format "wide", allowed formats are: json,yaml',
  });
});
