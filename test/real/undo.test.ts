import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { traitsOf } from '../../src/core/profile.ts';
import { type JsonObject, jsonOf, type ObjectRef } from '../../src/model/object.ts';
import { isMap } from '../../src/model/raw-json.ts';
import { isNotFound } from '../../src/model/status.ts';
import { aVm, aVmService, vmOperatorVersions } from '../support/builders.ts';
import { openKubeconfig } from '../support/live-cluster.ts';
import { realKubeconfig, realRelease } from '../support/real-cluster.ts';
import { loadObjects } from '../support/real-worlds.ts';
import { testIo } from '../support/test-io.ts';

test('on a real kube-apiserver --undo puts back what was edited by hand, and deletes what the run made', async (t) => {
  const kubeconfig = realKubeconfig();
  const namespace = `undo-${randomUUID().slice(0, 8)}`;
  const cwd = mkdtempSync(join(tmpdir(), 'vmsvc-undo-'));
  const cluster = await openKubeconfig(kubeconfig);
  t.after(async () => {
    rmSync(cwd, { recursive: true });
    await cluster.delete({ apiVersion: 'v1', kind: 'Namespace', namespace: undefined, name: namespace }, { dryRun: 'none' });
    await cluster.close();
  });
  const { hubVersion } = traitsOf(await realRelease());
  const place = { namespace, version: vmOperatorVersions.find((version) => version === hubVersion) ?? 'v1alpha1' };
  const objects = [aVmService('web', place), aVm('web-1', { ...place, labels: { app: 'web' }, ip: '10.1.0.11' })];
  await loadObjects(cluster, objects, namespace);

  const command = async (...words: readonly string[]) => {
    const io = testIo(['reconcile', ...words], { cwd, env: { KUBECONFIG: kubeconfig, LANG: 'C.UTF-8' } });
    return { code: await run(io), out: io.out(), err: io.err() };
  };
  const refs = ['Service', 'Endpoints', 'VirtualMachineService'].map((kind): ObjectRef => {
    const apiVersion = kind === 'VirtualMachineService' ? `vmoperator.vmware.com/${hubVersion}` : 'v1';
    return { apiVersion, kind, namespace, name: 'web' };
  });
  const stored = () => Promise.all(refs.map((ref) => cluster.get(ref).then(contentOf, missing)));

  const bare = await stored();
  assert.equal((await command('web', '-n', namespace, '--once', '--yes', '--save-before=made.json')).code, 0);
  assert.equal((await command('--undo=made.json')).code, 0);
  assert.deepEqual(await stored(), bare);

  assert.equal((await command('web', '-n', namespace, '--once', '--yes')).code, 0);
  const [service, endpoints] = refs;
  assert.ok(service !== undefined && endpoints !== undefined);
  const write = { dryRun: 'none', fieldManager: 'somebody' } as const;
  await cluster.patch(service, { spec: { type: 'ClusterIP', allocateLoadBalancerNodePorts: null, externalTrafficPolicy: null } }, write);
  await cluster.patch(endpoints, { subsets: null, metadata: { labels: { mine: 'yes' } } }, write);
  const edited = await stored();
  assert.equal((await command('web', '-n', namespace, '--once', '--yes', '--save-before=edited.json')).code, 0);
  assert.notDeepEqual(await stored(), edited);
  const undone = await command('--undo=edited.json');
  assert.deepEqual([undone.code, undone.out.includes('service/web configured\n')], [0, true]);
  assert.deepEqual(await stored(), edited);
});

/** Without what every write changes. */
function contentOf(object: Parameters<typeof jsonOf>[0]): JsonObject {
  const { metadata, ...rest } = jsonOf(object);
  if (!isMap(metadata)) return rest;
  const { resourceVersion: _, generation: __, managedFields: ___, ...kept } = metadata;
  return { ...rest, metadata: kept };
}

function missing(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
}
