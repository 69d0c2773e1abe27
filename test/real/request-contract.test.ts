import { randomUUID } from 'node:crypto';
import { requestContract } from '../contract/requests.ts';
import { rawClient } from '../support/kubeconfig-requests.ts';
import { realKubeconfig } from '../support/real-cluster.ts';

requestContract('a real kube-apiserver', async () => ({
  client: await rawClient(realKubeconfig()),
  namespace: `requests-${randomUUID().slice(0, 8)}`,
  async close() {},
}));
