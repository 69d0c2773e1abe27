import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { openKubeconfig } from '../support/live-cluster.ts';
import { clusterContract } from './cluster.ts';

clusterContract('the live client against the sandbox', async () => {
  const sandbox = await startSandbox({ profile: 'E', objects: [], controllers: [], port: 0, now: () => new Date(), toolVersion: 'test' });
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-contract-'));
  const file = join(folder, 'kubeconfig');
  writeFileSync(file, sandboxKubeconfig(sandbox), { mode: 0o600 });
  return {
    cluster: await openKubeconfig(file),
    namespace: 'contract',
    async close() {
      await sandbox.close();
      rmSync(folder, { recursive: true });
    },
  };
});
