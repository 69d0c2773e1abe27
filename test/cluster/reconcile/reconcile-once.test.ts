import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cluster, ConnectionError } from '../../../src/cluster/cluster.ts';
import { liveChildren } from '../../../src/cluster/reconcile/reconcile-context.ts';
import { reconcileOnce } from '../../../src/cluster/reconcile/reconcile-once.ts';
import { traitsOf } from '../../../src/core/profile.ts';
import { indexVms } from '../../../src/core/selector.ts';
import type { JsonObject, KubeObject } from '../../../src/model/object.ts';
import { vmServiceOf } from '../../../src/model/virtual-machine-service.ts';
import { aService, ownedBy, someEndpoints } from '../../support/builders.ts';
import { listed, type Stage, stage, svc, webVm } from '../../support/stage.ts';

const one = webVm('vm-1', { ip: '1.1.1.1' });

/** A cluster whose writes go through `write` first. */
function watched(cluster: Cluster, before: (verb: 'create' | 'patch', object: string, patch: JsonObject) => Promise<void>): Cluster {
  return {
    ...cluster,
    async create(object, options) {
      await before('create', object.kind, {});
      return cluster.create(object, options);
    },
    async patch(ref, mergePatch, options) {
      await before('patch', ref.kind, mergePatch);
      return cluster.patch(ref, mergePatch, options);
    },
  };
}

function objectsOf(world: Stage): readonly KubeObject[] {
  return world.server.objects();
}

test('a dry run on the server goes the whole way and stores nothing', async () => {
  const world = stage([svc(), one]);
  const before = objectsOf(world);
  const setup = { traits: traitsOf('E'), workloadIPv6: false, role: 'controller', adopt: false } as const;
  const item = await reconcileOnce(
    vmServiceOf(await world.cluster.get({ apiVersion: svc().apiVersion, kind: svc().kind, namespace: 'prod', name: 'svc' })),
    {
      cluster: world.cluster,
      setup,
      providerOf: () => ({ from: 'setting', provider: 'none' }),
      vms: indexVms([one]),
      children: liveChildren(world.cluster),
      write: { dryRun: 'server', fieldManager: 'test' },
      skipStatus: false,
      serviceOnly: false,
      now: '2026-11-20T12:00:00Z',
    },
  );
  assert.equal(item.error, null);
  assert.deepEqual(
    item.steps.map((step) => `${step.ref.kind} ${step.operation}`),
    ['Service created', 'Endpoints created', 'VirtualMachineService updated'],
  );
  assert.deepEqual(objectsOf(world), before);
});

test('a Service that somebody changes between the look and the write is looked at again, and their change stays', async () => {
  const world = stage([svc(), aService('svc', { owners: [ownedBy(svc())], loadBalancerIP: '1.1.1.1' }), one]);
  let interfered = false;
  const through = (cluster: Cluster) =>
    watched(cluster, async (_, kind) => {
      if (kind !== 'Service' || interfered) return;
      interfered = true;
      await world.edit('Service', { metadata: { labels: { meanwhile: 'yes' } } });
    });
  const { error, steps } = await world.reconcile({ through });
  assert.deepEqual([error, steps], [null, ['Service/svc updated', 'Endpoints/svc created', 'VirtualMachineService/svc updated']]);
  assert.equal((await world.service())?.spec.loadBalancerIP, undefined);
  assert.deepEqual((await world.service())?.metadata.labels, { meanwhile: 'yes' });
});

test('a Service that appears between the look and the write is not overwritten', async () => {
  const world = stage([svc()]);
  const through = (cluster: Cluster) =>
    watched(cluster, async (verb, kind) => {
      if (verb === 'create' && kind === 'Service') world.server.load([aService('svc')]);
    });
  assert.equal((await world.reconcile({ through, role: 'guest' })).reason, 'UnownedChild');
  assert.equal((await world.service())?.metadata.ownerReferences, undefined);
});

test('every patch names the version that it was computed from', async () => {
  const service = aService('svc', { owners: [ownedBy(svc())], loadBalancerIP: '1.1.1.1' });
  const endpoints = someEndpoints('svc', { owners: [ownedBy(svc())], ready: ['9.9.9.9'] });
  const world = stage([svc(), service, endpoints, one]);
  const versions: unknown[] = [];
  const through = (cluster: Cluster) =>
    watched(cluster, async (_, kind, { metadata }) => {
      versions.push([kind, typeof metadata === 'object' && metadata !== null && 'resourceVersion' in metadata]);
    });
  assert.equal((await world.reconcile({ through })).error, null);
  assert.deepEqual(versions, [
    ['Service', true],
    ['Endpoints', true],
    ['VirtualMachineService', true],
    ['VirtualMachineService', true],
  ]);
});

test('what was written is in the steps, without the version', async () => {
  const world = stage([svc(), aService('svc', { owners: [ownedBy(svc())], loadBalancerIP: '1.1.1.1' }), one]);
  const { item } = await world.reconcile();
  const [service, endpoints, vmService] = item.steps;
  assert.deepEqual(service?.writes, [{ spec: { loadBalancerIP: null } }]);
  assert.deepEqual(
    endpoints?.writes.map(({ kind }) => kind),
    ['Endpoints'],
  );
  assert.deepEqual(vmService?.writes.at(-1), { metadata: { finalizers: ['vmoperator.vmware.com/virtualmachineservice'] } });
  assert.equal(service?.after?.metadata.name, 'svc');
});

test('a connection that breaks ends the reconcile of that service, and says how far it got', async () => {
  const world = stage([svc(), one]);
  const through = (cluster: Cluster) =>
    watched(cluster, async (_, kind) => {
      if (kind !== 'Service') throw new ConnectionError('the connection broke');
    });
  const { error, reason, steps, item } = await world.reconcile({ through });
  assert.equal(error, 'failed to reconcile VirtualMachineService: failed to update VirtualMachineService Endpoints: the connection broke');
  assert.deepEqual([reason, item.error?.exitCode, steps], ['ConnectionError', 3, ['Service/svc created']]);
  assert.deepEqual(listed(await world.endpoints()), undefined);
});

test('an error of ours is not taken for one of the server', async () => {
  const world = stage([svc(), one]);
  const through = (cluster: Cluster) =>
    watched(cluster, async () => {
      throw new TypeError('a bug');
    });
  await assert.rejects(world.reconcile({ through }), new TypeError('a bug'));
});

test('an address that the load balancer gives while Endpoints are written is in the status at once', async () => {
  const world = stage([svc(), one]);
  const through = (cluster: Cluster) =>
    watched(cluster, async (_, kind) => {
      if (kind === 'Endpoints')
        await world.edit('Service', { status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } } }, { subresource: 'status' });
    });
  assert.equal((await world.reconcile({ through })).error, null);
  assert.deepEqual((await world.vmService())?.status?.loadBalancer, { ingress: [{ ip: '192.0.2.7' }] });
});

test('a second look at the Service that fails is no failure', async () => {
  const world = stage([svc(), one]);
  let looks = 0;
  const through = (cluster: Cluster): Cluster => ({
    ...watched(cluster, async () => {}),
    async get(ref) {
      if (ref.kind === 'Service') looks += 1;
      if (ref.kind === 'Service' && looks > 1) throw new ConnectionError('the connection broke');
      return cluster.get(ref);
    },
  });
  const { error, steps } = await world.reconcile({ through });
  assert.deepEqual([error, looks, steps], [null, 2, ['Service/svc created', 'Endpoints/svc created', 'VirtualMachineService/svc updated']]);
});

test('what is refused on principle ends with 2, what could not be looked at or written with 3', async () => {
  const foreign = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'other', uid: 'd-1', controller: true };
  const codeOf = async (world: Stage) => {
    const { item } = await world.reconcile();
    return [item.error?.reason, item.error?.exitCode];
  };
  assert.deepEqual(await codeOf(stage([svc(), aService('svc', { owners: [foreign] })])), ['OwnedByAnotherController', 2]);
  assert.deepEqual(await codeOf(stage([svc(), aService('svc')], { role: 'guest' })), ['UnownedChild', 2]);
  const deleting = svc({ deletedAt: '2026-11-20T11:00:00Z', finalizers: ['example.com/hold'] });
  assert.deepEqual(await codeOf(stage([deleting], { role: 'guest' })), ['BeingDeleted', 2]);
  assert.deepEqual(await codeOf(stage([svc()], { provider: 'namespace' })), ['ProviderUnknown', 3]);
  assert.deepEqual(await codeOf(stage([svc({ clusterIp: '172.16.0.1' })])), ['Invalid', 3]);
});
