import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { limits } from '../../../src/cluster/limits.ts';
import { memoryCluster } from '../../../src/cluster/memory.ts';
import { reconcileAll } from '../../../src/cluster/reconcile/reconcile-all.ts';
import { liveChildren, type ReconcileContext } from '../../../src/cluster/reconcile/reconcile-context.ts';
import { traitsOf } from '../../../src/core/profile.ts';
import { indexVms } from '../../../src/core/selector.ts';
import type { VirtualMachineService } from '../../../src/model/virtual-machine-service.ts';
import { anApiServer } from '../../support/api-server.ts';
import { aVmService } from '../../support/builders.ts';

const vmServices = Array.from({ length: 40 }, (_, index) => aVmService(`web-${index}`));

/** A run over `vmServices`, through something that may slow it down or stop it. */
function contextThrough(through: (cluster: Cluster) => Cluster): ReconcileContext {
  const server = anApiServer();
  server.load(vmServices);
  const cluster = through(memoryCluster(server));
  return {
    cluster,
    setup: { traits: traitsOf('E'), workloadIPv6: false, role: 'guest', adopt: false },
    providerOf: () => ({ from: 'setting', provider: 'none' }),
    vms: indexVms([]),
    children: liveChildren(cluster),
    write: { dryRun: 'none', fieldManager: 'test' },
    skipStatus: true,
    serviceOnly: false,
    now: '2026-11-20T12:00:00Z',
  };
}

const nameOf = ({ metadata }: VirtualMachineService) => metadata.name;
const forever = new AbortController().signal;

test('many are written at a time, never more than there are sockets, and told in their own order', async () => {
  let open = 0;
  let most = 0;
  const waiting: (() => void)[] = [];
  const context = contextThrough((cluster) => ({
    ...cluster,
    async create(object, options) {
      most = Math.max(most, ++open);
      // The later ones are answered first.
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        setImmediate(() => waiting.pop()?.());
      });
      open -= 1;
      return cluster.create(object, options);
    },
  }));
  const told: string[] = [];
  const outcomes = await reconcileAll(vmServices, context, { signal: forever, onOutcome: ({ item }) => void told.push(item.name) });
  assert.equal(most, limits.sockets);
  assert.deepEqual(told, vmServices.map(nameOf));
  assert.deepEqual(
    outcomes.map(({ item }) => item.name),
    vmServices.map(nameOf),
  );
  assert.ok(outcomes.every(({ item }) => item.error === null && item.steps.length === 3));
});

test('once it is told to stop, every write that was begun is finished and no other is sent', async () => {
  const stop = new AbortController();
  let sent = 0;
  const context = contextThrough((cluster) => ({
    ...cluster,
    create(object, options) {
      if (++sent === 5) stop.abort('SIGINT');
      return cluster.create(object, options);
    },
  }));
  const outcomes = await reconcileAll(vmServices, context, { signal: stop.signal });
  const done = outcomes.flatMap(({ item }) => item.steps.filter(({ operation }) => operation === 'created'));
  assert.equal(done.length, sent);
  assert.ok(sent < limits.sockets * 2);
  assert.deepEqual([...new Set(outcomes.map(({ ended, item }) => `${ended} ${item.error?.reason}`))], ['stopped Interrupted']);
});

test('an error that nobody expected is not swallowed', async () => {
  const context = contextThrough((cluster) => ({ ...cluster, create: () => Promise.reject(new Error('a bug')) }));
  await assert.rejects(reconcileAll(vmServices, context, { signal: forever }), { message: 'a bug' });
});
