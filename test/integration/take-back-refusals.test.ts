import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { neededRights } from '../../src/core/rights/rights.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { askedFor, onlyFor, reviews, withNothingBut, without, words } from '../support/denied-rights.ts';
import { aSupervisor, type Supervisor } from '../support/supervisor.ts';

const finalizers = ['vmoperator.vmware.com/virtualmachineservice'];
const web = aVmService('web', { finalizers });
const vm = aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' });
const endingNamespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'prod', finalizers: ['example.com/hold'], deletionTimestamp: '2026-11-20T11:58:00Z' },
};
const alive = 'VM Operator is working in prod (it last wrote 12s ago)';
const forceLine = '  do it all the same:        --force --reason="…"   (the reason is stored in the report)\n';

/** VM Operator reports on a VM, twelve seconds before the test's clock. */
function comesAlive(supervisor: Supervisor): void {
  supervisor.cluster.server.load([reported]);
}

const entry = { manager: 'manager', operation: 'Update', apiVersion: vm.apiVersion, fieldsType: 'FieldsV1', subresource: 'status' };
const other = aVm('other-1', { ip: '10.1.0.99' });
const reported: KubeObject = {
  ...other,
  metadata: {
    ...other.metadata,
    managedFields: [{ ...entry, time: '2026-11-20T11:59:48Z', fieldsV1: { 'f:status': { 'f:powerState': {} } } }],
  },
};

const objectsOf = ({ cluster }: Supervisor) => cluster.server.state;
const afterHeader = (err: string) => err.split('\n').slice(2).join('\n');

/** The rights that were asked for since, in few words. */
function askedBy(supervisor: Supervisor): readonly string[] {
  const asked: string[] = [];
  supervisor.disturb((request) => {
    if (request.path !== reviews) return undefined;
    const { verb, resource, subresource } = askedFor(request);
    asked.push(`${verb} ${subresource === undefined ? resource : `${resource}/${subresource}`}`);
    return undefined;
  });
  return asked;
}

describe('reconcile --undo', () => {
  /** A Supervisor on which a run has made the children of `web`, and saved that. */
  async function afterARun(): Promise<Supervisor> {
    const supervisor = await aSupervisor([web, vm]);
    assert.equal((await supervisor.run('reconcile web -n prod --once --save-before=before.json')).code, 0);
    supervisor.forget();
    return supervisor;
  }

  test('leaves the children to a controller that is alive', async () => {
    const supervisor = await afterARun();
    comesAlive(supervisor);
    const before = objectsOf(supervisor);
    const { code, err } = await supervisor.run('reconcile --undo=before.json');
    assert.deepEqual(
      [code, afterHeader(err)],
      [2, `error: ${alive}; doing its work here would race with it\n  nothing was changed\n${forceLine}`],
    );
    assert.equal(objectsOf(supervisor), before);
  });

  test('is done all the same with --force, and the reason is said and stored', async () => {
    const supervisor = await afterARun();
    comesAlive(supervisor);
    const { code, out, err } = await supervisor.run('reconcile --undo=before.json --force --reason=drill -o json');
    assert.deepEqual([code, afterHeader(err), JSON.parse(out).force], [0, `Forced, though ${alive}: drill\n`, { reason: 'drill' }]);
    assert.deepEqual(
      supervisor.cluster.server.objects().filter(({ kind }) => kind === 'Service' || kind === 'Endpoints'),
      [],
    );
  });

  test('as a dry run only notes it', async () => {
    const supervisor = await afterARun();
    comesAlive(supervisor);
    const { code, err } = await supervisor.run('reconcile --undo=before.json --dry-run=client');
    assert.deepEqual(
      [code, afterHeader(err)],
      [0, `${alive}: reconcile leaves the work to it\n  ask it to look again:      kubectl vmsvc nudge web -n prod\n`],
    );
  });

  test('leaves a VirtualMachineService alone that is being deleted, and a namespace that ends', async () => {
    const deleted = await afterARun();
    const ref = { apiVersion: web.apiVersion, kind: web.kind, namespace: 'prod', name: 'web' };
    await deleted.cluster.delete(ref, { dryRun: 'none' });
    const before = objectsOf(deleted);
    const said = await deleted.run('reconcile --undo=before.json --force --reason=why');
    assert.deepEqual([said.code, objectsOf(deleted)], [3, before]);
    assert.match(said.err, /error: VirtualMachineService prod\/web is being deleted: its controller has the last word\n/);

    const ending = await afterARun();
    const body = JSON.stringify(endingNamespace);
    ending.disturb(({ path }) =>
      path === '/api/v1/namespaces/prod' ? { status: 200, headers: { 'content-type': 'application/json' }, warnings: [], body } : undefined,
    );
    const state = objectsOf(ending);
    const refused = await ending.run('reconcile --undo=before.json');
    assert.deepEqual([refused.code, objectsOf(ending)], [2, state], refused.err);
    assert.match(refused.err, /error: namespace prod is being deleted since .*\n {2}nothing was changed\n$/);
  });

  test('R048 asks for the rights that it takes, and for no other', async () => {
    const supervisor = await afterARun();
    const asked = askedBy(supervisor);
    assert.equal((await supervisor.run('reconcile --undo=before.json')).code, 0);
    assert.deepEqual(asked.toSorted(), ['delete endpoints', 'delete services', 'patch virtualmachineservices/status']);
  });

  test('R048 without one of them nothing is changed, and it is named', async () => {
    const supervisor = await afterARun();
    supervisor.disturb(without(['delete endpoints']));
    const before = objectsOf(supervisor);
    const { code, out, err } = await supervisor.run('reconcile --undo=before.json');
    assert.deepEqual([code, out, objectsOf(supervisor), supervisor.writes], [3, '', before, []]);
    assert.equal(
      afterHeader(err),
      `error: not permitted to delete endpoints in prod; nothing was changed
  yes   patch    virtualmachineservices/status
  no    delete   endpoints
  yes   delete   services
  ways on
    an administrator can grant it kubectl vmsvc can-i undo -n prod --as-role
`,
    );
  });
});

describe('reconcile --undo, with the rights of the Role that can-i undo prints and no others', () => {
  const rights = neededRights('undo', { asController: false, skipStatus: false, serviceOnly: false, settingsDecide: false });
  const drifted = [
    web,
    vm,
    aService('web', { owners: [ownedBy(web)], loadBalancerIP: '192.0.2.66' }),
    someEndpoints('web', { owners: [ownedBy(web)] }),
  ];

  test('what was made is deleted, and what was changed is put back', async () => {
    for (const world of [[web, vm], drifted]) {
      const supervisor = await aSupervisor(world);
      const before = supervisor.cluster.server.objects().map(essence);
      assert.equal((await supervisor.run('reconcile web -n prod --once --save-before=before.json')).code, 0);
      supervisor.disturb(withNothingBut(rights));
      const { code, err } = await supervisor.run('reconcile --undo=before.json');
      assert.deepEqual([code, afterHeader(err)], [0, '']);
      assert.deepEqual(supervisor.cluster.server.objects().map(essence), before);
    }
  });

  test('those for the named objects alone are enough', async () => {
    const supervisor = await aSupervisor(drifted);
    assert.equal((await supervisor.run('reconcile web -n prod --once --save-before=before.json')).code, 0);
    const named = ['patch services', 'patch endpoints', 'patch virtualmachineservices/status', 'delete services', 'delete endpoints'];
    supervisor.disturb(onlyFor(['web'], named));
    assert.equal((await supervisor.run('reconcile --undo=before.json')).code, 0);
    supervisor.disturb(onlyFor(['other'], named));
    assert.equal((await supervisor.run('reconcile web -n prod --once')).code, 3);
  });

  test('R048 with one of them less nothing is changed, or nothing was missing', async () => {
    const taken: string[] = [];
    for (const right of rights) {
      const supervisor = await aSupervisor(drifted);
      assert.equal((await supervisor.run('reconcile web -n prod --once --save-before=before.json')).code, 0);
      const before = objectsOf(supervisor);
      supervisor.forget();
      supervisor.disturb(withNothingBut(rights.filter((other) => other !== right)));
      const { code } = await supervisor.run('reconcile --undo=before.json');
      if (code === 0) continue;
      assert.deepEqual([code, objectsOf(supervisor), supervisor.writes], [3, before, []], words(right));
      taken.push(words(right));
    }
    assert.deepEqual(taken, [
      'get virtualmachineservices',
      'patch virtualmachineservices/status',
      'get services',
      'patch services',
      'get endpoints',
      'patch endpoints',
    ]);
  });

  /** Without what every write changes. */
  function essence({
    metadata: { resourceVersion: _, managedFields: _managed, generation: _generation, ...metadata },
    ...object
  }: KubeObject) {
    return { ...object, metadata };
  }
});

describe('reconcile --orphans', () => {
  const gone = aVmService('gone');
  const orphans = [aService('gone', { owners: [ownedBy(gone)] }), someEndpoints('gone', { owners: [ownedBy(gone)] })];

  test('leaves what is left behind to a controller that is alive', async () => {
    const supervisor = await aSupervisor([...orphans, reported]);
    const before = objectsOf(supervisor);
    const { code, out, err } = await supervisor.run('reconcile --orphans -n prod --yes');
    assert.deepEqual(
      [code, out, err],
      [2, '', `error: ${alive}; doing its work here would race with it\n  nothing was changed\n${forceLine}`],
    );
    assert.equal(objectsOf(supervisor), before);
    assert.equal((await supervisor.run('reconcile --orphans -n prod')).code, 0);
    const forced = await supervisor.run('reconcile --orphans -n prod --yes --force --reason=drill');
    assert.deepEqual([forced.code, forced.err], [0, `Forced, though ${alive}: drill\n`]);
  });

  test('deletes what a Role names', async () => {
    const supervisor = await aSupervisor(orphans);
    supervisor.disturb(onlyFor(['gone'], ['delete services', 'delete endpoints']));
    const { code, out } = await supervisor.run('reconcile --orphans -n prod --yes');
    assert.deepEqual([code, out], [0, 'endpoints "gone" deleted from prod namespace\nservice "gone" deleted from prod namespace\n']);
  });

  test('R048 asks for the right to delete before it deletes anything', async () => {
    const supervisor = await aSupervisor(orphans);
    supervisor.disturb(without(['delete services']));
    const before = objectsOf(supervisor);
    const { code, out, err } = await supervisor.run('reconcile --orphans -n prod --yes');
    assert.deepEqual([code, out, objectsOf(supervisor)], [3, '', before]);
    assert.match(err, /^error: not permitted to delete services in prod; nothing was changed\n/);
  });

  test('R048 what may not be deleted in one namespace keeps everything where it is', async () => {
    const away = aVmService('gone', { namespace: 'away' });
    const supervisor = await aSupervisor([...orphans, aService('gone', { namespace: 'away', owners: [ownedBy(away)] })]);
    supervisor.disturb(without(['delete services'], 'away'));
    const before = objectsOf(supervisor);
    const { code } = await supervisor.run('reconcile --orphans -A --yes');
    assert.deepEqual([code, objectsOf(supervisor)], [3, before]);
  });
});
