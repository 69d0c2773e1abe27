import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { atOnce } from '../../../src/cluster/reconcile/at-once.ts';

test('results are told of in the order of the items, each as soon as all before it are there', async () => {
  const ended: number[] = [];
  const told: string[] = [];
  const act = async (milliseconds: number): Promise<number> => {
    await sleep(milliseconds);
    ended.push(milliseconds);
    return milliseconds;
  };
  const results = await atOnce([60, 1, 90, 30], 4, act, (result) => told.push(`${result} after ${ended.join(' ')}`));
  assert.deepEqual(results, [60, 1, 90, 30]);
  assert.deepEqual(told, ['60 after 1 30 60', '1 after 1 30 60', '90 after 1 30 60 90', '30 after 1 30 60 90']);
});
