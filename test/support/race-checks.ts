import assert from 'node:assert/strict';
import type { ApiServer } from '../../src/apiserver/server.ts';
import { memoryCluster } from '../../src/cluster/memory.ts';
import type { ReconcileItem } from '../../src/core/step.ts';
import { everyInterleaving, type Interleaving, type Meeting, someInterleavings } from './interleavings.ts';
import { controllerSettles, type Reference, referenceOf, settles } from './kill-harness.ts';
import { endState, type ReconcileCase, runModel, runTool } from './reconcile-cases.ts';

/** Who meets: two copies of the tool, or the tool and the controller. */
export type Pair = 'two copies of the tool' | 'the tool and the controller';

/** Every order of the requests of a pair. @returns how many @throws AssertionError naming the order that ends otherwise */
export async function raceEverywhere(pair: Pair, how: ReconcileCase): Promise<number> {
  const reference = await referenceOf(how);
  return everyInterleaving(() => meet(pair, how, reference), checkFor(pair, how, reference));
}

/** How many orders `raceEverywhere` tries. */
export async function countOrders(pair: Pair, how: ReconcileCase): Promise<number> {
  const reference = await referenceOf(how);
  return everyInterleaving(
    () => meet(pair, how, reference),
    async () => {},
  );
}

/** Some orders, drawn with `random`. @returns how many @throws AssertionError as above */
export async function raceAtRandom(pair: Pair, how: ReconcileCase, count: number, random: () => number): Promise<number> {
  const reference = await referenceOf(how);
  return someInterleavings(count, random, () => meet(pair, how, reference), checkFor(pair, how, reference));
}

interface Race extends Meeting {
  readonly world: ApiServer;
  readonly items: (readonly ReconcileItem[])[];
}

function meet(pair: Pair, how: ReconcileCase, reference: Reference): Race {
  const world = reference.world.fork();
  const items: (readonly ReconcileItem[])[] = [];
  const tool = async (cluster: Meeting['cluster']) => void items.push(await runTool(cluster, how));
  const other = pair === 'two copies of the tool' ? tool : (cluster: Meeting['cluster']) => runModel(cluster, how);
  return { world, items, cluster: memoryCluster(world), processes: [tool, other] };
}

function checkFor(pair: Pair, how: ReconcileCase, reference: Reference): (race: Race, end: Interleaving) => Promise<void> {
  return async (race, { schedule, results }) => {
    const where = `${how.name}, ${pair}, in the order ${schedule.join('')}`;
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    const reasons = race.items.flat().flatMap(({ error }) => (error === null ? [] : [error.reason]));
    assert.ok(reasons.every((reason) => reason === 'Conflict') && reasons.length <= 1, `${where}: it ends with ${reasons.join(' and ')}`);
    if (pair === 'two copies of the tool') {
      if (reasons.length > 0) await runTool(race.cluster, how);
      assert.deepEqual(endState(race.world), reference.end, where);
      await settles(race.world, how, reference.end, where);
      return;
    }
    await controllerSettles(race.world, how);
    assert.deepEqual(endState(race.world), reference.controllerEnd, where);
    await settles(race.world, how, reference.controllerEnd, where);
  };
}
