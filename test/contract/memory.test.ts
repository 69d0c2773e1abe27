import { memoryCluster } from '../../src/cluster/memory.ts';
import { anApiServer } from '../support/api-server.ts';
import { clusterContract } from './cluster.ts';

clusterContract('memory', async () => ({
  cluster: memoryCluster(anApiServer()),
  namespace: 'contract',
  close: () => Promise.resolve(),
}));
