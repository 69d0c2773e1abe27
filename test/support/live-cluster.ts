import type { Cluster } from '../../src/cluster/cluster.ts';
import { readFileLimited } from '../../src/cluster/files/read-file.ts';
import { loadClusterAccess } from '../../src/cluster/kubeconfig/kubeconfig.ts';
import { liveCluster } from '../../src/cluster/live.ts';

/** The cluster of a kubeconfig file, in its current context unless said, as a command opens it. What it says on the side is dropped. */
export async function openKubeconfig(kubeconfig: string, context?: string): Promise<Cluster> {
  const access = await loadClusterAccess({ kubeconfig, context }, { env: {}, cwd: '/', readFile: readFileLimited });
  return liveCluster(access, {
    env: {},
    cwd: '/',
    isInteractive: () => false,
    onPluginOutput: () => {},
    onNote: () => {},
    userAgent: 'kubectl-vmsvc/test',
  });
}
