import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { traitsOf } from '../../src/core/profile.ts';
import { type JsonObject, type ObjectRef, refOf } from '../../src/model/object.ts';
import { virtualMachineServices } from '../../src/model/resources.ts';
import { aVm, aVmService, vmOperatorVersions } from '../support/builders.ts';
import { openKubeconfig } from '../support/live-cluster.ts';
import { realKubeconfig, realRelease } from '../support/real-cluster.ts';
import { loadObjects } from '../support/real-worlds.ts';
import { testIo } from '../support/test-io.ts';

/** A namespace of a real kube-apiserver with a service and two VMs. */
interface Place {
  readonly namespace: string;
  readonly cluster: Cluster;
  command(...words: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
  kubectl(input: string, ...words: readonly string[]): void;
  edit(kind: 'Service' | 'Endpoints', patch: JsonObject): Promise<void>;
}

async function aPlace(t: TestContext): Promise<Place> {
  const kubeconfig = realKubeconfig();
  const namespace = `print-${randomUUID().slice(0, 8)}`;
  const cluster = await openKubeconfig(kubeconfig);
  const newest = traitsOf(await realRelease()).hubVersion;
  const version = vmOperatorVersions.find((known) => known === newest) ?? 'v1alpha1';
  const place = { namespace, version };
  t.after(async () => {
    await cluster.delete({ apiVersion: 'v1', kind: 'Namespace', namespace: undefined, name: namespace }, { dryRun: 'none' });
    await cluster.close();
  });
  await loadObjects(
    cluster,
    [
      aVmService('web', { ...place, annotations: { note: 'mine' } }),
      aVm('web-1', { ...place, labels: { app: 'web' }, ip: '10.1.0.11' }),
      aVm('web-2', { ...place, labels: { app: 'web' }, ip: '10.1.0.12', ready: false }),
    ],
    namespace,
  );
  return {
    namespace,
    cluster,
    async command(...words) {
      const io = testIo([...words, '-n', namespace], { env: { KUBECONFIG: kubeconfig, LANG: 'C.UTF-8' } });
      const code = await run(io);
      return { code, out: io.out(), err: io.err() };
    },
    kubectl(input, ...words) {
      const { status, stderr } = spawnSync('kubectl', [...words, '--kubeconfig', kubeconfig, '-f', '-'], { input, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    },
    async edit(kind, patch) {
      const ref: ObjectRef = { apiVersion: 'v1', kind, namespace, name: 'web' };
      await cluster.patch(ref, patch, { dryRun: 'none', fieldManager: 'somebody' });
    },
  };
}

/** Children that reconcile would still write. */
async function differing({ command }: Place): Promise<readonly string[]> {
  const { out } = await command('diff', 'web', '-o', 'name');
  return out.split('\n').filter((line) => line.startsWith('service/') || line.startsWith('endpoints/'));
}

test('what --print prints and kubectl applies is what reconcile would have made', async (t) => {
  const place = await aPlace(t);
  assert.deepEqual(await differing(place), ['service/web', 'endpoints/web']);
  const printed = await place.command('reconcile', 'web', '--once', '--print');
  assert.equal(printed.code, 0);
  place.kubectl(printed.out, 'apply', '--server-side');
  assert.deepEqual(await differing(place), []);
  const done = await place.command('reconcile', 'web', '--once', '--yes');
  assert.match(done.out, /^service\/web unchanged\nendpoints\/web unchanged\n/);
});

test('so it is where the VirtualMachineService was applied itself, under the name of this tool', async (t) => {
  const place = await aPlace(t);
  const memory = { 'kubectl.kubernetes.io/last-applied-configuration': '{"kind":"VirtualMachineService"}\n' };
  const { items } = await place.cluster.list(virtualMachineServices, traitsOf(await realRelease()).hubVersion, {
    namespace: place.namespace,
  });
  for (const object of items) {
    await place.cluster.patch(refOf(object), { metadata: { annotations: memory } }, { dryRun: 'none', fieldManager: 'kubectl' });
  }
  const printed = await place.command('reconcile', 'web', '--once', '--print');
  assert.match(
    printed.err,
    /\nWarning: kubectl writes its own last-applied-configuration over the one in these objects, unless it is told: /,
  );
  place.kubectl(printed.out, 'apply', '--server-side');
  assert.deepEqual(await differing(place), ['service/web', 'endpoints/web']);
  place.kubectl(printed.out, 'apply', '--server-side', '--field-manager=kubectl-vmsvc', '--force-conflicts');
  assert.deepEqual(await differing(place), []);
});

test('so it is as JSON, and where children are there already', async (t) => {
  const place = await aPlace(t);
  assert.equal((await place.command('reconcile', 'web', '--once', '--yes')).code, 0);
  await place.edit('Service', { metadata: { annotations: { note: 'yours' } } });
  await place.edit('Endpoints', { subsets: [{ addresses: [{ ip: '10.9.9.9' }], ports: [{ name: 'http', port: 1, protocol: 'TCP' }] }] });
  const printed = await place.command('reconcile', 'web', '--once', '--print', '-o', 'json');
  assert.equal(printed.code, 0);
  place.kubectl(printed.out, 'apply', '--server-side', '--force-conflicts');
  assert.deepEqual(await differing(place), []);
});

test('where something is to go the warning says so, and kubectl replace does it', async (t) => {
  const place = await aPlace(t);
  assert.equal((await place.command('reconcile', 'web', '--once', '--yes')).code, 0);
  await place.edit('Service', {
    spec: {
      ports: [
        { name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 },
        { name: 'old', port: 81, protocol: 'TCP', targetPort: 8081 },
      ],
    },
  });
  const printed = await place.command('reconcile', 'web', '--once', '--print');
  assert.match(
    printed.err,
    /kubectl apply leaves what is to go from service\/web in print-\w+ \(spec\.ports 81\/TCP\): use kubectl replace/,
  );
  place.kubectl(printed.out, 'replace');
  assert.deepEqual(await differing(place), []);
});
