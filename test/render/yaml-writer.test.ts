import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { exactNumber } from '../../src/cluster/json.ts';
import type { Json } from '../../src/model/object.ts';
import { compareYamlKeys } from '../../src/render/yaml-key-order.ts';
import { renderYaml } from '../../src/render/yaml-writer.ts';
import { kubectlPrints, withoutKubectl } from './kubectl.ts';

const scalars: readonly (readonly [value: Json, text: string])[] = [
  ['web', 'web'],
  ['10.0.0.7', '10.0.0.7'],
  ['app=web,tier=front', 'app=web,tier=front'],
  ['a b: c', "'a b: c'"],
  ['a #b', "'a #b'"],
  ['*a', "'*a'"],
  ['- a', "'- a'"],
  ['---', "'---'"],
  ["it's", "it's"],
  ["'", "''''"],
  [' padded ', "' padded '"],
  ['', '""'],
  ['yes', '"yes"'],
  ['No', '"No"'],
  ['on', '"on"'],
  ['y', '"y"'],
  ['null', '"null"'],
  ['~', '"~"'],
  ['1', '"1"'],
  ['-1', '"-1"'],
  ['1e3', '"1e3"'],
  ['.5', '".5"'],
  ['0o7', '"0o7"'],
  ['017', '"017"'],
  ['0x1F', '"0x1F"'],
  ['0b11', '"0b11"'],
  ['1_000', '"1_000"'],
  ['1:30', '"1:30"'],
  ['.inf', '".inf"'],
  ['2020-01-01', '"2020-01-01"'],
  ['2026-11-20T12:00:00Z', '"2026-11-20T12:00:00Z"'],
  ['one\ntwo', '|-\n  one\n  two'],
  ['one\ntwo\n', '|\n  one\n  two'],
  ['one\n\n  two\n\n', '|+\n  one\n\n    two\n'],
  ['tab\there', '"tab\\there"'],
  ['東京', '東京'],
  [80, '80'],
  [1.5, '1.5'],
  [true, 'true'],
  [null, 'null'],
  [[], '[]'],
  [{}, '{}'],
];

for (const [value, text] of scalars) {
  test(`${JSON.stringify(value)} is written as ${JSON.stringify(text)}`, () => {
    assert.equal(renderYaml({ key: value }, 'given'), `key: ${text}\n`);
  });
}

const service: Json = {
  kind: 'VirtualMachineService',
  apiVersion: 'vmoperator.vmware.com/v1alpha5',
  metadata: {
    name: 'web',
    annotations: { '10': 'ten', '9': 'nine', 'a<b': 'x & y', a10: '', a2: 'yes', '': 'empty', note: 'one\ntwo\n' },
    labels: { on: 'off' },
  },
  spec: {
    ports: [
      { name: 'http', port: 80 },
      { port: 443, name: 'https' },
    ],
    matrix: [[1, 2], [], [{ a: [] }]],
    empty: {},
    none: null,
    ratio: 0.5,
  },
};

test('an object in sorted order', () => {
  assert.deepEqual(renderYaml(service, 'sorted').split('\n'), [
    'apiVersion: vmoperator.vmware.com/v1alpha5',
    'kind: VirtualMachineService',
    'metadata:',
    '  annotations:',
    '    "": empty',
    '    "9": nine',
    '    "10": ten',
    '    a<b: x & y',
    '    a2: "yes"',
    '    a10: ""',
    '    note: |',
    '      one',
    '      two',
    '  labels:',
    '    "on": "off"',
    '  name: web',
    'spec:',
    '  empty: {}',
    '  matrix:',
    '  - - 1',
    '    - 2',
    '  - []',
    '  - - a: []',
    '  none: null',
    '  ports:',
    '  - name: http',
    '    port: 80',
    '  - name: https',
    '    port: 443',
    '  ratio: 0.5',
    '',
  ]);
});

test('kubectl prints the same bytes', { skip: withoutKubectl }, () => {
  assert.deepEqual(kubectlPrints(service, '-o', 'yaml').stdout.split('\n'), renderYaml(service, 'sorted').split('\n'));
});

test('any two keys come in the order of kubectl', { skip: withoutKubectl }, () => {
  const words = 'a B a1 a2 a10 a01 a-b a.b ab 1a 12 1 007 07 100 10 a1b a1- é k:{"p":80} k:{"p":443}'.split(' ');
  const pairs = words.flatMap((one, at) => words.slice(at + 1).map((other) => [one, other] as const));
  const spec = Object.fromEntries(pairs.map(([one, other], at) => [`pair${at}`, { [one]: 'v', [other]: 'v' }]));
  const printed = kubectlPrints({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x' }, spec }, '-o', 'yaml').stdout;
  const keys = printed.split('\n').flatMap((line) => /^ {4}"?(.+?)"?: v$/.exec(line)?.slice(1) ?? []);
  const expected = pairs
    .map((pair, at) => [`pair${at}`, [...pair].sort(compareYamlKeys)] as const)
    .sort(([one], [other]) => compareYamlKeys(one, other))
    .flatMap(([, pair]) => pair);
  assert.deepEqual(keys, expected);
});

test('a report keeps the order in which it was built', () => {
  assert.equal(
    renderYaml({ kind: 'Trace', apiVersion: 'vmsvc/v1', items: [{ b: 1, a: 2 }] }, 'given'),
    'kind: Trace\napiVersion: vmsvc/v1\nitems:\n- b: 1\n  a: 2\n',
  );
});

test('a long line is never folded', () => {
  const long = 'word '.repeat(60).trim();
  assert.equal(renderYaml({ a: long, b: `${long}: x`, c: `${long}\t` }, 'given'), `a: ${long}\nb: '${long}: x'\nc: "${long}\\t"\n`);
});

test('integers above 2^53 are printed digit by digit', () => {
  const big = { a: exactNumber('-9007199254740993'), b: exactNumber('1e400'), c: exactNumber('-0') };
  assert.equal(renderYaml(big, 'sorted'), 'a: -9007199254740993\nb: 1e400\nc: -0\n');
});

test('R093: what a terminal would act on is escaped in double quotes, and reads back as the same value', () => {
  const value = { 'k\u202e': '\x1b[31m\u009b\u202e\u200b\u{e0041}\u2028\x7f\r' };
  const text = renderYaml(value, 'given');
  assert.equal(text, '"k\\u202e": "\\e[31m\\u009b\\u202e\\u200b\\U000e0041\\u2028\\u007f\\r"\n');
  assert.deepEqual(parse(text), value);
});

test('YAML printed and read back is the same value in YAML 1.1 and 1.2, without a control character', () => {
  fc.assert(
    fc.property(jsonValues, fc.constantFrom('sorted', 'given'), (value, order) => {
      const text = renderYaml(value, order);
      assert.deepEqual(parse(text, { version: '1.2' }), value);
      assert.deepEqual(parse(text, { version: '1.1' }), value);
      assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
    }),
    { numRuns: 300 },
  );
});

test('kubectl reads every tricky text back as that text', { skip: withoutKubectl }, () => {
  const texts = [
    ...scalars.flatMap(([value]) => (typeof value === 'string' ? [value] : [])),
    ...fc.sample(trickyText, { numRuns: 300, seed: 7 }),
  ].filter((text) => text.isWellFormed());
  const object = {
    apiVersion: 'v1',
    kind: 'X',
    metadata: { name: 'x' },
    spec: { texts, asKeys: Object.fromEntries(texts.map((text) => [text, ''])) },
  };
  const answer = kubectlPrints(renderYaml(object, 'sorted'), '-o', 'json');
  assert.equal(answer.stderr, '');
  assert.deepEqual(JSON.parse(answer.stdout), object);
});

const trickyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...' \n\t:#-?*&!|>\'"%@`{}[],~=<.+_0123456789eExXoObBtTzZ'),
      fc.constantFrom('yes', 'no', 'on', 'null', 'true', '0x', '\x1b', '\u0085', '\u2028', '\u202e', '\ufeff', '東', '🚀', '---', '...'),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

const jsonValues: fc.Arbitrary<Json> = fc
  .jsonValue()
  .chain((value) => fc.tuple(fc.constant(value), fc.array(trickyText, { maxLength: 3 })))
  .map(([value, texts]): Json => JSON.parse(JSON.stringify({ value, texts, ...Object.fromEntries(texts.map((text) => [text, text])) })))
  // The yaml package reads the text "e1" as a number that is none, if asked for YAML 1.1; no other reader does.
  .filter((value) => !/__proto__|"[-+]?e[-+]?\d+"/i.test(JSON.stringify(value)));
