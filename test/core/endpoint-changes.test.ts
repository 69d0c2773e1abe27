import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EndpointsChange, endpointsChange } from '../../src/core/endpoint-changes.ts';
import { computeSubsets, decideEndpoint, endpointRules } from '../../src/core/endpoints.ts';
import type { Endpoints } from '../../src/model/service.ts';
import type { VirtualMachine } from '../../src/model/virtual-machine.ts';
import { aService, aVm, aVmService, someEndpoints } from '../support/builders.ts';
import { seenWorld } from '../support/seen-world.ts';

const web = { labels: { app: 'web' } };
const vmService = aVmService('web');
const service = aService('web');

/** The change from stored Endpoints to those that the controller would compute for these VMs. */
function changeFor(vms: readonly VirtualMachine[], stored: Endpoints | undefined): EndpointsChange {
  const world = seenWorld(vms);
  const rules = endpointRules(service, stored, world.facts.traits);
  const decisions = vms.filter((vm) => vm.metadata.labels?.['app'] === 'web').map((vm) => decideEndpoint(vm, rules));
  const after = { ...someEndpoints('web'), subsets: computeSubsets(decisions, service) };
  return endpointsChange(vmService, service, stored, after, world);
}

function marks({ members }: EndpointsChange): string[] {
  return members.map(({ mark, name, member }) => `${mark} ${name} ${member.kind === 'stale' ? member.because : member.decision.because}`);
}

test('each VM has its mark and the reason behind it', () => {
  const stays = aVm('stays', { ...web, ip: '10.0.0.1' });
  const moved = aVm('moved', { ...web, ip: '10.0.0.2' });
  const failing = aVm('failing', { ...web, ip: '10.0.0.3', ready: false });
  const fresh = aVm('fresh', { ...web, ip: '10.0.0.4' });
  const silent = aVm('silent', web);
  const dying = aVm('dying', { ...web, ip: '10.0.0.6', deletedAt: '2026-11-20T11:59:00Z' });
  const relabelled = aVm('relabelled', { labels: { app: 'db' }, ip: '10.0.0.7' });
  const stored = someEndpoints('web', {
    ready: [stays, aVm('moved', { ip: '10.0.0.99' }), failing, dying, relabelled, aVm('gone', { ip: '10.0.0.8' }), '10.0.0.9'],
  });
  const change = changeFor([stays, moved, failing, fresh, silent, dying, relabelled], stored);
  assert.deepEqual(marks(change), [
    'removed 10.0.0.9 NotAVirtualMachine',
    'removed dying BeingDeleted',
    'changed failing ProbeFailing',
    'added fresh NoProbe',
    'removed gone VirtualMachineGone',
    'changed moved NoProbe',
    'removed relabelled NoLongerSelected',
    'same silent NoAddress',
    'same stays NoProbe',
  ]);
  assert.equal(change.differs, 'Members');
  assert.deepEqual(
    [change.countsBefore, change.countsAfter],
    [
      { ready: 7, notReady: 0 },
      { ready: 3, notReady: 1 },
    ],
  );
  assert.deepEqual(change.members.find(({ name }) => name === 'moved')?.before, { addresses: ['10.0.0.99'], ready: true });
});

test('the same members in another order differ in their order alone', () => {
  const vms = [aVm('one', { ...web, ip: '10.0.0.2' }), aVm('two', { ...web, ip: '10.0.0.10' })];
  assert.equal(changeFor(vms, someEndpoints('web', { ready: vms })).differs, 'Order');
  assert.equal(changeFor(vms, someEndpoints('web', { ready: vms.toReversed() })).differs, 'Nothing');
});

test('after an upgrade of VM Operator the VMs are the same, and are referred to anew', () => {
  const now = aVm('one', { ...web, ip: '10.0.0.2' });
  const change = changeFor([now], someEndpoints('web', { ready: [aVm('one', { ip: '10.0.0.2', version: 'v1alpha5' })] }));
  assert.deepEqual([change.differs, marks(change)], ['References', ['same one NoProbe']]);
});

test('other ports are a difference though every VM stays', () => {
  const vm = aVm('one', { ...web, ip: '10.0.0.2' });
  const change = changeFor([vm], someEndpoints('web', { ready: [vm], ports: [{ name: 'http', port: 9090, protocol: 'TCP' }] }));
  assert.deepEqual(
    [change.differs, marks(change), change.portsBefore.map(({ port }) => port), change.portsAfter.map(({ port }) => port)],
    ['Members', ['same one NoProbe'], [9090], [8080]],
  );
});

test('Endpoints that were not there get every member as a new one', () => {
  const change = changeFor([aVm('one', { ...web, ip: '10.0.0.2' })], undefined);
  assert.deepEqual([marks(change), change.countsBefore, change.portsBefore], [['added one NoProbe'], { ready: 0, notReady: 0 }, []]);
});
