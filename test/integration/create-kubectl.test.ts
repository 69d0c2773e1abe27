import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { memoryCluster } from '../../src/cluster/memory.ts';
import { type Sandbox, startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { aVm } from '../support/builders.ts';
import { kubectlReleases } from '../support/kubectl-releases.ts';
import { assertOneObject, kubectl } from '../support/three-ways.ts';

const front = { app: 'web', tier: 'front' };
const fleet = [aVm('web-1', { labels: front }), aVm('web-2', { labels: front }), aVm('db-1', { labels: { tier: 'front' } })];
const noKubectl = kubectlReleases().length === 0 ? 'there is no kubectl here' : false;

describe('through kubectl', { skip: noKubectl }, () => {
  const home = mkdtempSync(join(tmpdir(), 'vmsvc-create-'));
  const kubeconfig = join(home, 'kubeconfig');
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox({ profile: 'E', objects: fleet, controllers: [], port: 0, now: () => new Date(), toolVersion: 'test' });
    writeFileSync(kubeconfig, sandboxKubeconfig(sandbox));
  });
  after(async () => {
    await sandbox.close();
    rmSync(home, { recursive: true });
  });

  test('kubectl create vmservice, kubectl vmsvc create and kubectl vmsvc expose make the same object', async () => {
    await assertOneObject(memoryCluster(sandbox.api), { kubeconfig, home, namespace: 'prod', profile: 'E' });
  });

  test('its help and its mistakes are those of create', async () => {
    const help = await kubectl(['create', 'vmservice', '--help'], kubeconfig, home);
    assert.deepEqual(help, await kubectl(['vmsvc', 'create', '--help'], kubeconfig, home));
    assert.match(help.out, /^Create a VirtualMachineService/);
    const wrong = await kubectl(['create', 'vmservice', 'web', '--type=LoadBalancer', '--port=0', '--selector=app=web'], kubeconfig, home);
    assert.deepEqual([wrong.code, wrong.err.split('\n', 1)[0]], [2, 'error: --port "0": port must be between 1 and 65535']);
  });
});
