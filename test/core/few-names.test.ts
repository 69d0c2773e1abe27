import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fewLines, fewNames, fewOf } from '../../src/core/few-names.ts';

const abc = ['a', 'b', 'c', 'd', 'e'];

test('in one line the first names are told, and the others counted', () => {
  assert.equal(fewNames(abc, 5), 'a, b, c, d, e');
  assert.equal(fewNames(abc, 3), 'a, b, c and 2 more');
  assert.equal(fewNames(abc, 3, ' '), 'a b c and 2 more');
  assert.equal(fewNames([], 3), '');
});

test('of lines there are never more than asked for, and none counts a single one that there was room for', () => {
  assert.deepEqual(fewLines(abc, 5), abc);
  assert.deepEqual(fewLines(abc, 4), ['a', 'b', 'c', 'and 2 more']);
  assert.deepEqual(fewOf(abc, 4), { shown: ['a', 'b', 'c'], more: ['and 2 more'] });
});
