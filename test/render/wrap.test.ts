import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wrap } from '../../src/render/wrap.ts';

test('a line is broken between words, and a word that is too long stays whole', () => {
  assert.deepEqual(wrap('the selector fits no VM of team-a-with-a-long-name here', 12), [
    'the selector',
    'fits no VM',
    'of',
    'team-a-with-a-long-name',
    'here',
  ]);
});

test('blanks between columns stay, but none at the end of a line, which whoever copies it would copy', () => {
  assert.deepEqual(wrap('web-1  10.1.0.11  ready', 16), ['web-1  10.1.0.11', 'ready']);
  assert.deepEqual(wrap('web-1   10.1.0.11', 10), ['web-1', '10.1.0.11']);
});

test('letters that take two columns are counted as two', () => {
  assert.deepEqual(wrap('接続 拒否 されました', 10), ['接続 拒否', 'されました']);
});

test('line breaks in a text stay', () => {
  assert.deepEqual(wrap('one two\n\nthree', 7), ['one two', '', 'three']);
});
