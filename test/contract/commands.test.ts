import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { commandContract } from './commands.ts';

commandContract('on the sandbox', async () => {
  const sandbox = await startSandbox({ profile: 'E', objects: [], controllers: [], port: 0, now: () => new Date(), toolVersion: 'test' });
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-commands-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, sandboxKubeconfig(sandbox), { mode: 0o600 });
  return {
    release: 'E',
    kubeconfig,
    access: sandbox,
    async close() {
      await sandbox.close();
      rmSync(folder, { recursive: true });
    },
  };
});
