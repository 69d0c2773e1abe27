import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../src/cli/run.ts';
import { traitsOf } from '../../src/core/profile.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { endpointSlices } from '../../src/model/resources.ts';
import { aVm, aVmService, type VmServiceOptions, vmOperatorVersions } from '../support/builders.ts';
import { realCluster, realKubeconfig, realRelease } from '../support/real-cluster.ts';
import { loadObjects } from '../support/real-worlds.ts';
import { testIo } from '../support/test-io.ts';

// Kubernetes' own mirroring runs on this server, and nobody plays it: what it makes of Endpoints is what describe is to trace.
const { hubVersion } = traitsOf(await realRelease());
const version = vmOperatorVersions.find((known) => known === hubVersion) ?? assert.fail(`no builder writes ${hubVersion}`);

/** A namespace with the service `web` and two VMs, of which one is ready. */
async function aPlace(t: TestContext, options: VmServiceOptions = {}) {
  const place = await realCluster(`mirroring-${randomUUID().slice(0, 8)}`);
  t.after(() => place.close());
  const { namespace, cluster } = place;
  const vm = (name: string, ip: readonly string[], ready: boolean) => aVm(name, { namespace, version, labels: { app: 'web' }, ip, ready });
  const vms = [vm('web-1', ['10.1.0.11', 'fd00::11'], true), vm('web-2', ['10.1.0.12', 'fd00::12'], false)];
  await loadObjects(cluster, [aVmService('web', { namespace, version, type: 'ClusterIP', ...options }), ...vms], namespace);
  const command = async (words: string) => {
    const io = testIo([...words.split(' '), '-n', namespace], {
      env: { KUBECONFIG: realKubeconfig(), LANG: 'C.UTF-8' },
      now: new Date().toISOString(),
    });
    return { code: await run(io), out: io.out(), err: io.err() };
  };
  return {
    cluster,
    namespace,
    command,
    /** The slices, once they are as many. */
    async slices(count: number): Promise<readonly KubeObject[]> {
      for (const end = Date.now() + 30_000; ; await sleep(50)) {
        const { items } = await cluster.list(endpointSlices, 'v1', { namespace });
        if (items.length === count) return items;
        assert.ok(Date.now() < end, `${items.length} slices, and never ${count}`);
      }
    },
    /** From the Service to the VMs, with names for what the server draws. */
    async trace(): Promise<readonly string[]> {
      const { out } = await command('describe web');
      const lines = out.split('\n').filter((line) => /[●├└]/.test(line));
      return lines.map((line) =>
        line
          .replaceAll(/(?<=Slice +web-)[a-z0-9]{5}/g, 'xxxxx')
          .replaceAll(/10\.96\.\d+\.\d+/g, '<IPv4>')
          .replaceAll(/(?<= fails) for \d+d$/g, '')
          .trim()
          .replaceAll(/ {2,}/g, '  '),
      );
    },
  };
}

const upTo = (slice: string) => [
  '● Service  web  ✓ ClusterIP, cluster IP <IPv4>; nothing to change',
  '● Endpoints  web  ✓ 1 ready, 1 not ready; as computed',
  slice,
];

test('describe traces the slice that Kubernetes mirrors the Endpoints into, and sees when there is none any more', async (t) => {
  const { command, slices, trace, cluster, namespace } = await aPlace(t);
  assert.equal((await command('reconcile web --once')).code, 0);
  await slices(1);
  const vms = [
    '├─ web-1  10.1.0.11  ✓ READY  readiness probe tcp:8080 passes',
    '└─ web-2  10.1.0.12  ! NOT READY  readiness probe tcp:8080 fails',
  ];
  assert.deepEqual(await trace(), [...upTo('● Slice  web-xxxxx  ✓ mirrors Endpoints'), ...vms]);

  const ref = { apiVersion: `vmoperator.vmware.com/${version}`, kind: 'VirtualMachineService', namespace, name: 'web' };
  const labels = { 'endpointslice.kubernetes.io/skip-mirror': 'true' };
  await cluster.patch(ref, { metadata: { labels } }, { dryRun: 'none', fieldManager: 'somebody' });
  assert.equal((await command('reconcile web --once')).code, 0);
  await slices(0);
  assert.deepEqual(await trace(), [...upTo('● Slice  <none>  ! nothing mirrors the Endpoints yet'), ...vms]);
});

test('a service of two families has a slice of each', async (t) => {
  const { command, slices, trace } = await aPlace(t, { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' });
  assert.equal((await command('reconcile web --once --capability supports_workload_ipv6=true')).code, 0);
  const families = (await slices(2)).map((slice) => ('addressType' in slice ? slice.addressType : undefined));
  assert.deepEqual(families.toSorted(), ['IPv4', 'IPv6']);
  const slice = '● Slice  web-xxxxx  ✓ mirrors Endpoints';
  assert.deepEqual(await trace(), [
    ...upTo(slice),
    slice,
    '├─ web-1  10.1.0.11,fd00::11 ✓ READY  readiness probe tcp:8080 passes',
    '└─ web-2  10.1.0.12,fd00::12 ! NOT READY  readiness probe tcp:8080 fails',
  ]);
});
