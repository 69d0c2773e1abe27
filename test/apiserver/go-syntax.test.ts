import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goNumber, goSyntax } from '../../src/apiserver/go-syntax.ts';
import { goQuote } from '../../src/core/go-quote.ts';

test('texts are quoted as Go quotes them', () => {
  const texts = ['plain', 'a "b" \\', 'ü€ 名', 'a\nb\tc', '\u0000\u001b\u007f', '\u00a0\u200b', '\u{10ffff}', '🙂'];
  assert.deepEqual(texts.map(goQuote), [
    '"plain"',
    '"a \\"b\\" \\\\"',
    '"ü€ 名"',
    '"a\\nb\\tc"',
    '"\\x00\\x1b\\x7f"',
    '"\\u00a0\\u200b"',
    '"\\U0010ffff"',
    '"🙂"',
  ]);
});

test('numbers are printed as Go prints them', () => {
  const numbers = [0, -5, 2147483648, 9007199254740992, 0.5, -1.25, 999999.5, 1234567.5, 1e20, 0.00001, 0.0001];
  assert.deepEqual(numbers.map(goNumber), [
    '0',
    '-5',
    '2147483648',
    '9007199254740992',
    '0.5',
    '-1.25',
    '999999.5',
    '1.2345675e+06',
    '1e+20',
    '1e-05',
    '0.0001',
  ]);
});

test('values are printed in Go’s syntax, fields sorted', () => {
  assert.equal(
    goSyntax({ port: 80, name: 'web', tags: ['a', null], on: true }),
    'map[string]interface {}{"name":"web", "on":true, "port":80, "tags":[]interface {}{"a", interface {}(nil)}}',
  );
});
