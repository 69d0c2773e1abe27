import type { Cluster } from '../../src/cluster/cluster.ts';
import { loadClusterAccess } from '../../src/cluster/kubeconfig/kubeconfig.ts';
import { liveCluster } from '../../src/cluster/live.ts';
import { type SandboxAccess, sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';

/** A sandbox as any client sees it: through its kubeconfig, over TLS. Nothing of the machine's environment gets in. */
export async function sandboxCluster(sandbox: SandboxAccess): Promise<Cluster> {
  const readFile = () => new TextEncoder().encode(sandboxKubeconfig(sandbox));
  const surroundings = { env: {}, cwd: '/' };
  const access = await loadClusterAccess({ kubeconfig: '/sandbox' }, { ...surroundings, readFile });
  return liveCluster(access, {
    ...surroundings,
    isInteractive: () => false,
    onPluginOutput: unexpected,
    onNote: unexpected,
    userAgent: 'test',
  });
}

function unexpected(text: string): never {
  throw new Error(`nobody should have said: ${text}`);
}
