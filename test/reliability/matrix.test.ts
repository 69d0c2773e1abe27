import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrixProblems } from '../support/fault-matrix.ts';

test('every case of the fault matrix has a test, or a reason why it has none', () => {
  assert.deepEqual(matrixProblems(), []);
});
