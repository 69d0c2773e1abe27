import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { memoryCluster } from '../../src/cluster/memory.ts';
import { startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { traitsOf } from '../../src/core/profile.ts';
import { aVm, vmOperatorVersions } from '../support/builders.ts';
import { kubectlReleases } from '../support/kubectl-releases.ts';
import { assertOneObject, kubectl } from '../support/three-ways.ts';

const front = { app: 'web', tier: 'front' };
const fleet = [
  ['web-1', front],
  ['web-2', front],
  ['db-1', { tier: 'front' }],
] as const;
const noKubectl = kubectlReleases().length === 0 ? 'there is no kubectl here' : false;

describe('through kubectl', { skip: noKubectl }, () => {
  const home = mkdtempSync(join(tmpdir(), 'vmsvc-create-'));
  after(() => rmSync(home, { recursive: true }));

  for (const profile of ['A', 'B', 'C', 'D', 'E'] as const) {
    test(`of release ${profile} kubectl create vmservice, kubectl vmsvc create and kubectl vmsvc expose make the same object`, async () => {
      const { hubVersion } = traitsOf(profile);
      const objects = fleet.map(([name, labels]) =>
        aVm(name, { version: vmOperatorVersions.find((known) => known === hubVersion) ?? 'v1alpha1', labels }),
      );
      const sandbox = await startSandbox({ profile, objects, controllers: [], port: 0, now: () => new Date(), toolVersion: 'test' });
      const kubeconfig = join(home, profile);
      writeFileSync(kubeconfig, sandboxKubeconfig(sandbox));
      await assertOneObject(memoryCluster(sandbox.api), { kubeconfig, home, namespace: 'prod', profile });
      await sandbox.close();
    });
  }

  test('its help and its mistakes are those of create', async () => {
    const kubeconfig = join(home, 'none');
    const help = await kubectl(['create', 'vmservice', '--help'], kubeconfig, home);
    assert.deepEqual(help, await kubectl(['vmsvc', 'create', '--help'], kubeconfig, home));
    assert.match(help.out, /^Create a VirtualMachineService/);
    const wrong = await kubectl(['create', 'vmservice', 'web', '--type=LoadBalancer', '--port=0', '--selector=app=web'], kubeconfig, home);
    assert.deepEqual([wrong.code, wrong.err.split('\n', 1)[0]], [2, 'error: --port "0": port must be between 1 and 65535']);
  });
});
