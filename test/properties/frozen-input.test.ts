import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decideEndpoint, endpointRules } from '../../src/core/endpoints.ts';
import { traitsOf } from '../../src/core/profile.ts';
import {
  asControllerSees,
  type ControllerSetup,
  planDeletion,
  planEndpoints,
  planFinalizersOnly,
  planMetadata,
  planService,
  planStatus,
} from '../../src/core/reconcile.ts';
import { indexVms } from '../../src/core/selector.ts';
import { traceService } from '../../src/core/trace/trace.ts';
import { propertyOptions, somePriorEndpoints, somePriorService, someVmService, someVms } from '../support/arbitraries.ts';
import { frozen } from '../support/frozen.ts';
import { seenWorld } from '../support/seen-world.ts';
import { testNow } from '../support/test-io.ts';

const source = frozen({ from: 'setting', provider: 'nsx' } as const);
const someSetup = fc
  .record({
    profile: fc.constantFrom('A' as const, 'C' as const, 'E' as const),
    workloadIPv6: fc.boolean(),
    role: fc.constantFrom('controller' as const, 'guest' as const),
  })
  .map(({ profile, ...setup }): ControllerSetup => frozen({ ...setup, traits: traitsOf(profile), adopt: true }));

test('every stage of a reconcile leaves what it was given as it is, and says the same twice', () => {
  fc.assert(
    fc.property(someVmService, someVms, somePriorService, somePriorEndpoints, someSetup, (stored, vms, service, endpoints, setup) => {
      for (const input of [stored, service, endpoints, ...vms]) assert.equal(input === undefined || Object.isFrozen(input), true);
      const plan = () => {
        const vmService = asControllerSees(stored);
        const metadata = planMetadata(vmService, source, setup);
        if ('refusal' in metadata) throw new Error('a setting is never refused');
        const planned = planService(frozen(metadata.plan), service, source, setup);
        if ('refusal' in planned) throw new Error('a child without a controller is never refused');
        const desired = frozen({ ...planned.plan, spec: { ipFamilies: ['IPv4'], ...planned.plan.spec } });
        const rules = endpointRules(desired, endpoints, setup.traits);
        const decisions = frozen(
          indexVms(vms)
            .select('prod', stored.spec.selector ?? {})
            .map((vm) => decideEndpoint(vm, rules)),
        );
        return [
          planFinalizersOnly(vmService, setup),
          metadata,
          planned,
          planEndpoints(frozen(metadata.plan), desired, decisions, endpoints, setup),
          planStatus(frozen(metadata.plan), desired, setup, testNow),
          planDeletion(stored, setup.traits),
        ];
      };
      assert.deepEqual(plan(), plan());
    }),
    propertyOptions(200),
  );
});

test('a trace leaves what it was given as it is, and shows every VM that is selected exactly once as decided', () => {
  fc.assert(
    fc.property(someVmService, someVms, somePriorService, somePriorEndpoints, (vmService, vms, service, endpoints) => {
      const world = seenWorld([...vms, ...[service, endpoints].filter((object) => object !== undefined)]);
      frozen(world.snapshot);
      const trace = traceService(vmService, world, { now: new Date(testNow), others: true, compareService: true });
      const members = 'items' in trace.members ? trace.members.items : [];
      const decided = members.flatMap((member) => (member.kind === 'decided' ? [member.decision.vm] : []));
      const leftAlone = trace.endpoints.state === 'LeftAlone';
      const selected = leftAlone ? [] : indexVms(vms).select('prod', vmService.spec.selector ?? {});
      assert.deepEqual(decided, selected);
      assert.deepEqual(new Set([...decided, ...trace.otherVms]), new Set(vms));
    }),
    propertyOptions(200),
  );
});
