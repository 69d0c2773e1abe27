import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeSubsets, decideEndpoint, type EndpointRules, endpointRules, probeGates } from '../../src/core/endpoints.ts';
import { type Profile, traitsOf } from '../../src/core/profile.ts';
import type { VirtualMachine } from '../../src/model/virtual-machine.ts';
import { aService, aVm, someEndpoints, type VmOptions, vmOperatorVersions } from '../support/builders.ts';

interface Circumstances {
  readonly profile?: Profile;
  readonly families?: readonly string[];
  /** The VMs that the stored Endpoints list as ready. */
  readonly readyBefore?: readonly VirtualMachine[];
}

function rulesOf({ profile = 'E', families = ['IPv4'], readyBefore = [] }: Circumstances = {}): EndpointRules {
  return endpointRules(aService('web', { ipFamilies: families }), someEndpoints('web', { ready: readyBefore }), traitsOf(profile));
}

/** Outcome, reason and addresses of a VM. */
function decide(vm: VirtualMachine, circumstances?: Circumstances): readonly unknown[] {
  const { outcome, because, addresses } = decideEndpoint(vm, rulesOf(circumstances));
  return [outcome, because, ...addresses];
}

const dual = ['10.0.0.7', 'fd00::7'];

test('a VM with an address and without a probe is ready', () => {
  assert.deepEqual(decide(aVm('vm', { ip: '10.0.0.7' })), ['ready', 'NoProbe', '10.0.0.7']);
});

test('power is not looked at', () => {
  for (const power of ['off', 'suspended'] as const) {
    assert.deepEqual(decide(aVm('vm', { ip: '10.0.0.7', power })), ['ready', 'NoProbe', '10.0.0.7']);
  }
});

test('a Ready condition that outlived its probe is not looked at', () => {
  assert.deepEqual(decide(aVm('vm', { ip: '10.0.0.7', ready: false, probe: 'none' })), ['ready', 'NoProbe', '10.0.0.7']);
});

test('a probe decides by the status of the condition', () => {
  const probed = (ready: VmOptions['ready'] & {}) => decide(aVm('vm', { ip: '10.0.0.7', ready }));
  assert.deepEqual(probed(true), ['ready', 'ProbePassing', '10.0.0.7']);
  assert.deepEqual(probed(false), ['notReady', 'ProbeFailing', '10.0.0.7']);
  assert.deepEqual(probed('Unknown'), ['notReady', 'ProbeUnknown', '10.0.0.7']);
});

test('a probe without a verdict keeps the state that the VM had under its uid', () => {
  const vm = aVm('vm', { ip: '10.0.0.7', probe: 'tcp' });
  const recreated = aVm('vm', { ip: '10.0.0.7', probe: 'tcp', uid: 'another' });
  assert.deepEqual(decide(vm), ['notReady', 'ProbePending', '10.0.0.7']);
  assert.deepEqual(decide(vm, { readyBefore: [vm] }), ['ready', 'WasReady', '10.0.0.7']);
  assert.deepEqual(decide(recreated, { readyBefore: [vm] }), ['notReady', 'ProbePending', '10.0.0.7']);
  const wasNotReady = endpointRules(aService('web'), someEndpoints('web', { notReady: [vm] }), traitsOf('E'));
  assert.equal(decideEndpoint(vm, wasNotReady).because, 'ProbePending');
  assert.equal(decideEndpoint(vm, endpointRules(aService('web'), undefined, traitsOf('E'))).because, 'ProbePending');
});

test('a VM without a uid was never ready before', () => {
  const { uid: _, ...metadata } = aVm('vm').metadata;
  const vm = { ...aVm('vm', { ip: '10.0.0.7', probe: 'tcp' }), metadata };
  const bare = endpointRules(aService('web'), someEndpoints('web', { ready: ['10.0.0.7'] }), traitsOf('E'));
  assert.equal(decideEndpoint(vm, bare).because, 'ProbePending');
});

test('a VM that is being deleted is out, whatever else holds', () => {
  const vm = aVm('vm', { ip: '10.0.0.7', ready: true, deletedAt: '2026-11-20T11:00:00Z' });
  assert.deepEqual(decide(vm, { readyBefore: [vm] }), ['out', 'BeingDeleted']);
});

test('a VM without an address is out, and which kind of without is said', () => {
  assert.deepEqual(decide(aVm('vm')), ['out', 'NoAddress']);
  assert.deepEqual(decide(aVm('vm', { ip: 'fd00::7' })), ['out', 'NoAddressOfFamily']);
  assert.deepEqual(decide(aVm('vm', { ip: '10.0.0.7' }), { families: ['IPv6'] }), ['out', 'NoAddressOfFamily']);
  assert.deepEqual(decide(aVm('vm', { ip: '10.0.0.7' }), { families: [] }), ['out', 'ServiceHasNoFamilies']);
  assert.deepEqual(decide(aVm('vm'), { families: [] }), ['out', 'NoAddress']);
});

test('main publishes an address of each family of the Service, IPv4 first', () => {
  const vm = aVm('vm', { ip: dual });
  assert.deepEqual(decide(vm, { families: ['IPv4'] }), ['ready', 'NoProbe', '10.0.0.7']);
  assert.deepEqual(decide(vm, { families: ['IPv6'] }), ['ready', 'NoProbe', 'fd00::7']);
  assert.deepEqual(decide(vm, { families: ['IPv6', 'IPv4'] }), ['ready', 'NoProbe', ...dual]);
});

test('older releases publish one address, IPv4 before IPv6, whatever the families', () => {
  for (const profile of ['A', 'B', 'C', 'D'] as const) {
    for (const families of [[], ['IPv6'], ['IPv4', 'IPv6']]) {
      assert.deepEqual(decide(aVm('vm', { ip: dual }), { profile, families }), ['ready', 'NoProbe', '10.0.0.7']);
      assert.deepEqual(decide(aVm('vm', { ip: 'fd00::7' }), { profile, families }), ['ready', 'NoProbe', 'fd00::7']);
      assert.deepEqual(decide(aVm('vm'), { profile, families }), ['out', 'NoAddress']);
    }
  }
});

test('a v1alpha1 VM has one address, of whichever family', () => {
  assert.deepEqual(decide(aVm('vm', { ip: dual, version: 'v1alpha1' }), { families: ['IPv4', 'IPv6'] }), ['ready', 'NoProbe', '10.0.0.7']);
  assert.deepEqual(decide(aVm('vm', { ip: 'fd00::7', version: 'v1alpha1' }), { families: ['IPv6'] }), ['ready', 'NoProbe', 'fd00::7']);
});

test('every kind of probe gates, and one without an action only up to 8.0.2', () => {
  for (const profile of ['A', 'B', 'C', 'D', 'E'] as const) {
    const gates = (['none', 'empty', 'tcp', 'heartbeat', 'guestInfo'] as const).map((probe) =>
      probeGates(aVm('vm', { probe }), traitsOf(profile)),
    );
    assert.deepEqual(gates, [false, profile === 'A' || profile === 'B', true, true, true], profile);
  }
});

test('each address of a decision stands in the subset with a reference to its VM, without a resource version', () => {
  const first = aVm('vm-1', { ip: dual });
  const second = aVm('vm-2', { ip: '10.0.0.6', ready: false });
  const out = aVm('vm-3');
  const service = aService('web', { ipFamilies: ['IPv4', 'IPv6'] });
  const rules = endpointRules(service, undefined, traitsOf('E'));
  const reference = (name: string, uid: string | undefined) => ({
    apiVersion: 'vmoperator.vmware.com/v1alpha6',
    kind: 'VirtualMachine',
    namespace: 'prod',
    name,
    uid,
  });
  assert.deepEqual(
    computeSubsets(
      [first, second, out].map((vm) => decideEndpoint(vm, rules)),
      service,
    ),
    [
      {
        addresses: [
          { ip: '10.0.0.7', targetRef: reference('vm-1', first.metadata.uid) },
          { ip: 'fd00::7', targetRef: reference('vm-1', first.metadata.uid) },
        ],
        notReadyAddresses: [{ ip: '10.0.0.6', targetRef: reference('vm-2', second.metadata.uid) }],
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      },
    ],
  );
});

test('references name the version that the VM was read in', () => {
  for (const version of vmOperatorVersions) {
    const decision = decideEndpoint(aVm('vm', { version, ip: '10.0.0.7' }), rulesOf());
    const [subset] = computeSubsets([decision], aService('web'));
    assert.equal(subset?.addresses?.[0]?.targetRef?.apiVersion, `vmoperator.vmware.com/${version}`);
  }
});

test('endpoint ports are the target ports, TCP unless said, and nameless ones stay nameless', () => {
  const service = aService('web', { ports: [{ name: '', port: 53, targetPort: 5353, protocol: 'UDP' }] });
  const bare = aService('web', { ports: [{ port: 80 }] });
  const portsFor = (of: typeof service) => computeSubsets([decideEndpoint(aVm('vm', { ip: '10.0.0.7' }), rulesOf())], of)[0]?.ports;
  assert.deepEqual(portsFor(service), [{ port: 5353, protocol: 'UDP' }]);
  assert.deepEqual(portsFor(bare), [{ port: 80, protocol: 'TCP' }]);
  assert.equal(portsFor(aService('web', { ports: [] })), undefined);
});
