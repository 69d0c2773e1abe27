import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decideEndpoint, type EndpointDecision, type EndpointRules, endpointRules } from '../../src/core/endpoints.ts';
import { nearMisses } from '../../src/core/near-miss.ts';
import { traitsOf } from '../../src/core/profile.ts';
import { matchesSelector } from '../../src/core/selector.ts';
import type { VirtualMachine } from '../../src/model/virtual-machine.ts';
import { propertyOptions, someLabels, someVms } from '../support/arbitraries.ts';
import { aService, aVm, someEndpoints } from '../support/builders.ts';

const someProfile = fc.constantFrom('A' as const, 'B' as const, 'C' as const, 'D' as const, 'E' as const);
const someFamilies = fc.constantFrom([], ['IPv4'], ['IPv6'], ['IPv4', 'IPv6']);

interface Question {
  readonly vm: VirtualMachine;
  readonly rules: EndpointRules;
}

/** The same question without the very thing that the answer gives as its reason. */
const withoutReason: Readonly<Record<EndpointDecision['because'], (question: Question) => Question>> = {
  BeingDeleted: ({ vm, rules }) => {
    const { deletionTimestamp: _, ...metadata } = vm.metadata;
    return { vm: { ...vm, metadata }, rules };
  },
  NoAddress: (question) => withAddresses(question),
  NoAddressOfFamily: (question) => withAddresses(question),
  ServiceHasNoFamilies: ({ vm, rules }) => ({ vm, rules: { ...rules, families: new Set(['IPv4', 'IPv6']) } }),
  ProbeFailing: (question) => withVerdict(question, 'True'),
  ProbeUnknown: (question) => withVerdict(question, 'True'),
  ProbePending: (question) => withVerdict(question, 'True'),
  NoProbe: ({ vm, rules }) => {
    const probed = { ...vm, spec: { ...vm.spec, readinessProbe: { tcpSocket: { port: 8080 } } } };
    return withVerdict({ vm: probed, rules }, 'False');
  },
  ProbePassing: (question) => withVerdict(question, 'False'),
  WasReady: ({ vm, rules }) => ({ vm, rules: { ...rules, readyBefore: new Set() } }),
};

function withAddresses({ vm, rules }: Question): Question {
  const { network } = aVm('donor', { ip: ['10.0.9.9', 'fd00::99'] }).status ?? {};
  return { vm: { ...vm, status: { ...vm.status, ...(network !== undefined && { network }) } }, rules };
}

function withVerdict({ vm, rules }: Question, status: 'True' | 'False'): Question {
  const others = (vm.status?.conditions ?? []).filter(({ type }) => type !== 'Ready');
  const [verdict] = aVm('donor', { ready: status === 'True' }).status?.conditions ?? [];
  return { vm: { ...vm, status: { ...vm.status, conditions: [...others, ...(verdict === undefined ? [] : [verdict])] } }, rules };
}

const answer = ({ vm, rules }: Question) => decideEndpoint(vm, rules);

test('the reason that a VM is in or out is the reason: without it the answer is another one', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(someVms, someProfile, someFamilies, fc.nat({ max: 6 }), (vms, profile, ipFamilies, readyBefore) => {
      const ready = vms.slice(0, readyBefore).filter((vm) => vm.status?.network?.primaryIP4 !== undefined);
      const rules = endpointRules(aService('svc', { ipFamilies }), someEndpoints('svc', { ready }), traitsOf(profile));
      for (const vm of vms) {
        let question: Question = { vm, rules };
        let { outcome, because } = answer(question);
        seen.add(because);
        if (outcome === 'ready') {
          assert.equal(answer(withoutReason[because](question)).outcome, 'notReady', because);
          continue;
        }
        // What stood behind a reason comes out when that is gone, until nothing keeps the VM from its traffic.
        const given: string[] = [];
        while (outcome !== 'ready') {
          assert.equal(given.includes(because), false, `${because} was taken away, and is given again: ${given.join(', ')}`);
          given.push(because);
          question = withoutReason[because](question);
          ({ outcome, because } = answer(question));
        }
      }
    }),
    propertyOptions(300),
  );
  assert.deepEqual([...seen].toSorted(), Object.keys(withoutReason).toSorted());
});

test('with the one label that a near miss names put right, the VM is selected', () => {
  let found = 0;
  fc.assert(
    fc.property(someVms, someLabels, (vms, selector) => {
      for (const { vm, wanted, label } of nearMisses(selector, vms)) {
        found++;
        assert.equal(vm.metadata.labels?.[label.key], label.value);
        assert.equal(matchesSelector(selector, vm.metadata.labels), false);
        assert.equal(matchesSelector(selector, { ...vm.metadata.labels, [wanted.key]: wanted.value }), true);
      }
    }),
    propertyOptions(300),
  );
  assert.ok(found > 0);
});
