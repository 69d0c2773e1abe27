import { startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { rawClient } from '../support/kubeconfig-requests.ts';
import { memoryRequests } from '../support/memory-requests.ts';
import { requestContract } from './requests.ts';

const namespace = 'requests';

requestContract('an API server in memory', async () => ({ client: memoryRequests(), namespace, async close() {} }));

requestContract('the sandbox', async () => {
  const sandbox = await startSandbox({ profile: 'E', objects: [], controllers: [], port: 0, now: () => new Date(), toolVersion: 'test' });
  const readFile = () => new TextEncoder().encode(sandboxKubeconfig(sandbox));
  return { client: await rawClient('/sandbox', { readFile }), namespace, close: () => sandbox.close() };
});
