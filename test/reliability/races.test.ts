import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Pair, raceAtRandom, raceEverywhere } from '../support/race-checks.ts';
import { randomFrom } from '../support/random.ts';
import { reconcileCases } from '../support/reconcile-cases.ts';

const smallest = reconcileCases.filter(({ name }) =>
  ['the first time', 'only the Endpoints are missing', 'a cluster IP alone', 'as the controller, deleted'].includes(name),
);

const pairs: readonly (readonly [Pair, string])[] = [
  ['two copies of the tool', 'R060'],
  ['the tool and the controller', 'R061'],
];

for (const [pair, number] of pairs) {
  for (const how of smallest) {
    test(`${number} ${pair} at once, ${how.name}: whatever the order of their requests, the end is the same`, async () => {
      const tried = await raceEverywhere(pair, how);
      assert.ok(tried > 10, String(tried));
    });
  }

  test(`${number} ${pair} at once, in every case, in orders drawn at random`, async () => {
    for (const how of reconcileCases) await raceAtRandom(pair, how, 10, randomFrom(60));
  });
}
