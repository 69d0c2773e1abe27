import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { engineAgreesWithModel, someReconcileCase } from '../test/support/engine-against-model.ts';
import { faultCases, matrixProblems } from '../test/support/fault-matrix.ts';
import { killEverywhere, killTwice } from '../test/support/kill-harness.ts';
import { raceAtRandom, raceEverywhere } from '../test/support/race-checks.ts';
import { randomFrom } from '../test/support/random.ts';
import { reconcileCases } from '../test/support/reconcile-cases.ts';
import { modelDifferences } from '../test/support/recorded-model.ts';
import {
  figureRows,
  ordersOfEach,
  pairs,
  type ReliabilityFigures,
  randomWorlds,
  recordings,
  settledRecordings,
  smallest,
  withFigures,
} from '../test/support/reliability-figures.ts';

/**
 * Runs the kill harness and the races in full and prints their figures, and how much of the fault matrix is tested. All of it is
 * deterministic: the same figures come out every time, and a run that does not converge ends it with an error.
 *
 * `--write` puts the figures into docs/reliability.md, `--check` fails where they stand there otherwise. `npm test` counts them too,
 * and tries a part of it.
 */
const file = resolve(import.meta.dirname, '../docs/reliability.md');

const figures = await tryEverything();
const problems = matrixProblems();
const untested = faultCases.filter((entry) => entry.untested !== undefined).length;
for (const [what, value] of figureRows(figures)) console.log(`${value.padStart(28)}  ${what}`);
console.log(
  `${`${faultCases.length - untested} of ${faultCases.length}`.padStart(28)}  cases of the fault matrix with a test; ${untested} with a reason`,
);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

const document = readFileSync(file, 'utf8');
const written = withFigures(document, figures);
if (process.argv.includes('--write')) writeFileSync(file, written);
if (process.argv.includes('--check') && written !== document) {
  console.error('docs/reliability.md says otherwise: node scripts/reliability.ts --write');
  process.exitCode = 1;
}

/** @throws AssertionError for what does not hold */
async function tryEverything(): Promise<ReliabilityFigures> {
  const madeUp = await killEverywhere(reconcileCases);
  const recorded = await killEverywhere(await settledRecordings());
  const twice = await killTwice(reconcileCases, 1);
  let orders = 0;
  let drawnOrders = 0;
  for (const pair of pairs) {
    for (const how of smallest) orders += await raceEverywhere(pair, how);
    for (const how of reconcileCases) drawnOrders += await raceAtRandom(pair, how, ordersOfEach, randomFrom(drawnOrders + 1));
  }
  for (const world of recordings) assert.deepEqual(await modelDifferences(world), []);
  await fc.assert(fc.asyncProperty(someReconcileCase, engineAgreesWithModel), { seed: 20261121, numRuns: randomWorlds });
  return { madeUp, recorded, twice, orders, drawnOrders, recordedWorlds: recordings.length, randomWorlds };
}
