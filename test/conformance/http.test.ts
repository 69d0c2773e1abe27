import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { readWorlds } from '../support/conformance.ts';
import { objectsByNamespace, reconcileAll, worldDifferences } from '../support/recorded-worlds.ts';
import { sandboxCluster } from '../support/sandbox-cluster.ts';

for (const profile of ['A', 'B', 'C', 'D', 'E'] as const) {
  test(`over HTTP, side by side, every recorded world of profile ${profile} ends as the real controller left it`, async (t) => {
    const worlds = readWorlds(profile);
    const objects = worlds.flatMap((world) => world.before);
    const sandbox = await startSandbox({ profile, objects, controllers: [], port: 0, now: () => new Date(), toolVersion: '0.0.0' });
    t.after(() => sandbox.close());
    const cluster = await sandboxCluster(sandbox);
    t.after(() => cluster.close());
    const first = await reconcileAll(cluster, worlds);
    assert.deepEqual(await worldDifferences(cluster, worlds, first), []);
    const before = await objectsByNamespace(cluster, worlds);
    assert.deepEqual((await reconcileAll(cluster, worlds)).changes, []);
    assert.deepEqual(await objectsByNamespace(cluster, worlds), before);
  });
}
