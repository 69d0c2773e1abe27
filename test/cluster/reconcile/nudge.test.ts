import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Clock } from '../../../src/cluster/clock.ts';
import { type Cluster, ConnectionError } from '../../../src/cluster/cluster.ts';
import { type NudgeResult, nudge } from '../../../src/cluster/reconcile/nudge.ts';
import { type NudgePlace, nudgeKey } from '../../../src/core/nudge.ts';
import type { KubeObject } from '../../../src/model/object.ts';
import { aService, aVm, ownedBy, someEndpoints } from '../../support/builders.ts';
import { type Stage, stage, svc, webVm } from '../../support/stage.ts';

const vmService = svc();
const owned = { owners: [ownedBy(vmService)] };
const world: readonly KubeObject[] = [vmService, webVm('web-1', { ip: '10.1.0.11' }), aService('svc', owned), someEndpoints('svc', owned)];
const place: NudgePlace = {
  ref: { apiVersion: 'v1', kind: 'Service', namespace: 'prod', name: 'svc' },
  field: 'annotations',
  mark: undefined,
  comesBack: true,
};

/** Time passes only where somebody waits for it; then `meanwhile` is told what time it is, in milliseconds. */
function aClock(meanwhile: (now: number) => Promise<unknown> = async () => {}): Clock {
  let now = 0;
  const pass = async (milliseconds: number): Promise<void> => {
    now += milliseconds;
    await meanwhile(now);
  };
  return {
    now: () => now,
    after: (milliseconds, action) => {
      let wanted = true;
      void pass(milliseconds).then(() => wanted && action());
      return () => {
        wanted = false;
      };
    },
    sleep: pass,
  };
}

function nudged(cluster: Cluster, clock: Clock, timeout = 30_000, signal = new AbortController().signal): Promise<NudgeResult> {
  return nudge(vmService, place, cluster, { clock, timeout, mark: 'mine', fieldManager: 'test', signal });
}

async function marked(on: Stage): Promise<boolean> {
  return Object.hasOwn((await on.service())?.metadata.annotations ?? {}, nudgeKey);
}

describe('a nudge', () => {
  test('waits for the answer, and knows how long it took', async () => {
    const on = stage(world);
    let asked = false;
    const clock = aClock(async (now) => {
      if (now < 700 || asked) return;
      asked = true;
      await on.reconcile();
    });
    assert.deepEqual(await nudged(on.cluster, clock), {
      ended: 'Answered',
      after: 950,
      changes: ['endpoints/svc changed (web-1 added)', 'virtualmachineservice/svc changed (metadata.finalizers, status.conditions)'],
    });
    assert.equal(await marked(on), false);
  });

  test('looks less and less often, and not after its time', async () => {
    const on = stage(world);
    const looks: number[] = [];
    const result = await nudged(
      on.cluster,
      aClock(async (now) => looks.push(now)),
      8_000,
    );
    assert.deepEqual([result, looks], [{ ended: 'NoAnswer' }, [200, 500, 950, 1625, 2637.5, 4156.25, 6156.25, 8000]]);
    assert.equal(await marked(on), false);
  });

  test('goes on looking when one look fails', async () => {
    const on = stage(world);
    let failures = 0;
    const clock = aClock(async (now) => {
      if (now > 1_000) await on.reconcile();
    });
    const flaky: Cluster = {
      ...on.cluster,
      get: async (ref) => {
        if (ref.kind === 'Endpoints' && (await marked(on)) && failures++ < 2) throw new ConnectionError('connection reset');
        return on.cluster.get(ref);
      },
    };
    assert.equal((await nudged(flaky, clock)).ended, 'Answered');
    assert.equal(failures > 1, true);
  });

  test('says what kept it from looking until the end', async () => {
    const on = stage(world);
    const reset = new ConnectionError('connection reset');
    const blind: Cluster = {
      ...on.cluster,
      get: async (ref) => {
        if (ref.kind === 'Endpoints' && (await marked(on))) throw reset;
        return on.cluster.get(ref);
      },
    };
    assert.deepEqual(await nudged(blind, aClock(), 1_000), { ended: 'Failed', error: reset });
    assert.equal(await marked(on), false);
  });

  test('R068: names the mark where the server is gone when it should be taken off', async () => {
    const on = stage(world);
    const gone = new ConnectionError('connection refused');
    const dying: Cluster = {
      ...on.cluster,
      get: async (ref) => {
        if (await marked(on)) throw gone;
        return on.cluster.get(ref);
      },
    };
    assert.deepEqual(await nudged(dying, aClock(), 1_000), { ended: 'Failed', error: gone, marked: { place, error: gone } });
    assert.equal(await marked(on), true);
    assert.equal((await nudged(on.cluster, aClock(), 1_000)).ended, 'NoAnswer');
    assert.equal(await marked(on), false);
  });

  test('ends at once when told to, without its mark', async () => {
    const on = stage(world);
    const controller = new AbortController();
    const clock = aClock(async () => controller.abort());
    assert.deepEqual(await nudged(on.cluster, clock, 30_000, controller.signal), { ended: 'Stopped' });
    assert.equal(await marked(on), false);
  });

  test('leaves nothing where the Service is deleted meanwhile', async () => {
    const on = stage(world);
    let deleted = false;
    const clock = aClock(async () => {
      if (!deleted) await on.remove('Service');
      deleted = true;
    });
    assert.deepEqual(await nudged(on.cluster, clock, 1_000), { ended: 'NoAnswer' });
    assert.equal(await on.service(), undefined);
  });

  test('marks a VM by a label, which the server accepts', async () => {
    const on = stage([vmService, webVm('web-1', { ip: '10.1.0.11' }), aVm('db-1')]);
    const { apiVersion, kind } = webVm('web-1');
    const onVm: NudgePlace = {
      ref: { apiVersion, kind, namespace: 'prod', name: 'web-1' },
      field: 'labels',
      mark: undefined,
      comesBack: false,
    };
    let asked = false;
    const clock = aClock(async () => {
      if (!asked) await on.reconcile();
      asked = true;
    });
    const result = await nudge(vmService, onVm, on.cluster, {
      clock,
      timeout: 1_000,
      mark: '20261120T120000Z',
      fieldManager: 'test',
      signal: new AbortController().signal,
    });
    assert.equal(result.ended, 'Answered');
    assert.deepEqual((await on.cluster.get(onVm.ref)).metadata.labels, { app: 'web' });
  });
});
