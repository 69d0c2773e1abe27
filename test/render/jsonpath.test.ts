import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../../src/model/object.ts';
import { type JsonPathOptions, readJsonPath, renderJsonPath } from '../../src/render/jsonpath.ts';
import { TemplateError } from '../../src/render/template-error.ts';
import { document, printed, refused } from './jsonpath-cases.ts';
import { kubectlPrints, withoutKubectl } from './kubectl.ts';

const asKubectl: JsonPathOptions = { allowMissingKeys: true, asJson: false, toTerminal: false };

function render(template: string, value: Json = document, options: Partial<JsonPathOptions> = {}): string {
  return renderJsonPath(readJsonPath(template), value, { ...asKubectl, ...options });
}

for (const [template, output] of printed) {
  test(`${template} prints ${JSON.stringify(output.slice(0, 60))}`, () => {
    assert.equal(render(template), output);
  });
}

for (const [template, message] of refused) {
  test(`${template} is refused: ${message}`, () => {
    assert.throws(() => render(template), new TemplateError(message));
  });
}

test('this kubectl prints the same', { skip: withoutKubectl }, () => {
  // One run for all of them: a range without an end would swallow what follows.
  const closed = printed.filter(([template]) => template.split('{range').length === template.split('{end}').length);
  const separator = '\n=====\n';
  const answer = kubectlPrints(document, '-o', `jsonpath=${closed.map(([template]) => template).join(separator)}`);
  assert.equal(answer.stderr, '');
  assert.deepEqual(
    // Until 1.29 kubectl wrote a null as Go does.
    answer.stdout.replaceAll('<nil>', 'null').split(separator),
    closed.map(([, output]) => output),
  );
});

test('--allow-missing-template-keys=false makes a missing key an error', () => {
  const strict = { allowMissingKeys: false };
  assert.throws(
    () => render('{.vms[*].nope}', document, strict),
    new TemplateError('error executing jsonpath "{.vms[*].nope}": nope is not found'),
  );
  assert.equal(render('{.vms[*].ports[0]}', document, strict), '80 8080');
  assert.equal(render('{.vms[?(@.nope)].name}', document, strict), '');
});

test('jsonpath-as-json prints the values of each pair of braces as a list', () => {
  assert.equal(render('{.vms[0:2].name}{"x"}{.nope}', document, { asJson: true }), '[\n    "a",\n    "b"\n]\n[\n    "x"\n]\n[]\n');
});

test('a recursive descent and a wildcard walk maps in the order of their keys', () => {
  assert.equal(render('{.metadata.labels.*}'), 'd 1');
  assert.equal(render('{.metadata.nested..}'), '{"a":{"b":{"a":1}}} {"b":{"a":1}} {"a":1}');
});

test('R093: a terminal gets the values escaped and the template as it was written; a pipe gets both as they are', () => {
  const value = { message: '\x1b[31mred\r', list: ['a\nb', '\u202e'] };
  const template = '{.message}\t{"\\t"}{.list[*]}\n';
  assert.equal(render(template, value, { toTerminal: true }), '^[[31mred\\r\t\ta\nb \\u202e\n');
  assert.equal(render(template, value), '\x1b[31mred\r\t\ta\nb \u202e\n');
});

test('R096: what every JavaScript object inherits is not there, and nothing is ever called', () => {
  for (const path of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'vms.length', 'str.length']) {
    assert.equal(render(`{.${path}}`), '', path);
  }
  assert.equal(render('{.vms[?(@.constructor)].name}'), '');
  assert.throws(() => render('{.vms[?(@.constructor.constructor("return 1")())]}'), TemplateError);
  assert.equal(render('{.__proto__}', JSON.parse('{"__proto__":"data"}')), 'data');
});

test('R095: a path that would take for ever stops after a million steps and says so', () => {
  const deep = '['.repeat(30) + ']'.repeat(30);
  const template = `{.deep${'[*,*]'.repeat(30)}}`;
  assert.throws(
    () => render(template, { deep: JSON.parse(`${deep.slice(0, 30)}1${deep.slice(30)}`) }),
    new TemplateError(
      `error executing jsonpath ${JSON.stringify(template)}: the path takes more than 1000000 steps on this document: make it more specific`,
    ),
  );
});

test('ten thousand objects of a hundred fields each are within those steps', () => {
  const fields = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`field${at}`, { name: `n${at}` }]));
  const items = Array.from({ length: 10_000 }, () => fields);
  assert.equal(render('{range .items[*]}{.field7.name}{","}{end}', { items }), 'n7,'.repeat(10_000));
});

test('R095: reading a template takes time in proportion to its length', () => {
  for (const long of [
    `{.a${'[0]'.repeat(100_000)}}`,
    `{${'.a'.repeat(200_000)}}`,
    '{.a}'.repeat(100_000),
    `{.a[?(@.b==${'('.repeat(300_000)})]}`,
    `{${' '.repeat(300_000)}}`,
  ]) {
    try {
      readJsonPath(long);
    } catch (error) {
      assert.ok(error instanceof TemplateError);
    }
  }
});

test('whatever the template, it is printed or refused, never anything else', () => {
  const pieces = fc.constantFrom(
    ...[
      '{',
      '}',
      '{.vms',
      '[*]',
      '[0]',
      '[-1]',
      '[1:]',
      '.name',
      '..',
      '.*',
      '[?(@.n==1)]',
      '[?(',
      ')]',
      "['name','n']",
      '{range .vms[*]}',
      '{end}',
    ],
    ...[
      '"',
      "'",
      '\\',
      ' ',
      '$',
      '@',
      '\n',
      '-',
      '1',
      '9999999999',
      '==',
      '<',
      ',',
      ':',
      '.ports',
      '{"\\u00e9"}',
      '{"\\ud800"}',
      'é',
      '🚀',
    ],
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      try {
        assert.equal(typeof render(parts.join('')), 'string');
      } catch (error) {
        assert.ok(error instanceof TemplateError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});
