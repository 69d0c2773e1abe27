import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpRequest, HttpResponse } from '../../src/apiserver/http/http-message.ts';
import { aVm } from '../support/builders.ts';
import { aSupervisor, forbidden } from '../support/supervisor.ts';

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

const definition = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/virtualmachineservices.vmoperator.vmware.com';
const ending = '2026-11-20T11:58:00Z';
const refusal = {
  type: 'NamesAccepted',
  status: 'False',
  reason: 'ListKindConflict',
  message: '"VirtualMachineServiceList" is already in use',
};
const named = 'the CustomResourceDefinition virtualmachineservices.vmoperator.vmware.com';

for (const [what, change, why] of [
  ['is being deleted', { metadata: { deletionTimestamp: ending } }, `${named} is being deleted since ${ending}`],
  [
    'is not established',
    { status: { conditions: [refusal, { type: 'Established', status: 'False', reason: 'NotAccepted' }] } },
    `${named} is there and not served: NamesAccepted is False: "VirtualMachineServiceList" is already in use`,
  ],
  ['serves no version', { spec: { versions: [{ name: 'v1alpha6', served: false }] } }, `${named} is there and serves none of its versions`],
  ['may not be looked at', undefined, 'is this a Supervisor? context sandbox'],
] as const) {
  for (const [where, disturb] of [
    ['the group has others', withoutVmServices],
    ['the group is gone', withoutGroup],
  ] as const) {
    test(`R042 where the definition ${what}, and ${where}, that is said`, async () => {
      const supervisor = await aSupervisor([aVm('web-1')]);
      supervisor.disturb((request) => {
        if (request.path !== definition) return disturb(request);
        if (change === undefined) return forbidden('customresourcedefinitions is forbidden');
        const metadata = { name: 'virtualmachineservices.vmoperator.vmware.com' };
        const whole = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', ...change };
        return json({ ...whole, metadata: { ...metadata, ...('metadata' in change ? change.metadata : {}) } });
      });
      for (const command of ['get', 'describe web', 'reconcile web --once', 'diff web']) {
        const { code, out, err } = await supervisor.run(`${command} -n prod`);
        const ended = command.startsWith('reconcile') && where === 'the group has others' ? 'nothing was changed\n' : '';
        assert.deepEqual([code, out, err], [3, '', `${sentence}${why}\n${ended}`], command);
      }
      assert.deepEqual(supervisor.writes, []);
    });
  }
}

function withoutGroup({ path }: HttpRequest): HttpResponse | undefined {
  if (!path.startsWith('/apis/vmoperator.vmware.com')) return undefined;
  return { status: 404, headers: { 'content-type': 'text/plain' }, warnings: [], body: '404 page not found\n' };
}
