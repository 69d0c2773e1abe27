import { commandContract } from '../contract/commands.ts';
import { realAccess, realKubeconfig, realRelease } from '../support/real-cluster.ts';

commandContract('on a real kube-apiserver', async () => ({
  release: await realRelease(),
  kubeconfig: realKubeconfig(),
  access: await realAccess(),
  close: async () => {},
}));
