import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { trafficPolicyAnnotation } from '../../src/core/load-balancer.ts';
import type { KubeObject } from '../../src/model/object.ts';
import type { Endpoints, Service } from '../../src/model/service.ts';
import type { VirtualMachineService } from '../../src/model/virtual-machine-service.ts';
import { propertyOptions, somePriorEndpoints, somePriorService, someVmService, someVms } from '../support/arbitraries.ts';
import { ownedBy } from '../support/builders.ts';
import { dualStack, type Stage, stage } from '../support/stage.ts';

const somePlay = fc.record({
  workloadIPv6: fc.boolean(),
  provider: fc.constantFrom('nsx' as const, 'none' as const),
  role: fc.constantFrom('controller' as const, 'guest' as const),
  adopt: fc.boolean(),
});

function objectsOf(...objects: readonly (KubeObject | undefined)[]): KubeObject[] {
  return objects.filter((object) => object !== undefined);
}

async function stateOf(world: Stage) {
  return [await world.vmService(), await world.service(), await world.endpoints()];
}

test('whatever a reconcile finds and however it ends, a second one changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      someVmService,
      someVms,
      somePriorService,
      somePriorEndpoints,
      somePlay,
      fc.boolean(),
      async (vmService, vms, service, endpoints, play, dual) => {
        const world = stage([vmService, ...objectsOf(service, endpoints), ...vms], { ...play, ...(dual && { serviceCidrs: dualStack }) });
        await world.reconcile();
        const before = await stateOf(world);
        const { steps } = await world.reconcile({ now: '2026-12-01T00:00:00Z' });
        assert.deepEqual(
          steps.filter((step) => !step.endsWith(' unchanged')),
          [],
        );
        assert.deepEqual(await stateOf(world), before);
      },
    ),
    propertyOptions(150),
  );
});

test('a VirtualMachineService that is being deleted ends in one state, and stays there', async () => {
  await fc.assert(
    fc.asyncProperty(someVmService, somePriorService, somePriorEndpoints, async (vmService, service, endpoints) => {
      if (vmService.metadata.finalizers === undefined || vmService.metadata.finalizers.length === 0) return;
      const deleting = { ...vmService, metadata: { ...vmService.metadata, deletionTimestamp: '2026-11-20T11:00:00Z' } };
      const world = stage([deleting, ...objectsOf(service, endpoints)]);
      assert.equal((await world.reconcile()).error, null);
      const held = vmService.metadata.finalizers.includes('example.com/hold');
      const ours = vmService.metadata.finalizers.some((name) => name !== 'example.com/hold');
      const [left, ...children] = await stateOf(world);
      assert.deepEqual(left?.metadata.finalizers, held ? ['example.com/hold'] : undefined);
      if (ours) assert.deepEqual(children, [undefined, undefined]);
      if (!held) return;
      const before = await stateOf(world);
      await world.reconcile();
      assert.deepEqual(await stateOf(world), before);
    }),
    propertyOptions(60),
  );
});

/** A VirtualMachineService that the API server never refuses, whatever was there before. */
const acceptable = someVmService.map((vmService): VirtualMachineService => {
  const { clusterIp: _clusterIp, ipFamilies: _families, ipFamilyPolicy: _policy, loadBalancerSourceRanges, ...spec } = vmService.spec;
  const { [trafficPolicyAnnotation]: policy, ...annotations } = vmService.metadata.annotations ?? {};
  const balances = spec.type === 'LoadBalancer';
  return {
    ...vmService,
    metadata: {
      ...vmService.metadata,
      annotations: { ...annotations, ...(balances && policy !== undefined && { [trafficPolicyAnnotation]: policy }) },
    },
    spec: { ...spec, ...(balances && loadBalancerSourceRanges !== undefined && { loadBalancerSourceRanges }) },
  };
});

test('whatever Service and Endpoints were there, the reconcile ends with the same ones', async () => {
  await fc.assert(
    fc.asyncProperty(
      acceptable,
      someVms,
      somePriorService,
      somePriorEndpoints,
      fc.constantFrom('nsx' as const, 'none' as const),
      async (vmService, vms, service, endpoints, provider) => {
        const fresh = stage([vmService, ...vms], { provider });
        const found = stage([vmService, ...vms, ...objectsOf(service, endpoints)], { provider });
        for (const world of [fresh, found]) assert.equal((await world.reconcile()).error, null);
        const own = (await fresh.service())?.metadata ?? {};
        assert.deepEqual(managedPart(await found.service(), own), managedPart(await fresh.service(), own));
        if (vmService.spec.selector === undefined || Object.keys(vmService.spec.selector).length === 0) return;
        assert.deepEqual((await found.endpoints())?.subsets, (await fresh.endpoints())?.subsets);
        assert.deepEqual(metadataOf(await found.endpoints()), metadataOf(await found.service()));
        for (const child of [await found.service(), await found.endpoints()]) {
          assert.deepEqual(
            child?.metadata.ownerReferences?.filter((owner) => owner.controller),
            [ownedBy(vmService)],
          );
        }
      },
    ),
    propertyOptions(120),
  );
});

/** What the controller decides of a Service; node ports and cluster IPs are kept from before, and so are foreign keys. */
function managedPart(service: Service | undefined, own: Pick<Service['metadata'], 'labels' | 'annotations'>) {
  const { type, externalName, loadBalancerIP, loadBalancerSourceRanges, externalTrafficPolicy, allocateLoadBalancerNodePorts } =
    service?.spec ?? {};
  return {
    type,
    externalName,
    loadBalancerIP,
    loadBalancerSourceRanges,
    externalTrafficPolicy,
    allocateLoadBalancerNodePorts,
    ports: service?.spec.ports?.map(({ nodePort: _, ...port }) => port),
    labels: valuesOf(service?.metadata.labels, own.labels),
    annotations: valuesOf(service?.metadata.annotations, own.annotations),
  };
}

function valuesOf(map: Readonly<Record<string, string>> = {}, keys: Readonly<Record<string, string>> = {}) {
  return Object.keys(keys).map((key) => [key, Object.hasOwn(map, key) ? map[key] : undefined]);
}

function metadataOf(object: Service | Endpoints | undefined) {
  return { labels: object?.metadata.labels, annotations: object?.metadata.annotations };
}
