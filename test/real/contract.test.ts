import { randomUUID } from 'node:crypto';
import { clusterContract } from '../contract/cluster.ts';
import { realCluster } from '../support/real-cluster.ts';

clusterContract('the live client against a real kube-apiserver', () => realCluster(`contract-${randomUUID().slice(0, 8)}`));
