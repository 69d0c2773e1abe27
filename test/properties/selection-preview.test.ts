import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planCreate } from '../../src/core/create/create-plan.ts';
import { itemsOf } from '../../src/core/snapshot.ts';
import { memberVm } from '../../src/core/trace/members.ts';
import { traceService } from '../../src/core/trace/trace.ts';
import type { VirtualMachine } from '../../src/model/virtual-machine.ts';
import type { VirtualMachineService } from '../../src/model/virtual-machine-service.ts';
import { propertyOptions, someVms } from '../support/arbitraries.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { seenWorld } from '../support/seen-world.ts';

/** Few enough that services meet at the same VMs, and near enough that some are missed by little. */
const someLabels = fc.dictionary(fc.constantFrom('app', 'tier', 'App'), fc.constantFrom('web', 'Web', 'api'), { maxKeys: 2 });
const someSelector = someLabels.filter((labels) => Object.keys(labels).length > 0);
/** Beside VMs of any kind some that a selector may miss by little, and the machine of a workload cluster. */
const fleet: fc.Arbitrary<readonly VirtualMachine[]> = fc
  .tuple(someVms, fc.array(someLabels, { maxLength: 6 }), fc.boolean())
  .map(([vms, others, hasMachine]) => [
    ...vms,
    ...others.map((labels, index) => aVm(`other-${index}`, { labels })),
    ...(hasMachine ? [aVm('node-1', { labels: { app: 'web', 'cluster.x-k8s.io/cluster-name': 'tkc' } })] : []),
    aVm('elsewhere', { namespace: 'test', labels: { app: 'web', tier: 'web', env: 'web' } }),
  ]);

const names = (vms: readonly VirtualMachine[]) => vms.map(({ metadata }) => metadata.name).toSorted();

/** What `describe` says of a service in the same world. */
function described(vmService: VirtualMachineService, vms: readonly VirtualMachine[]) {
  const trace = traceService(vmService, seenWorld([...vms, vmService]), { now: new Date(0), others: true, compareService: false });
  return {
    selected: names(itemsOf(trace.members).flatMap((member) => memberVm(member) ?? [])),
    almost: names(trace.nearMisses.map(({ vm }) => vm)),
  };
}

test('whom create says that it selects, and almost, is whom describe says once it is there; and who else selects them', () => {
  const seen = { selected: 0, almost: 0, overlaps: 0 };
  fc.assert(
    fc.property(someSelector, fleet, fc.array(someSelector, { maxLength: 4 }), (selector, vms, others) => {
      const services = others.map((other, index) => aVmService(`other-${index}`, { selector: other }));
      const draft = { name: 'web', namespace: 'prod', type: 'ClusterIP', selector, ports: [], extras: {} } as const;
      const { object, preview } = planCreate(draft, { labels: [], labelled: [] }, undefined, seenWorld([...vms, ...services]));
      const told = described(object, vms);
      assert.deepEqual({ selected: names(itemsOf(preview.selected)), almost: names(preview.almost.map(({ vm }) => vm)) }, told);
      const shared = services.flatMap((service) => {
        const both = described(service, vms).selected.filter((name) => told.selected.includes(name));
        return both.length === 0 ? [] : [[service.metadata.name, both]];
      });
      assert.deepEqual(
        itemsOf(preview.overlaps).map(({ vmService, vms: both }) => [vmService.metadata.name, names(both)]),
        shared,
      );
      seen.selected += told.selected.length;
      seen.almost += told.almost.length;
      seen.overlaps += shared.length;
    }),
    propertyOptions(1000),
  );
  assert.ok(seen.selected > 100 && seen.almost > 100 && seen.overlaps > 10, JSON.stringify(seen));
});
