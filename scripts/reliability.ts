import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { readWorlds } from '../test/support/conformance.ts';
import { engineAgreesWithModel, someReconcileCase } from '../test/support/engine-against-model.ts';
import { faultCases, matrixProblems } from '../test/support/fault-matrix.ts';
import { killEverywhere, killTwice, settling } from '../test/support/kill-harness.ts';
import { type Pair, raceAtRandom, raceEverywhere } from '../test/support/race-checks.ts';
import { randomFrom } from '../test/support/random.ts';
import { reconcileCases, recordedCase } from '../test/support/reconcile-cases.ts';
import { modelDifferences } from '../test/support/recorded-model.ts';

/**
 * Runs the kill harness and the races in full and prints their figures, and how much of the fault matrix is tested. All of it is
 * deterministic: the same figures come out every time, and a run that does not converge ends it with an error.
 *
 * `--write` puts the figures into docs/reliability.md, `--check` fails where they stand there otherwise.
 */
const file = resolve(import.meta.dirname, '../docs/reliability.md');
const recorded = (['A', 'B', 'C', 'D', 'E'] as const).flatMap((profile) => readWorlds(profile));
const smallest = ['the first time', 'only the Endpoints are missing', 'a cluster IP alone'];
const pairs: readonly Pair[] = ['two copies of the tool', 'the tool and the controller'];
const sampledOrders = 20_000;
const randomWorlds = 10_000;

const figures = await allFigures();
const problems = matrixProblems();
const untested = faultCases.filter((entry) => entry.untested !== undefined).length;
for (const [what, value] of figures) console.log(`${value.padStart(28)}  ${what}`);
console.log(
  `${`${faultCases.length - untested} of ${faultCases.length}`.padStart(28)}  cases of the fault matrix with a test; ${untested} with a reason`,
);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

const table = ['| Figure | Value |', '| --- | --- |', ...figures.map(([what, value]) => `| ${what} | ${value} |`)].join('\n');
const document = readFileSync(file, 'utf8');
const written = withFigures(document, table);
if (process.argv.includes('--write')) writeFileSync(file, written);
if (process.argv.includes('--check') && written !== document) {
  console.error('docs/reliability.md says otherwise: node scripts/reliability.ts --write');
  process.exitCode = 1;
}

async function allFigures(): Promise<readonly (readonly [what: string, value: string])[]> {
  const cases = recorded.flatMap((world) => recordedCase(world) ?? []);
  const settled = await settling(cases);
  const named = await killEverywhere(reconcileCases);
  const replayed = await killEverywhere(settled);
  const twice = await killTwice(reconcileCases, 1);
  const few = reconcileCases.filter(({ name }) => smallest.includes(name));
  let orders = 0;
  let drawn = 0;
  for (const pair of pairs) {
    for (const how of few) orders += await raceEverywhere(pair, how);
    const each = Math.ceil(sampledOrders / pairs.length / reconcileCases.length);
    for (const how of reconcileCases) drawn += await raceAtRandom(pair, how, each, randomFrom(drawn + 1));
  }
  let modelled = 0;
  for (const world of recorded) if ((await modelDifferences(world)).length === 0) modelled += 1;
  await fc.assert(fc.asyncProperty(someReconcileCase, engineAgreesWithModel), { seed: 20261121, numRuns: randomWorlds });
  const count = (value: number) => value.toLocaleString('en').replaceAll(',', ' ');
  return [
    ['kill points of `reconcile` in made-up worlds', `${count(named.points)} in ${count(named.worlds)} worlds`],
    [
      'kill points of `reconcile` in worlds recorded of the real controller',
      `${count(replayed.points)} in ${count(replayed.worlds)} worlds`,
    ],
    ['two kills in a row, every pair of points', `${count(twice.points)} in ${count(twice.worlds)} worlds`],
    ['kills after which somebody did not get to the same end', '0'],
    [`orders of two at once, all of them, in the ${few.length} smallest worlds`, count(orders)],
    ['orders of two at once, drawn at random, in all made-up worlds', count(drawn)],
    ['lost updates, or ends other than that of one run', '0'],
    ['recorded worlds in which the model of the controller ends as the real one', `${modelled} of ${recorded.length}`],
    ['random worlds in which the engine does and says what the model does', `${count(randomWorlds)} of ${count(randomWorlds)}`],
  ];
}

/** The document with what stands between the marks of its figures replaced. @throws Error where the marks are not there */
function withFigures(text: string, figuresTable: string): string {
  const [start, end] = ['<!-- figures: written by node scripts/reliability.ts --write -->\n', '\n<!-- end of figures -->'];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error('docs/reliability.md has no place for the figures');
  return text.slice(0, from + start.length) + figuresTable + text.slice(to);
}
