import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { computeSubsets, decideEndpoint, endpointRules } from '../../src/core/endpoints.ts';
import { nearMisses } from '../../src/core/near-miss.ts';
import { traitsOf } from '../../src/core/profile.ts';
import { indexVms, matchesSelector } from '../../src/core/selector.ts';
import { repackSubsets, sameMembers } from '../../src/core/subsets.ts';
import { propertyOptions, someLabels, someVms } from '../support/arbitraries.ts';
import { aService, someEndpoints } from '../support/builders.ts';
import { frozen } from '../support/frozen.ts';

const someProfile = fc.constantFrom('A' as const, 'B' as const, 'C' as const, 'D' as const, 'E' as const);
const someFamilies = fc.constantFrom([], ['IPv4'], ['IPv6'], ['IPv4', 'IPv6']);

test('each address of the subsets belongs to exactly one decision, and each decision’s to the list of its outcome', () => {
  fc.assert(
    fc.property(someVms, someProfile, someFamilies, fc.nat({ max: 6 }), (vms, profile, ipFamilies, readyBefore) => {
      const service = aService('svc', { ipFamilies });
      const ready = vms.slice(0, readyBefore).filter((vm) => vm.status?.network?.primaryIP4 !== undefined);
      const rules = endpointRules(service, someEndpoints('svc', { ready }), traitsOf(profile));
      const decisions = vms.map((vm) => decideEndpoint(vm, rules));
      const subsets = computeSubsets(decisions, service);
      const listed = (list: 'addresses' | 'notReadyAddresses') =>
        subsets.flatMap((subset) => (subset[list] ?? []).map(({ ip, targetRef }) => `${targetRef?.uid} ${ip}`)).sort();
      const decided = (outcome: string) =>
        decisions
          .filter((decision) => decision.outcome === outcome)
          .flatMap(({ vm, addresses }) => addresses.map((ip) => `${vm.metadata.uid} ${ip}`))
          .sort();
      assert.deepEqual([listed('addresses'), listed('notReadyAddresses')], [decided('ready'), decided('notReady')]);
      assert.equal(
        decisions.filter((decision) => decision.outcome === 'out').every(({ addresses }) => addresses.length === 0),
        true,
      );
    }),
    propertyOptions(300),
  );
});

test('the order of the VMs does not matter', () => {
  fc.assert(
    fc.property(someVms, someFamilies, (vms, ipFamilies) => {
      const service = aService('svc', { ipFamilies });
      const rules = endpointRules(service, undefined, traitsOf('E'));
      const subsets = (list: typeof vms) =>
        computeSubsets(
          list.map((vm) => decideEndpoint(vm, rules)),
          service,
        );
      assert.deepEqual(subsets(vms.toReversed()), subsets(vms));
    }),
    propertyOptions(200),
  );
});

test('a selector with one more key never selects a VM more', () => {
  fc.assert(
    fc.property(someVms, someLabels, someLabels, (vms, selector, more) => {
      const index = indexVms(vms);
      const wide = index.select('prod', selector);
      const narrow = index.select('prod', { ...more, ...selector });
      assert.deepEqual(
        narrow.filter((vm) => !wide.includes(vm)),
        [],
      );
    }),
    propertyOptions(300),
  );
});

test('the index selects what a look at every VM selects, in the same order, and a near miss is never selected', () => {
  fc.assert(
    fc.property(someVms, someLabels, (vms, selector) => {
      const selected = vms.filter((vm) => matchesSelector(selector, vm.metadata.labels));
      assert.deepEqual(indexVms(vms).select('prod', selector), selected);
      assert.deepEqual(
        nearMisses(selector, vms).filter(({ vm }) => selected.includes(vm)),
        [],
      );
    }),
    propertyOptions(300),
  );
});

const someEntries = fc
  .array(
    fc.record({
      ip: fc.constantFrom('10.0.0.1', '10.0.0.10', '10.0.0.2', 'fd00::1', '2001:db8::1'),
      uid: fc.constantFrom('u1', 'u2', undefined),
      ready: fc.boolean(),
    }),
    { maxLength: 10 },
  )
  .map((entries) =>
    frozen(entries.map(({ ip, uid, ready }) => ({ ready, address: { ip, ...(uid !== undefined && { targetRef: { uid } }) } }))),
  );

const someEndpointPorts = fc
  .array(
    fc.record(
      { name: fc.constantFrom('http', 'dns', 'ssh'), port: fc.constantFrom(53, 8080), protocol: fc.constantFrom('TCP', 'UDP') },
      { noNullPrototype: true },
    ),
    { maxLength: 4 },
  )
  .map(frozen);

test('packing what was packed changes nothing', () => {
  fc.assert(
    fc.property(someEntries, someEndpointPorts, (entries, ports) => {
      const once = repackSubsets(entries, ports);
      const again = once.flatMap((subset) => [
        ...(subset.addresses ?? []).map((address) => ({ address, ready: true })),
        ...(subset.notReadyAddresses ?? []).map((address) => ({ address, ready: false })),
      ]);
      assert.deepEqual(repackSubsets(again, once[0]?.ports ?? []), once);
      assert.equal(sameMembers(once, once), true);
    }),
    propertyOptions(300),
  );
});

test('the order of entries and ports does not matter', () => {
  fc.assert(
    fc.property(someEntries, someEndpointPorts, (entries, ports) => {
      assert.deepEqual(repackSubsets(entries.toReversed(), ports.toReversed()), repackSubsets(entries, ports));
    }),
    propertyOptions(300),
  );
});

test('no address is in both lists, none is lost, and one that is not ready anywhere is not ready', () => {
  fc.assert(
    fc.property(someEntries, (entries) => {
      const [subset] = repackSubsets(entries, []);
      const keyOf = (address: { readonly ip: string; readonly targetRef?: { readonly uid?: string } }) =>
        `${address.ip} ${address.targetRef?.uid}`;
      const notReady = new Set(entries.filter((entry) => !entry.ready).map((entry) => keyOf(entry.address)));
      const ready = new Set(entries.map((entry) => keyOf(entry.address)).filter((key) => !notReady.has(key)));
      assert.deepEqual((subset?.addresses ?? []).map(keyOf).sort(), [...ready].sort());
      assert.deepEqual((subset?.notReadyAddresses ?? []).map(keyOf).sort(), [...notReady].sort());
    }),
    propertyOptions(300),
  );
});
