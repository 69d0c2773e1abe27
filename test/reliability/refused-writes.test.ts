import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finalizer } from '../../src/core/profile.ts';
import { aService, aVm, aVmService, ownedBy } from '../support/builders.ts';
import { aSupervisor, forbidden } from '../support/supervisor.ts';

const command = 'reconcile web -n prod --once';
const vmService = aVmService('web');
const vms = [aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' })];

/** What a server, or whoever answers in its place, says of a path that it does not know. */
const pageNotFound = { status: 404, headers: { 'content-type': 'text/plain' }, warnings: [], body: '404 page not found\n' };
const withoutHeader = (err: string) => err.split('\n').slice(2).join('\n');

test('R042 a kind that is served no more while we use it is not taken for a service that is not there', async () => {
  const supervisor = await aSupervisor([vmService, ...vms]);
  supervisor.disturb(({ path }) => (path.includes('/virtualmachineservices') ? pageNotFound : undefined));
  const { code, out, err } = await supervisor.run(command);
  assert.deepEqual([code, out], [3, '']);
  assert.equal(
    err,
    'error: the server doesn\'t have a resource type "virtualmachineservices"\nis this a Supervisor? context sandbox\nnothing was changed\n',
  );
});

test("R042 a gateway's 404 does not make anything gone: no finalizer goes before the Service is deleted", async () => {
  const going = aVmService('web', { deletedAt: '2026-11-20T11:00:00Z', finalizers: [finalizer] });
  const service = aService('web', { owners: [ownedBy(going)] });
  const supervisor = await aSupervisor([going, service]);
  const before = supervisor.cluster.server.objects();
  supervisor.disturb(({ method }) => (method === 'DELETE' ? pageNotFound : undefined));
  const { code, out, err } = await supervisor.run(`${command} --as-controller`);
  assert.deepEqual([code, out], [3, '']);
  assert.match(err, /error: failed to delete Service: the server doesn't have a resource type "services"\n {2}nothing was changed\n/);
  assert.deepEqual(supervisor.cluster.server.objects(), before);
});

test("R042 a gateway's 404 does not make a Service that this run made one of nobody", async () => {
  const supervisor = await aSupervisor([vmService, ...vms]);
  const ownerPath = `/virtualmachineservices/${vmService.metadata.name}`;
  supervisor.disturb(({ method, path }) =>
    method === 'GET' && path.endsWith(ownerPath) && supervisor.writes.length > 0 ? pageNotFound : undefined,
  );
  const { code, out } = await supervisor.run(command);
  assert.deepEqual([code, out, supervisor.writes], [3, 'service/web created\n', ['POST /api/v1/namespaces/prod/services']]);
});

test('a deletion that is answered with another document is looked at again', async () => {
  const gone = aVmService('gone');
  const orphan = aService('gone', { owners: [ownedBy(gone)] });
  for (const does of [true, false]) {
    const supervisor = await aSupervisor([orphan]);
    supervisor.disturb((request, pass) => {
      if (request.method !== 'DELETE' || supervisor.writes.length > 1) return undefined;
      if (does) pass();
      return { status: 200, headers: { 'content-type': 'application/json' }, warnings: [], body: '{}' };
    });
    const { code, out } = await supervisor.run('reconcile --orphans -n prod --yes');
    assert.deepEqual([code, out], [0, 'service "gone" deleted from prod namespace\n']);
    const isThere = supervisor.cluster.server.objects().some(({ kind }) => kind === 'Service');
    assert.deepEqual([isThere, supervisor.writes.length], [false, does ? 1 : 2]);
  }
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
