import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryCluster } from '../../src/cluster/memory.ts';
import { anApiServer } from '../support/api-server.ts';
import { type ConformanceWorld, readWorlds } from '../support/conformance.ts';
import { objectsByNamespace, reconcileAll, replayTime, worldDifferences } from '../support/recorded-worlds.ts';

/** How many worlds were recorded of each release. */
const worldCounts = { A: 80, B: 80, C: 80, D: 80, E: 240 } as const;

for (const profile of ['A', 'B', 'C', 'D', 'E'] as const) {
  test(`every recorded world of profile ${profile} ends as the real controller left it, and a second reconcile changes nothing`, async () => {
    const worlds = readWorlds(profile);
    assert.equal(worlds.length, worldCounts[profile]);
    const problems: string[] = [];
    for (const world of worlds) problems.push(...(await replay(world)));
    assert.deepEqual(problems, []);
  });
}

/** A cluster for one world alone. */
async function replay(world: ConformanceWorld): Promise<readonly string[]> {
  const server = anApiServer({ profile: world.profile, now: () => new Date(replayTime) });
  server.load(world.before);
  const cluster = memoryCluster(server);
  const differences = await worldDifferences(cluster, [world], await reconcileAll(cluster, [world]));
  const before = await objectsByNamespace(cluster, [world]);
  const second = await reconcileAll(cluster, [world]);
  assert.deepEqual(await objectsByNamespace(cluster, [world]), before, `${world.id}: a second reconcile changed an object`);
  return [...differences, ...second.changes.map((change) => `second reconcile: ${change}`)];
}

test('a world in which nothing was reconciled does not agree', async () => {
  const worlds = readWorlds('E');
  const server = anApiServer({ profile: 'E' });
  server.load(worlds.flatMap((world) => world.before));
  const none = { errors: new Map<string, ReadonlyMap<string, string | null>>(), changes: [] };
  const differing = new Set((await worldDifferences(memoryCluster(server), worlds, none)).map((difference) => difference.split(' ')[0]));
  assert.equal(differing.size, worlds.length);
});
