import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { jsonOf, type KubeObject, refOf } from '../../src/model/object.ts';
import { namespaces, services } from '../../src/model/resources.ts';
import { type EndpointAddress, endpointsOf } from '../../src/model/service.ts';
import { compareWorlds } from '../support/compare-worlds.ts';
import { type ConformanceWorld, readWorlds } from '../support/conformance.ts';
import { openKubeconfig } from '../support/live-cluster.ts';
import { realKubeconfig, realRelease } from '../support/real-cluster.ts';
import { loadWorld } from '../support/real-worlds.ts';
import { objectsByNamespace, type Reconciled, reconcileAll } from '../support/recorded-worlds.ts';

/** How many worlds were recorded of each release. */
const worldCounts = { A: 80, B: 80, C: 80, D: 80, E: 240 } as const;

const release = await realRelease();

test(`on a real kube-apiserver, side by side, every recorded world of profile ${release} ends as the real controller left it`, async (t) => {
  const cluster = await openKubeconfig(realKubeconfig());
  const recorded = readWorlds(release);
  assert.equal(recorded.length, worldCounts[release]);
  const run = randomUUID().slice(0, 8);
  t.after(async () => {
    await unloadAll(cluster, run);
    await cluster.close();
  });
  const worlds = await loadAll(cluster, recorded, run);

  const first = await reconcileAll(cluster, worlds);
  assert.deepEqual(await differences(cluster, worlds, first), []);
  const before = await objectsByNamespace(cluster, worlds);
  assert.deepEqual((await reconcileAll(cluster, worlds)).changes, []);
  assert.deepEqual(await objectsByNamespace(cluster, worlds), before);
});

/** A few at a time: a server answers 429 to whoever asks too much at once. */
async function loadAll(cluster: Cluster, recorded: readonly ConformanceWorld[], run: string): Promise<readonly ConformanceWorld[]> {
  const waiting = [...recorded];
  const loaded: ConformanceWorld[] = [];
  const worker = async () => {
    for (let world = waiting.shift(); world !== undefined; world = waiting.shift()) {
      loaded.push(await loadWorld(cluster, world, `${world.id}-${run}`));
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return loaded;
}

/** Gives back the addresses and node ports, which hang on the Services, and the namespaces: also of a load that failed half-way. */
async function unloadAll(cluster: Cluster, run: string): Promise<void> {
  for (const resource of [services, namespaces]) {
    const { items } = await cluster.list(resource, 'v1', { namespace: undefined });
    const ours = items.filter(({ metadata }) => (metadata.namespace ?? metadata.name).endsWith(`-${run}`));
    await Promise.all(ours.map((item) => cluster.delete(refOf(item), { dryRun: 'none' })));
  }
}

async function differences(cluster: Cluster, worlds: readonly ConformanceWorld[], { errors }: Reconciled): Promise<readonly string[]> {
  const objects = await objectsByNamespace(cluster, worlds);
  return worlds.flatMap((world) => {
    const recorded = { ...world, after: world.after.map(withoutTies) };
    const ours = { after: (objects.get(world.id) ?? []).map(withoutTies), errors: errors.get(world.id) ?? new Map() };
    return compareWorlds(recorded, ours).map((difference) => `${world.id} (${world.networkProvider}) ${difference}`);
  });
}

/**
 * Entries with one address come in the order of their VMs' uids, and this server drew others than the recorded one. So here, and
 * not where the recorded uids are kept, entries with one address are put in the order of their names.
 */
function withoutTies(object: KubeObject): KubeObject {
  if (object.kind !== 'Endpoints') return object;
  const nameOf = ({ targetRef }: EndpointAddress) => targetRef?.name ?? '';
  const sorted = (addresses: readonly EndpointAddress[]) =>
    addresses.map((address, index) => {
      const same = addresses.filter(({ ip }) => ip === address.ip);
      const earlier = addresses.slice(0, index).filter(({ ip }) => ip === address.ip).length;
      return same.toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1))[earlier] ?? address;
    });
  const subsets = endpointsOf(object).subsets?.map(({ addresses, notReadyAddresses, ...subset }) => ({
    ...subset,
    ...(addresses && { addresses: sorted(addresses) }),
    ...(notReadyAddresses && { notReadyAddresses: sorted(notReadyAddresses) }),
  }));
  return endpointsOf({ ...object, ...jsonOf(object), ...(subsets && { subsets }) });
}
