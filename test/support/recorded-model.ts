import type { Cluster } from '../../src/cluster/cluster.ts';
import { memoryCluster } from '../../src/cluster/memory.ts';
import { traitsOf } from '../../src/core/profile.ts';
import { virtualMachineServices } from '../../src/model/resources.ts';
import { isNotFound } from '../../src/model/status.ts';
import { anApiServer } from './api-server.ts';
import type { ConformanceWorld } from './conformance.ts';
import { runController } from './controller-model.ts';
import { replayTime, worldDifferences } from './recorded-worlds.ts';

/** Every difference between how the model of the controller leaves a recorded world and how the real one did. */
export async function modelDifferences(world: ConformanceWorld): Promise<readonly string[]> {
  const server = anApiServer({ profile: world.profile, now: () => new Date(replayTime) });
  server.load(world.before);
  const cluster = memoryCluster(server);
  const { items } = await cluster.list(virtualMachineServices, traitsOf(world.profile).hubVersion, { namespace: world.id });
  const errors = new Map<string, string | null>();
  for (const { metadata } of items) {
    const setup = { release: world.profile, workloadIPv6: world.workloadIPv6, provider: () => providerOf(cluster, world), now: replayTime };
    errors.set(metadata.name, await runController(cluster, world.id, metadata.name, setup));
  }
  return worldDifferences(cluster, [world], { errors: new Map([[world.id, errors]]), changes: [] });
}

/** The recordings' switches: A and B know NSX or not, C knows NSX-T, D also VPC, E may leave it to the namespace. */
async function providerOf(cluster: Cluster, { id, profile, networkProvider }: ConformanceWorld): Promise<'nsx' | 'none'> {
  if (networkProvider !== 'per-ns')
    return networkProvider === 'nsxt' || (networkProvider === 'vpc' && 'DE'.includes(profile)) ? 'nsx' : 'none';
  const ref = { apiVersion: 'netoperator.vmware.com/v1alpha1', kind: 'NetworkSettings', namespace: id, name: 'default' };
  try {
    const settings: object = await cluster.get(ref);
    const provider = 'provider' in settings && typeof settings.provider === 'string' ? settings.provider : '';
    if (provider === 'vsphere-distributed') return 'none';
    if (provider === 'nsx-tier1' || provider === 'vpc') return 'nsx';
    throw new Error(`unknown network provider "${provider}"`);
  } catch (error) {
    if (isNotFound(error)) throw new Error('NetworkSettings has not been created for this namespace');
    throw error;
  }
}
