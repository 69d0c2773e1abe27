import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { isError } from '../../src/cluster/files/text-document.ts';
import { readYamlDocuments } from '../../src/cluster/files/yaml-reader.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'vmsvc-yaml-'));
after(() => rmSync(folder, { recursive: true }));

const scalars = [
  ...[
    'y',
    'Y',
    'yes',
    'Yes',
    'YES',
    'yEs',
    'on',
    'On',
    'n',
    'no',
    'No',
    'off',
    'OFF',
    'true',
    'TRUE',
    'tRUE',
    'False',
    '~',
    'null',
    'Null',
    'NULL',
    'nULL',
    '""',
  ],
  ...[
    '0777',
    '0o17',
    '0O17',
    '1_000',
    '_1',
    '1__',
    '0x1F',
    '0X1f',
    '-0x1F',
    '0b11',
    '0B1',
    '+5',
    '08',
    '00',
    '-017',
    '0_7',
    '+1_0',
    '09.5',
  ],
  ...[
    '.5',
    '.5_0',
    '.',
    '+.5',
    '-.5',
    '1.',
    '1.50',
    '1e3',
    '1e_3',
    '1e400',
    '0.1e-7',
    '1_0.5',
    '-0',
    '0.0',
    '123456789.125',
    '1e5',
    '1e+5',
    '1.e3',
    '..5',
  ],
  ...[
    '9007199254740993',
    '-9223372036854775808',
    '9223372036854775807',
    '2026-01-01',
    '2026-01-01T00:00:00Z',
    '1:30',
    '1:30.5',
    '10.0.0.1',
    '=',
    'nan',
    'inf',
    '1 2',
    '12e03',
    '0x',
    '0b2',
    '0o8',
    '++1',
  ],
  ...[
    '!!str 5',
    '!!int "5"',
    '!!bool "yes"',
    '!!null ""',
    '!!str',
    '! 5',
    '!!int 0x10',
    '!!map {}',
    '!!seq [1]',
    "'yes'",
    '"0777"',
    '"a\\tb\\u00e9\\x41"',
    "'it''s'",
    '|\n    a\n    b',
    '>-\n    a\n    b\n\n    c',
    '|+\n    a\n\n',
    '[a, {b: c}, "d"]',
    '[y, 1, ~]',
  ],
];
const keys = [
  '1',
  '1.5',
  'y',
  'off',
  '0x10',
  '""',
  '1e3',
  '-0',
  '9007199254740993',
  '.5',
  '1_0',
  '2026-01-01',
  '"yes"',
  '"<<"',
  'a b',
  '0777',
  '? long',
];
const wholes = [
  'a: 1\n  <<: {a: 2, b: 3}',
  '<<: {a: 2, b: 3}\n  a: 1',
  'a: 1\n  <<: [{a: 2}, {a: 4, b: 3}]',
  'x: &x {a: 1}\n  y1: *x\n  z: {<<: *x, c: 2}',
  'a: &v 5\n  b: *v\n  c: &v 6\n  d: *v',
  '*k : 1',
  'a: 1\n  a: 2',
  'a: {b: {c: [1, [2, {d: e}]]}}\n  f:\n  - g\n  -\n    h: i',
  // Tabs, line ends and marks where they are allowed.
  'a:\tb\t# c\n  c\t: d',
  'a: b\n   \t\n  c: d',
  'a: |\n    b\t\n    \t\n  c: [d,\t\n    \te]',
  'a: b\u0085  c: d\u2028  e: f # g\u2029  h: i\r  j: k',
  'a: x\ufeffy\n  b: "\ufeff"',
  'a: 1\n...\n# no more',
  'a: [b::c, "::1"]',
  // Comments without a blank before them, and a long key that is said to be one.
  `a: "b"# c\n  d: 'e'#f\n  g: [1]# h\n  i: {j: k}#l\n  m: {n: "o"# p\n    }`,
  `a: {? ${'b'.repeat(1100)} : c, ? d\n    e : f}`,
  `a: {${'b'.repeat(1020)}: c, "d" : e, f # g\n    , h: i}`,
];
const refused = [
  '.inf',
  '-.INF',
  '.nan',
  '!!int abc',
  '!!float abc',
  '&a [*a]',
  '*nope',
  '{<<: 5}',
  '{? {a: 1} : 2}',
  '{? [a] : 2}',
  '{~: 1}',
  '[1',
  '"a',
  '{a: 1',
  '\tx: 1',
  '@x',
  '`x',
  '%x',
  'a: b: c',
  // Between brackets, in quotes, behind tabs: what other readers take.
  '[::1]',
  '{a: ::1}',
  '[a?, ?b]',
  '"\\/"',
  '"\\ud83d\\ude00"',
  '&a.b 1',
  '|\n    \ta',
  '{\n  a: 1\n\t}',
  '1\n\t\ny: 2',
  '"1"\n  \t\ny: 2',
  '1\n\t# c\ny: 2',
  '\n-\tb',
  '\n- \ta',
  '\n  \ta',
  '\n? \ta\n: b',
  '\n- a\n\t\n- b',
  '|\n  a\n\t\n  b',
  '1\n----\n',
  '1\n--- y\n',
  '1\n--- {y: 1}\n',
  '1\n---\n%YAML 1.1\n---\ny: 1',
  // Keys in braces that are not on one line with their colon, or too long, and numbers that are not whole.
  '{a\n  b: c}',
  '{"a\n  b": c}',
  '{a\n  : b}',
  `{${'a'.repeat(1100)}: b}`,
  `[{c: d, "${'a'.repeat(1100)}": b}]`,
  '!!int 1.0',
  '!!int 1e3',
];

/** `kubectl patch --local` decodes each file and prints it again; about those that it cannot decode it says so, and goes on. */
async function kubectls(texts: readonly string[]): Promise<{ readonly objects: readonly unknown[]; readonly refused: readonly number[] }> {
  const files = mkdtempSync(join(folder, 'files-'));
  for (const [index, text] of texts.entries()) writeFileSync(join(files, `${String(index).padStart(3, '0')}.yaml`), text);
  const words = ['--kubeconfig=/dev/null', 'patch', '--local', '-f', files, '--type=merge', '-p', '{}', '-o', 'json'];
  const { stdout, stderr } = await run('kubectl', words).catch((error: { readonly stdout: string; readonly stderr: string }) => error);
  return {
    objects: stdout
      .split(/(?<=^\})\n/m)
      .filter((text) => text !== '')
      .map(numbersAsText),
    refused: [...stderr.matchAll(/error parsing \S*\/(\d+)\.yaml: /g)].map(([, index]) => Number(index)),
  };
}

function ours(text: string): unknown {
  const { documents, problems } = readYamlDocuments(text);
  const error = problems.find(isError);
  if (error !== undefined) throw new Error(error.message);
  return numbersAsText(JSON.stringify(documents[0]?.value));
}

/** Numbers by their text, so that no digit is lost in the comparison. */
function numbersAsText(json: string): unknown {
  return JSON.parse(json, (_key, value, { source }) =>
    typeof value === 'number' ? `number ${/^-?\d+$/.test(source ?? '') ? source : value}` : value,
  );
}

const head = 'apiVersion: v1\nkind: Foo\nmetadata:\n  name: x\n';

test('R084: one object with every scalar and key is the object that kubectl makes of it', async () => {
  const values = scalars.map((scalar, index) => `  v${index}: ${scalar}\n`).join('');
  const named = keys.map((key, index) => `  k${index}:\n    ${key === '? long' ? '? long\n    : v' : `${key}: v`}\n`).join('');
  const text = `${head}values:\n${values}keys:\n${named}`;
  assert.deepEqual([ours(text)], (await kubectls([text])).objects);
});

test('R084: merge keys, aliases and repeated keys are what kubectl makes of them', async () => {
  const texts = wholes.map((whole) => `${head}k: &k key\nx:\n  ${whole}\n`);
  const { objects, refused } = await kubectls(texts);
  assert.deepEqual(refused, []);
  assert.equal(objects.length, texts.length);
  for (const [index, text] of texts.entries()) assert.deepEqual(ours(text), objects[index], text);
});

test('what kubectl refuses to read is refused', async () => {
  const texts = refused.map((each) => `${head}x: ${each}\n`);
  for (const text of texts) assert.throws(() => ours(text), Error, text);
  const byKubectl = (await kubectls(texts)).refused;
  assert.deepEqual(
    refused.filter((_, index) => !byKubectl.includes(index)),
    [],
    'what kubectl takes',
  );
});
