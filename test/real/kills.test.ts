import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { refOf } from '../../src/model/object.ts';
import { isNotFound } from '../../src/model/status.ts';
import type { SentRequest } from '../support/intercept.ts';
import { someInterleavings } from '../support/interleavings.ts';
import { type KillPoint, killedRun, recordingRequests } from '../support/kill-harness.ts';
import { openKubeconfig } from '../support/live-cluster.ts';
import { randomFrom } from '../support/random.ts';
import { casesFor, leaveWorld, type RealWorld, realWorld } from '../support/real-cases.ts';
import { realKubeconfig, realRelease } from '../support/real-cluster.ts';
import { type ReconcileCase, reconcileCases, runModel, runTool } from '../support/reconcile-cases.ts';

const release = await realRelease();
/** Of many VMs nothing is learned that few do not show. */
const cases = casesFor(reconcileCases, release).filter(({ name }) => name !== 'many VMs');
const racing = cases.filter(({ name }) =>
  ['the first time', 'ports, labels and addresses drifted', 'only the Endpoints are missing'].includes(name),
);

suite(`on a real kube-apiserver with the definitions of ${release}`, () => {
  let cluster: Cluster;
  let tried = 0;
  // Worlds stand side by side, each in a namespace of its own: a server that waits for one has time for others.
  const sideBySide = { concurrency: 4 };
  before(async () => {
    cluster = await openKubeconfig(realKubeconfig());
  });
  after(() => cluster.close());

  const inWorldOf = async <T>(how: ReconcileCase, act: (world: RealWorld) => Promise<T>): Promise<T> => {
    const world = await realWorld(how, cluster);
    try {
      return await act(world);
    } finally {
      await leaveWorld(world);
    }
  };

  suite('one run, killed', sideBySide, () => {
    for (const how of cases) testKills(how);
  });

  function testKills(how: ReconcileCase): void {
    test(`R070 R071 killed before any request or after any write of a reconcile, ${how.name}: everybody gets to the same end`, async () => {
      const requests: SentRequest[] = [];
      const end = await inWorldOf(how, async (world) => {
        await runsWell({ ...world, cluster: recordingRequests(world.cluster, requests) });
        return world.end();
      });
      const controllerEnd = await inWorldOf(how, async (world) => {
        await controllerSettles(world);
        return world.end();
      });
      const points = requests.flatMap(({ number, writes }): KillPoint[] => [
        { request: number, point: 'before' },
        ...(writes ? [{ request: number, point: 'after' } as const] : []),
      ]);
      assert.ok(requests.some(({ writes }) => writes));
      for (const point of points) {
        const where = `killed ${point.point} request ${point.request}`;
        await inWorldOf(how, async (world) => {
          const known = new Set((await world.objects()).map(({ metadata }) => metadata.uid));
          await killedRun(world.cluster, world.how, point);
          const made = (await world.objects()).filter(({ metadata }) => !known.has(metadata.uid));
          assert.deepEqual(
            made.map(({ metadata }) => metadata.ownerReferences?.map(({ kind }) => kind)),
            made.map(() => ['VirtualMachineService']),
            `${where}: what the garbage collector takes`,
          );
          await runsWell(world);
          assert.deepEqual(await world.end(), end, `${where}: the tool again`);
          assert.deepEqual(await writesOfOneMore(world), [], `${where}: one more run`);
        });
        await inWorldOf(how, async (world) => {
          await killedRun(world.cluster, world.how, point);
          await controllerSettles(world);
          assert.deepEqual(await world.end(), controllerEnd, `${where}: the controller alone`);
        });
      }
      tried += points.length;
    });
  }

  test('R070 R071 enough kill points were tried', (t) => {
    t.diagnostic(`${tried} kill points in ${cases.length} worlds on the real kube-apiserver with the definitions of ${release}`);
    // Of the other releases there are a few cases only.
    assert.ok(tried >= (release === 'E' ? 100 : 10), String(tried));
  });

  suite('two runs at once', sideBySide, () => {
    for (const how of racing) {
      testRaces(how, 'R060', 'two copies of the tool');
      testRaces(how, 'R061', 'the tool and the controller');
    }
  });

  function testRaces(how: ReconcileCase, number: string, pair: 'two copies of the tool' | 'the tool and the controller'): void {
    test(`${number} ${pair} at once, ${how.name}, in orders drawn at random: the end is the same`, async () => {
      const end = await inWorldOf(how, async (world) => {
        await (pair === 'two copies of the tool' ? runsWell(world) : controllerSettles(world));
        return world.end();
      });
      const meet = async () => {
        const world = await realWorld(how, cluster);
        const reasons: string[] = [];
        const tool = async (own: Cluster) => {
          for (const { error } of await runTool(own, world.how)) if (error !== null) reasons.push(error.reason);
        };
        const other = pair === 'two copies of the tool' ? tool : (own: Cluster) => runModel(own, world.how);
        return { cluster, processes: [tool, other], world, reasons };
      };
      await someInterleavings(8, randomFrom(61), meet, async ({ world, reasons }, { schedule, results }) => {
        const where = `in the order ${schedule.join('')}`;
        for (const result of results) if (result.status === 'rejected') throw result.reason;
        assert.ok(reasons.length <= 1 && reasons.every((reason) => reason === 'Conflict'), `${where}: ${reasons.join(' and ')}`);
        if (pair === 'two copies of the tool') await runTool(world.cluster, world.how);
        else await controllerSettles(world);
        assert.deepEqual(await world.end(), end, where);
        assert.deepEqual(await writesOfOneMore(world), [], where);
        await leaveWorld(world);
      });
    });
  }

  for (const how of racing.filter(({ name }) => name === 'the first time')) {
    test('R053 the VirtualMachineService is deleted in front of any write: what the run made for it goes, too', async () => {
      const requests: SentRequest[] = [];
      await inWorldOf(how, (world) => runsWell({ ...world, cluster: recordingRequests(world.cluster, requests) }));
      for (const { number } of requests.filter(({ writes }) => writes)) {
        await inWorldOf(how, async (world) => {
          let count = 0;
          const disturbed = recordingRequests(world.cluster, [], async () => {
            count += 1;
            if (count !== number) return;
            for (const object of await world.objects()) {
              if (object.kind === 'VirtualMachineService') await cluster.delete(refOf(object), { dryRun: 'none' }).catch(unlessGone);
            }
          });
          const [item] = await runTool(disturbed, world.how);
          const left = (await world.objects()).map(({ kind }) => kind);
          assert.deepEqual([item?.error?.reason, left], ['OwnerGone', []], `deleted in front of request ${number}`);
        });
      }
    });
  }
});

async function runsWell({ cluster, how }: RealWorld): Promise<void> {
  const items = await runTool(cluster, how);
  assert.deepEqual(
    items.map(({ error }) => error),
    items.map(() => null),
  );
}

async function writesOfOneMore({ cluster, how }: RealWorld): Promise<readonly string[]> {
  const requests: SentRequest[] = [];
  await runTool(recordingRequests(cluster, requests), how);
  return requests.filter(({ writes }) => writes).map(({ verb, object }) => `${verb} ${object}`);
}

/** Its own writes wake the controller again, until there is nothing left to write. */
async function controllerSettles({ cluster, how }: RealWorld): Promise<void> {
  for (let runs = 0; runs < 5; runs += 1) {
    const requests: SentRequest[] = [];
    await runModel(recordingRequests(cluster, requests), how);
    if (!requests.some(({ writes }) => writes)) return;
  }
  assert.fail(`${how.name}: the controller never comes to rest`);
}

function unlessGone(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
