import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../src/cli/run.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { nudgeKey } from '../../src/core/nudge.ts';
import { traitsOf } from '../../src/core/profile.ts';
import { endpoints, services, virtualMachineServices, virtualMachines } from '../../src/model/resources.ts';
import { aVm, aVmService, vmOperatorVersions } from '../support/builders.ts';
import { runController } from '../support/controller-model.ts';
import { openKubeconfig } from '../support/live-cluster.ts';
import { realKubeconfig, realRelease } from '../support/real-cluster.ts';
import { loadObjects } from '../support/real-worlds.ts';
import { testIo } from '../support/test-io.ts';

const release = await realRelease();
const { hubVersion } = traitsOf(release);
const version = vmOperatorVersions.find((known) => known === hubVersion) ?? assert.fail(`no builder writes ${hubVersion}`);
const kubeconfig = realKubeconfig();
const write = { dryRun: 'none', fieldManager: 'test' } as const;

suite(`a controller that is alive, on a real kube-apiserver with the definitions of ${release}`, () => {
  const namespace = `nudge-${randomUUID().slice(0, 8)}`;
  let cluster: Cluster;

  before(async () => {
    cluster = await openKubeconfig(kubeconfig);
    const vm = (name: string, ip: string) => aVm(name, { namespace, version, labels: { app: 'web' }, ip });
    const objects = [
      aVmService('web', { namespace, version, type: 'ClusterIP' }),
      aVmService('late', { namespace, version, type: 'ClusterIP', selector: { app: 'web' } }),
      vm('web-1', '10.1.0.11'),
      vm('web-2', '10.1.0.12'),
    ];
    await loadObjects(cluster, objects, namespace);
  });
  after(async () => {
    for (const name of ['web', 'late']) await cluster.delete({ apiVersion: 'v1', kind: 'Service', namespace, name }, { dryRun: 'none' });
    await cluster.delete({ apiVersion: 'v1', kind: 'Namespace', namespace: undefined, name: namespace }, { dryRun: 'none' });
    await cluster.close();
  });

  const command = async (words: string) => {
    const io = testIo([...words.split(' '), '-n', namespace, '--kubeconfig', kubeconfig]);
    const code = await run(io);
    return { code, out: io.out(), err: io.err() };
  };
  const control = (name: string) =>
    runController(cluster, namespace, name, {
      release,
      workloadIPv6: false,
      provider: async () => 'none',
      now: `${new Date().toISOString().slice(0, 19)}Z`,
    });
  const resources = [
    [virtualMachineServices, version],
    [virtualMachines, version],
    [services, 'v1'],
    [endpoints, 'v1'],
  ] as const;
  const worldNow = async () => {
    const lists = await Promise.all(resources.map(([resource, of]) => cluster.list(resource, of, { namespace })));
    return lists.flatMap(({ items }) => items);
  };
  const marked = async () =>
    (await worldNow()).filter(({ metadata }) => [metadata.annotations, metadata.labels].some((map) => map?.[nudgeKey] !== undefined));

  /** Nudges while the controller looks every moment, as if each look had been caused by an event. */
  const nudged = async (name: string) => {
    let ended = false;
    const said = command(`nudge ${name}`).finally(() => {
      ended = true;
    });
    while (!ended) {
      if ((await marked()).length > 0) await control(name);
      await sleep(50);
    }
    return said;
  };

  test('is seen in the managedFields that the server keeps, and left alone', async () => {
    assert.equal(await control('web'), null);
    const world = await worldNow();
    const { code, out, err } = await command('reconcile web --once');
    assert.deepEqual([code, out], [2, '']);
    assert.match(
      err,
      new RegExp(`\nerror: VM Operator is working in ${namespace} \\(it last wrote \\d+s ago\\); doing its work here would race with it\n`),
    );
    assert.deepEqual(await worldNow(), world);
  });

  test('answers a nudge by what it writes, and nothing of the nudge is left', async () => {
    const ref = { apiVersion: `vmoperator.vmware.com/${version}`, kind: 'VirtualMachine', namespace, name: 'web-2' };
    await cluster.patch(ref, { metadata: { labels: { app: 'web-drained' } } }, write);
    const { code, out } = await nudged('web');
    assert.equal(code, 0);
    assert.match(out, /^VM Operator answered after \d+\.\ds: endpoints\/web changed \(web-2 removed\)\n$/);
    await control('web');
    assert.deepEqual(await marked(), []);
  });

  test('answers a nudge through a VM where it has made nothing yet', async () => {
    const { code, out } = await nudged('late');
    assert.equal(code, 0);
    assert.match(out, /^VM Operator answered after \d+\.\ds: service\/late created/);
    await control('late');
    assert.deepEqual(await marked(), []);
  });
});
