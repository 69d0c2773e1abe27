import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diffValues } from '../../src/core/diff.ts';
import type { Json } from '../../src/model/object.ts';
import { colourStyle } from '../../src/render/colour.ts';
import { type DiffTextOptions, pathText, renderDifferences } from '../../src/render/diff-text.ts';
import { plainStyle } from '../../src/render/style.ts';

function text(before: Json, after: Json, options: DiffTextOptions = { depth: 0 }): readonly string[] {
  return renderDifferences(diffValues(before, after), plainStyle(true), options).split('\n');
}

const before = {
  metadata: { annotations: { 'ncp/healthCheckNodePort': '31234' }, finalizers: ['a'] },
  spec: {
    type: 'ClusterIP',
    ports: [
      { name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 },
      { name: 'old', port: 81, protocol: 'TCP', targetPort: 8081 },
      { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
    ],
  },
};
const after = {
  metadata: { labels: { app: 'web' }, finalizers: ['a', 'b'] },
  spec: {
    type: 'LoadBalancer',
    ports: [
      { name: 'http', port: 80, protocol: 'TCP', targetPort: 8080, nodePort: 30080 },
      { name: 'dns', port: 53, protocol: 'UDP', targetPort: 5353 },
      { name: 'https', port: 443, protocol: 'TCP', targetPort: 8443 },
    ],
  },
};

test('a difference is a line, below a list its items; the reason stands at the end', () => {
  const noteOf: DiffTextOptions['noteOf'] = ({ kind, path }) =>
    kind === 'removed' && path.includes('annotations') ? 'the annotation it came from is gone' : undefined;
  assert.deepEqual(text(before, after, { depth: 1, noteOf }), [
    '  - metadata.annotations["ncp/healthCheckNodePort"]   "31234"   the annotation it came from is gone',
    '  ~ metadata.finalizers',
    '      a',
    '    + b',
    '  + metadata.labels.app   "web"',
    '  ~ spec.ports',
    '    ~ http    80/TCP -> 8080   nodePort 30080 is new',
    '    ~ dns     53/UDP -> 5353   was 53/UDP -> 53',
    '    + https   443/TCP -> 8443',
    '    - old     81/TCP -> 8081',
    '  ~ spec.type   "ClusterIP" -> "LoadBalancer"',
    '',
  ]);
});

test('lines of one kind stand in columns', () => {
  assert.deepEqual(text({ annotations: { 'a/b': 'x', gone: '1' }, n: 1 }, { annotations: { 'a/b': 'y' }, n: 20 }), [
    '~ annotations["a/b"]   "x" -> "y"',
    '- annotations.gone     "1"',
    '~ n                    1 -> 20',
    '',
  ]);
});

test('the same items in another order are "order only"', () => {
  assert.deepEqual(text({ l: ['a', 'b'] }, { l: ['b', 'a'] }), ['~ l   order only', '    b', '    a', '']);
  assert.deepEqual(text({ l: ['a', 'b'] }, { l: ['b', 'a', 'c'] }), ['~ l   also in another order', '    b', '    a', '  + c', '']);
});

test('items that are no ports are shown without their name', () => {
  assert.deepEqual(text({ c: [{ type: 'Ready', status: 'False' }] }, { c: [{ type: 'Ready', status: 'True', reason: 'x' }] }), [
    '~ c',
    '  ~ Ready   {"reason":"x","status":"True"}   was {"status":"False"}',
    '',
  ]);
});

test('no differences are no text', () => {
  assert.deepEqual(text(before, before), ['']);
});

test('a path is written as a person would write it', () => {
  assert.equal(pathText(['spec', 'ports']), 'spec.ports');
  assert.equal(pathText(['metadata', 'annotations', 'ncp/healthCheckNodePort']), 'metadata.annotations["ncp/healthCheckNodePort"]');
  assert.equal(pathText(['a/b', 'c']), '["a/b"].c');
  assert.equal(pathText([]), '.');
  assert.equal(pathText(['a\x1b']), '["a\\u001b"]');
});

test('colour: green comes, red goes, yellow changes, the rest is plain', () => {
  assert.deepEqual(
    renderDifferences(diffValues({ a: 1, b: 1, l: ['x'] }, { b: 2, c: 1, l: ['x', 'y'] }), colourStyle(true, 1), { depth: 0 }).split('\n'),
    [
      '\x1b[31m- a   1\x1b[39m',
      '\x1b[33m~ b   1 -> 2\x1b[39m',
      '\x1b[32m+ c   1\x1b[39m',
      '\x1b[33m~ l\x1b[39m',
      '    x',
      '  \x1b[32m+ y\x1b[39m',
      '',
    ],
  );
});

test('R093: whatever the values hold, every line is safe to show', () => {
  const nasty = fc
    .dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }))
    .map((value): Json => JSON.parse(JSON.stringify(value)));
  fc.assert(
    fc.property(nasty, nasty, (one, other) => {
      assert.doesNotMatch(text(one, other).join(''), /[\p{Cc}\p{Cf}\p{Cs}]/u);
    }),
  );
});
