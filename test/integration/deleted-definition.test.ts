import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpRequest, HttpResponse } from '../../src/apiserver/http/http-message.ts';
import { aVm } from '../support/builders.ts';
import { aSupervisor } from '../support/supervisor.ts';

const json = (body: object): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  warnings: [],
  body: JSON.stringify(body),
});
const versions = ['v1alpha6', 'v1alpha5'].map((version) => ({ groupVersion: `vmoperator.vmware.com/${version}`, version }));
const group = { name: 'vmoperator.vmware.com', versions, preferredVersion: versions[0] };

/** The definition of one kind was deleted; the group is still served, since it has others. */
function withoutVmServices({ path }: HttpRequest): HttpResponse | undefined {
  if (path === '/apis') return json({ kind: 'APIGroupList', apiVersion: 'v1', groups: [group] });
  if (/^\/apis\/vmoperator\.vmware\.com\/v1alpha\d$/.test(path)) {
    return json({
      kind: 'APIResourceList',
      resources: [{ name: 'virtualmachines', kind: 'VirtualMachine', namespaced: true, verbs: ['list'] }],
    });
  }
  if (!path.includes('/virtualmachineservices')) return undefined;
  return { status: 404, headers: { 'content-type': 'text/plain' }, warnings: [], body: '404 page not found\n' };
}

const sentence = `error: the server doesn't have a resource type "virtualmachineservices"\n`;
const question = 'is this a Supervisor? context sandbox\n';

test('where the definition was deleted a moment ago every command says so, and can-i grants nothing', async () => {
  const supervisor = await aSupervisor([aVm('web-1')]);
  supervisor.disturb(withoutVmServices);
  for (const command of [
    'get',
    'get web',
    'get -A -o json',
    'vms',
    'describe web',
    'events web',
    'delete web --yes',
    'can-i',
    'can-i create',
  ]) {
    const { code, err } = await supervisor.run(`${command} -n prod`);
    assert.deepEqual([code, err], [3, `${sentence}${question}`], command);
  }
  const create = await supervisor.run('create web --type=ClusterIP --port=80 --selector=app=web -n prod');
  assert.deepEqual([create.code, create.out], [3, '']);
  assert.ok(create.err.endsWith(`${sentence}is this a Supervisor?\n  nothing was changed\n`), create.err);
  supervisor.disturb(() => undefined);
  assert.equal((await supervisor.run('can-i create -n prod')).code, 0);
});
