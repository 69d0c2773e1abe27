import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finalizer } from '../../src/core/profile.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { aSupervisor, forbidden } from '../support/supervisor.ts';

const command = 'reconcile web -n prod --once';
const vmService = aVmService('web');
const vms = [aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' })];

const withoutHeader = (err: string) => err.split('\n').slice(2).join('\n');

test('R042 a kind that is served no more while we use it is not taken for a service that is not there', async () => {
  const supervisor = await aSupervisor([vmService, ...vms]);
  supervisor.disturb(({ path }) =>
    path.includes('/virtualmachineservices')
      ? { status: 404, headers: { 'content-type': 'text/plain' }, warnings: [], body: '404 page not found\n' }
      : undefined,
  );
  const { code, out, err } = await supervisor.run(command);
  assert.deepEqual([code, out], [3, '']);
  assert.equal(
    err,
    'error: the server doesn\'t have a resource type "virtualmachineservices"\nis this a Supervisor? context sandbox\nnothing was changed\n',
  );
});

for (const [number, what, message] of [
  [
    'R047',
    'a quota that is used up',
    'services "web" is forbidden: exceeded quota: lb, requested: services.loadbalancers=1, used: services.loadbalancers=2, limited: services.loadbalancers=2',
  ],
  [
    'R067',
    'an owner reference that may not block its deletion',
    'services "web" is forbidden: cannot set blockOwnerDeletion if an ownerReference refers to a resource you can\'t set finalizers on',
  ],
] as const) {
  test(`${number} ${what} is told as the server told it: nothing is written, and nothing is left out to get around it`, async () => {
    const supervisor = await aSupervisor([vmService, ...vms]);
    const before = supervisor.cluster.server.state;
    supervisor.disturb(({ method, path }) => {
      if (method !== 'POST' || !path.endsWith('/services')) return undefined;
      return forbidden(message);
    });
    const { code, out, err } = await supervisor.run(command);
    assert.deepEqual([code, out, withoutHeader(err)], [3, '', `Error from server (Forbidden): ${message}\n  nothing was changed\n`]);
    assert.equal(supervisor.cluster.server.state, before);
    assert.deepEqual([supervisor.rehearsals, supervisor.writes], [['POST /api/v1/namespaces/prod/services?dryRun=All'], []]);
  });
}

test('R059 a VirtualMachineService that is being deleted is left alone; --as-controller runs the deletion path', async () => {
  const supervisor = await aSupervisor([vmService, ...vms]);
  assert.equal((await supervisor.run(`${command} --as-controller`)).code, 0);
  const ref = { apiVersion: vmService.apiVersion, kind: vmService.kind, namespace: 'prod', name: 'web' };
  await supervisor.cluster.delete(ref, { dryRun: 'none' });
  supervisor.forget();
  const { code, out, err } = await supervisor.run(command);
  const sentence = `error: VirtualMachineService prod/web is being deleted, held by ${finalizer}: --as-controller runs the deletion path\n`;
  assert.deepEqual([code, out, withoutHeader(err).startsWith(sentence)], [2, '', true], err);
  assert.deepEqual(supervisor.writes, []);
  assert.equal((await supervisor.run(`${command} --as-controller`)).code, 0);
  for (const gone of [ref, { ...ref, apiVersion: 'v1', kind: 'Service' }, { ...ref, apiVersion: 'v1', kind: 'Endpoints' }]) {
    await assert.rejects(supervisor.cluster.get(gone), { code: 404 });
  }
});
