import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../src/cluster/clock.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { nudge, takeMark } from '../../src/cluster/reconcile/nudge.ts';
import { nudgeKey, planNudge } from '../../src/core/nudge.ts';
import { jsonOf, type KubeObject } from '../../src/model/object.ts';
import { vmOf } from '../../src/model/virtual-machine.ts';
import { aService, ownedBy, someEndpoints } from '../support/builders.ts';
import { type Stage, stage, svc, webVm } from '../support/stage.ts';

const vmService = svc();
const owned = { owners: [ownedBy(vmService)] };
const vm = webVm('web-1', { ip: '10.1.0.11' });
const stale: readonly KubeObject[] = [vmService, vm, aService('svc', owned), someEndpoints('svc', owned)];
const fresh: readonly KubeObject[] = [vmService, vm];

/** The process is gone: nothing that it wanted to do after this is done. */
class Killed extends Error {}

type Point = { readonly request: number; readonly when: 'before' | 'after' };

/** A cluster that kills whoever uses it at one request, before or after it was carried out. */
function killing(cluster: Cluster, point?: Point): { readonly cluster: Cluster; readonly requests: () => number } {
  let requests = 0;
  let dead = false;
  const guarded = async <T>(act: () => Promise<T>): Promise<T> => {
    requests += 1;
    const now = requests;
    if (dead || (point?.request === now && point.when === 'before')) {
      dead = true;
      throw new Killed();
    }
    const [answer] = await Promise.allSettled([act()]);
    if (point?.request === now) {
      dead = true;
      throw new Killed();
    }
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  };
  return {
    requests: () => requests,
    cluster: {
      ...cluster,
      get: (ref) => guarded(() => cluster.get(ref)),
      patch: (ref, patch, options) => guarded(() => cluster.patch(ref, patch, options)),
    },
  };
}

/** While a nudge waits, the controller works. */
function aClock(on: Stage): Clock {
  let now = 0;
  const sleep = async (milliseconds: number): Promise<void> => {
    now += milliseconds;
    await on.reconcile();
  };
  return {
    now: () => now,
    sleep,
    after: (milliseconds, action) => {
      void sleep(milliseconds).then(action);
      return () => {};
    },
  };
}

/** What `kubectl vmsvc nudge svc` does, first of all cleaning up after others. */
async function nudged(on: Stage, cluster: Cluster, mark: string): Promise<string> {
  const selected = [await on.cluster.get({ apiVersion: vm.apiVersion, kind: vm.kind, namespace: 'prod', name: 'web-1' })];
  const plan = planNudge(vmService, await on.service(), selected.map(vmOf));
  for (const place of plan.leftOver) await takeMark(cluster, place, { mark: place.mark ?? '', fieldManager: 'test' });
  assert.ok('place' in plan);
  const { signal } = new AbortController();
  const options = { clock: aClock(on), timeout: 5_000, mark, fieldManager: 'test', signal };
  return (await nudge(vmService, plan.place, cluster, options)).ended;
}

/** Everything was written once through the API, which fills in its defaults. */
async function aStage(world: readonly KubeObject[]): Promise<Stage> {
  const on = stage(world);
  await on.edit('VirtualMachine', { metadata: { labels: { tier: 'front' } } }, { name: 'web-1' });
  return on;
}

/** Without what every write makes anew. */
async function endOf(on: Stage): Promise<readonly unknown[]> {
  const vmNow = await on.cluster.get({ apiVersion: vm.apiVersion, kind: vm.kind, namespace: 'prod', name: 'web-1' });
  const objects = [await on.vmService(), await on.service(), await on.endpoints(), vmNow];
  return objects.map((object) => {
    if (object === undefined) return undefined;
    const { resourceVersion: _, managedFields: __, uid: ___, generation: ____, ...metadata } = object.metadata;
    return jsonOf({ ...object, metadata });
  });
}

for (const [what, world] of [
  ['marks its Service', stale],
  ['marks a VM, because there is no Service', fresh],
] as const) {
  test(`R068 R070 killed before or after any request of a nudge that ${what}: the next nudge leaves what an undisturbed one leaves`, async () => {
    const undisturbed = await aStage(world);
    const counted = killing(undisturbed.cluster);
    assert.equal(await nudged(undisturbed, counted.cluster, 'first'), 'Answered');
    await undisturbed.reconcile();
    const reference = await endOf(undisturbed);
    assert.equal(JSON.stringify(reference).includes(nudgeKey), false);

    const points = Array.from({ length: counted.requests() }, (_, index) => index + 1);
    assert.ok(points.length >= 8, `${points.length} requests`);
    let leftBehind = 0;
    for (const request of points) {
      for (const when of ['before', 'after'] as const) {
        const on = await aStage(world);
        const at = `killed ${when} request ${request}`;
        await assert.rejects(nudged(on, killing(on.cluster, { request, when }).cluster, 'first'), Killed, at);
        // The controller goes on as ever, and the mark does not disturb it.
        assert.equal((await on.reconcile()).error, null, at);
        if (JSON.stringify(await endOf(on)).includes(nudgeKey)) leftBehind += 1;
        const ended = await nudged(on, on.cluster, 'second');
        assert.ok(ended === 'Answered' || ended === 'NoAnswer', at);
        await on.reconcile();
        assert.deepEqual(await endOf(on), reference, at);
      }
    }
    assert.ok(leftBehind > 0, 'no kill left anything behind: this test shows nothing');
  });
}
