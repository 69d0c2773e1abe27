import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aVm, aVmService } from '../support/builders.ts';
import { without } from '../support/denied-rights.ts';
import { aSupervisor } from '../support/supervisor.ts';
import { until, untilSaid } from '../support/until.ts';

const near = aVm('web-1', { labels: { App: 'web' }, ip: '10.1.0.11' });
const world = [aVmService('web'), near];
const noServices = without(['get virtualmachineservices', 'list virtualmachineservices']);
const refusal = 'not permitted to list virtualmachineservices in prod; trying again\n';

describe('debug -w', () => {
  test('of services that may not be seen says so and ends with 3, as debug does', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb(noServices);
    const { code, out, err } = await supervisor.run('debug -w -n prod');
    const once = await supervisor.run('debug -n prod');
    assert.deepEqual({ code, out, err }, once);
    assert.match(err, /^Error from server \(Forbidden\): virtualmachineservices is forbidden: /);
    assert.equal(code, 3);
  });

  for (const target of ['nope', 'vm/nope']) {
    test(`of ${target}, which is not there, says so and ends with 3`, async () => {
      const supervisor = await aSupervisor(world);
      const { code, out, err } = await supervisor.run(`debug ${target} -w -n prod`);
      assert.deepEqual([code, out], [3, '']);
      assert.match(err, /^Error from server \(NotFound\): virtualmachine(service)?s\.vmoperator\.vmware\.com "nope" not found\n/);
    });
  }

  test('does not call cleared what it may no longer look at: it says why once, and goes on when it may again', async () => {
    const supervisor = await aSupervisor(world);
    const { io, ended } = supervisor.start('debug -w -n prod');
    await untilSaid(io, 'Start with: ');
    const before = io.out();
    supervisor.disturb(noServices);
    const patch = (labels: Record<string, string | null>) => {
      const ref = { apiVersion: near.apiVersion, kind: near.kind, namespace: 'prod', name: 'web-1' };
      return supervisor.cluster.patch(ref, { metadata: { labels } }, { dryRun: 'none', fieldManager: 'other' });
    };
    await patch({ App: null, app: 'web' });
    await untilSaid(io, 'trying again');
    assert.equal(io.out(), before);
    supervisor.disturb(() => undefined);
    await until(
      () => io.out().length > before.length && io.out().endsWith(' left\n'),
      () => io.out() + io.err(),
    );
    io.interrupt('SIGINT');
    const { code, out, err } = await ended;
    const changes = out.slice(before.length);
    assert.equal(code, 130);
    assert.equal(err, `${refusal}the server is back\n`);
    assert.match(changes, /cleared {3}prod\/web +\w+ +VMS202 SelectorNearMiss: /);
    assert.doesNotMatch(changes, /VMS401|no problem left/);
  });

  test('calls hidden, and not cleared, what a right on VMs that is gone leaves unsaid', async () => {
    const supervisor = await aSupervisor(world);
    const { io, ended } = supervisor.start('debug -w -n prod');
    await untilSaid(io, 'Start with: ');
    const before = io.out();
    supervisor.disturb(without(['get virtualmachines', 'list virtualmachines', 'watch virtualmachines']));
    const ref = { apiVersion: near.apiVersion, kind: 'VirtualMachineService', namespace: 'prod', name: 'web' };
    await supervisor.cluster.patch(ref, { metadata: { labels: { any: 'change' } } }, { dryRun: 'none', fieldManager: 'other' });
    await until(
      () => io.out().length > before.length && io.out().endsWith(' left\n'),
      () => io.out() + io.err(),
    );
    io.interrupt('SIGINT');
    await ended;
    const changes = io.out().slice(before.length);
    assert.match(changes, /hidden {4}prod\/web +\w+ +VMS202 SelectorNearMiss: .*: cannot be seen any more\n/);
    assert.match(changes, /appeared {2}prod\/web +\w+ +VMS910 /);
    assert.doesNotMatch(changes, /cleared/);
  });
});
