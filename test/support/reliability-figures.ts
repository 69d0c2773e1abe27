import { readWorlds } from './conformance.ts';
import { killPointsOf, settledReference, settling } from './kill-harness.ts';
import { countOrders, type Pair } from './race-checks.ts';
import { type ReconcileCase, reconcileCases, recordedCase } from './reconcile-cases.ts';

/** What scripts/reliability.ts tries, and how often: the figures of docs/reliability.md, which a test counts anew without trying it. */
export interface ReliabilityFigures {
  readonly madeUp: KillCount;
  readonly recorded: KillCount;
  readonly twice: KillCount;
  /** Of two at once in the smallest worlds. */
  readonly orders: number;
  readonly drawnOrders: number;
  readonly recordedWorlds: number;
  readonly randomWorlds: number;
}

export interface KillCount {
  readonly worlds: number;
  readonly points: number;
}

export const recordings = (['A', 'B', 'C', 'D', 'E'] as const).flatMap((profile) => readWorlds(profile));
/** For every world as many random orders of each pair. */
export const ordersOfEach = 417;
export const randomWorlds = 10_000;
export const pairs: readonly Pair[] = ['two copies of the tool', 'the tool and the controller'];
export const smallest = reconcileCases.filter(({ name }) =>
  ['the first time', 'only the Endpoints are missing', 'a cluster IP alone'].includes(name),
);

/** The recorded worlds in which a run can be killed and repaired: those in which one that nobody disturbs ends well. */
export function settledRecordings(): Promise<readonly ReconcileCase[]> {
  return settling(recordedCases());
}

function recordedCases(): readonly ReconcileCase[] {
  return recordings.flatMap((world) => recordedCase(world) ?? []);
}

/** The figures as they follow from what is there: nothing is killed. */
export async function countFigures(): Promise<ReliabilityFigures> {
  const madeUp = await pointsOf(reconcileCases);
  const recorded = await pointsOf(recordedCases());
  let orders = 0;
  for (const pair of pairs) for (const how of smallest) orders += await countOrders(pair, how);
  const sum = (points: readonly number[]) => ({ worlds: points.length, points: points.reduce((all, own) => all + own, 0) });
  return {
    madeUp: sum(madeUp),
    recorded: sum(recorded),
    twice: sum(madeUp.map((points) => points * points)),
    orders,
    drawnOrders: pairs.length * reconcileCases.length * ordersOfEach,
    recordedWorlds: recordings.length,
    randomWorlds,
  };
}

/** Of each case that settles. */
async function pointsOf(cases: readonly ReconcileCase[]): Promise<readonly number[]> {
  const counts: number[] = [];
  for (const how of cases) {
    const reference = await settledReference(how);
    if (reference !== undefined) counts.push(killPointsOf(reference).length);
  }
  return counts;
}

/** As rows for people, and for the table of the document. */
export function figureRows(figures: ReliabilityFigures): readonly (readonly [what: string, value: string])[] {
  const { madeUp, recorded, twice, orders, drawnOrders, recordedWorlds } = figures;
  const count = (value: number) => value.toLocaleString('en').replaceAll(',', ' ');
  const kills = ({ points, worlds }: KillCount) => `${count(points)} in ${count(worlds)} worlds`;
  const all = (value: number) => `${count(value)} of ${count(value)}`;
  return [
    ['kill points of `reconcile` in made-up worlds', kills(madeUp)],
    ['kill points of `reconcile` in worlds recorded of the real controller', kills(recorded)],
    ['two kills in a row, every pair of points', kills(twice)],
    ['kills after which somebody did not get to the same end', '0'],
    [`orders of two at once, all of them, in the ${smallest.length} smallest worlds`, count(orders)],
    ['orders of two at once, drawn at random, in all made-up worlds', count(drawnOrders)],
    ['lost updates, or ends other than that of one run', '0'],
    ['recorded worlds in which the model of the controller ends as the real one', all(recordedWorlds)],
    ['random worlds in which the engine does and says what the model does', all(figures.randomWorlds)],
  ];
}

/** The document with its figures replaced. @throws Error where it has no place for them */
export function withFigures(document: string, figures: ReliabilityFigures): string {
  const [start, end] = ['<!-- figures: written by node scripts/reliability.ts --write -->\n', '\n<!-- end of figures -->'];
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error('docs/reliability.md has no place for the figures');
  const table = ['| Figure | Value |', '| --- | --- |', ...figureRows(figures).map(([what, value]) => `| ${what} | ${value} |`)];
  return document.slice(0, from + start.length) + table.join('\n') + document.slice(to);
}
