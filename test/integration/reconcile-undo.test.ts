import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type JsonObject, jsonOf, type KubeObject, type ObjectRef } from '../../src/model/object.ts';
import { isMap } from '../../src/model/raw-json.ts';
import { isNotFound } from '../../src/model/status.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { aSupervisor, lostAnswer, type Supervisor } from '../support/supervisor.ts';

const vmService = aVmService('web');
const vms = [
  aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' }),
  aVm('web-2', { labels: { app: 'web' }, ip: '10.1.0.12', ready: false }),
];
const other = { dryRun: 'none', fieldManager: 'vm-operator' } as const;
const serviceRef: ObjectRef = { apiVersion: 'v1', kind: 'Service', namespace: 'prod', name: 'web' };
const endpointsRef: ObjectRef = { ...serviceRef, kind: 'Endpoints' };
const ownerRef: ObjectRef = { ...serviceRef, apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachineService' };

/** A folder of the test's own, gone with it. */
function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-undo-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What is stored, without what every write changes. */
async function stored({ cluster }: Supervisor): Promise<readonly (JsonObject | undefined)[]> {
  return Promise.all(
    [serviceRef, endpointsRef, ownerRef].map(async (ref) => {
      try {
        return contentOf(await cluster.get(ref));
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    }),
  );
}

function contentOf(object: KubeObject): JsonObject {
  const { metadata, ...rest } = jsonOf(object);
  if (!isMap(metadata)) return rest;
  const { resourceVersion: _, generation: __, managedFields: ___, ...kept } = metadata;
  return { ...rest, metadata: kept };
}

/** Somebody edited both children by hand. */
async function drifted(): Promise<Supervisor> {
  const supervisor = await aSupervisor([vmService, ...vms]);
  assert.equal((await supervisor.run('reconcile web -n prod --once')).code, 0);
  await supervisor.cluster.patch(
    serviceRef,
    { spec: { ports: [{ name: 'http', port: 81, protocol: 'TCP', targetPort: 8081 }] }, metadata: { annotations: { note: 'mine' } } },
    other,
  );
  await supervisor.cluster.patch(endpointsRef, { subsets: null }, other);
  supervisor.forget();
  return supervisor;
}

describe('reconcile --save-before and --undo', () => {
  test('what a run changed is put back as it was, and a second undo has nothing to do', async () => {
    const [supervisor, cwd] = [await drifted(), aFolder()];
    const before = await stored(supervisor);
    assert.equal((await supervisor.run('reconcile web -n prod --once --save-before=state.json', { cwd })).code, 0);
    assert.notDeepEqual(await stored(supervisor), before);
    supervisor.forget();
    const { code, out } = await supervisor.run('reconcile --undo=state.json', { cwd });
    assert.deepEqual([code, out], [0, 'endpoints/web configured\nservice/web configured\n']);
    assert.deepEqual(await stored(supervisor), before);
    assert.deepEqual(supervisor.writes, ['PATCH /api/v1/namespaces/prod/endpoints/web', 'PATCH /api/v1/namespaces/prod/services/web']);
    supervisor.forget();
    const again = await supervisor.run('reconcile --undo=state.json', { cwd });
    assert.deepEqual([again.code, again.out, supervisor.writes], [0, 'endpoints/web unchanged\nservice/web unchanged\n', []]);
  });

  test('what a run made is deleted by its uid, and the status that it wrote is what it was', async () => {
    const [supervisor, cwd] = [await aSupervisor([vmService, ...vms]), aFolder()];
    const before = await stored(supervisor);
    assert.equal((await supervisor.run('reconcile web -n prod --once --save-before state.json', { cwd })).code, 0);
    const { code, out } = await supervisor.run('reconcile --undo state.json', { cwd });
    assert.equal(code, 0);
    assert.equal(
      out,
      'virtualmachineservice.vmoperator.vmware.com/web configured\nendpoints "web" deleted from prod namespace\nservice "web" deleted from prod namespace\n',
    );
    assert.deepEqual(await stored(supervisor), before);
  });

  test('R064 an object that changed since is left as it is, and the others are put back', async () => {
    const [supervisor, cwd] = [await drifted(), aFolder()];
    const [before] = await stored(supervisor);
    await supervisor.run('reconcile web -n prod --once --save-before=state.json', { cwd });
    await supervisor.cluster.patch(endpointsRef, { metadata: { labels: { somebody: 'else' } } }, other);
    const moved = await stored(supervisor);
    const { code, out, err } = await supervisor.run('reconcile --undo=state.json', { cwd });
    assert.deepEqual([code, out], [3, 'service/web configured\n']);
    assert.match(err, /^error: endpoints\/web was changed meanwhile \(resourceVersion \d+, and the run left \d+\)$/m);
    assert.match(err, / {2}done {6}service\/web\n {2}not done {2}endpoints\/web\n$/);
    const [service, ends] = await stored(supervisor);
    assert.deepEqual([service, ends], [before, moved[1]]);
  });

  test('R064 an object that changes between the look and the write is left as it is', async () => {
    const [supervisor, cwd] = [await drifted(), aFolder()];
    await supervisor.run('reconcile web -n prod --once --save-before=state.json', { cwd });
    let moved = false;
    supervisor.disturb((request) => {
      if (!moved && request.method === 'PATCH') {
        moved = true;
        void supervisor.cluster.patch(endpointsRef, { metadata: { labels: { somebody: 'else' } } }, other);
      }
      return undefined;
    });
    const { code, out, err } = await supervisor.run('reconcile --undo=state.json', { cwd });
    assert.deepEqual([code, out], [3, 'service/web configured\n']);
    assert.match(err, /Operation cannot be fulfilled on endpoints "web"/);
  });

  test('R064 a namesake of what the run made lives', async () => {
    const [supervisor, cwd] = [await aSupervisor([vmService, ...vms]), aFolder()];
    await supervisor.run('reconcile web -n prod --once --save-before=state.json', { cwd });
    const made = await supervisor.cluster.get(serviceRef);
    await supervisor.cluster.delete(serviceRef, { dryRun: 'none' });
    await supervisor.cluster.create({ ...made, metadata: { name: 'web', namespace: 'prod' } }, other).catch(() => undefined);
    const { code, err } = await supervisor.run('reconcile --undo=state.json', { cwd });
    assert.equal(code, 3);
    assert.match(err, /^error: another object is called service\/web now$/m);
    assert.notEqual((await stored(supervisor))[0], undefined);
  });

  test('what was changed and is gone since is reported, and not made anew', async () => {
    const [supervisor, cwd] = [await drifted(), aFolder()];
    await supervisor.run('reconcile web -n prod --once --save-before=state.json', { cwd });
    await supervisor.cluster.delete(endpointsRef, { dryRun: 'none' });
    const { code, out, err } = await supervisor.run('reconcile --undo=state.json', { cwd });
    assert.deepEqual([code, out], [3, 'service/web configured\n']);
    assert.match(err, /^error: endpoints\/web was deleted meanwhile: it is not made anew$/m);
    assert.equal((await stored(supervisor))[1], undefined);
  });

  for (const [mode, suffix] of [
    ['client', ' (dry run)'],
    ['server', ' (server dry run)'],
  ] as const) {
    test(`--dry-run=${mode} shows what it would be, and stores nothing`, async () => {
      const [supervisor, cwd] = [await drifted(), aFolder()];
      await supervisor.run('reconcile web -n prod --once --save-before=state.json', { cwd });
      const left = await stored(supervisor);
      const { code, out } = await supervisor.run(`reconcile --undo=state.json --dry-run=${mode}`, { cwd });
      assert.equal(code, 0);
      assert.ok(out.endsWith(`endpoints/web configured${suffix}\nservice/web configured${suffix}\n`), out);
      assert.deepEqual(await stored(supervisor), left);
    });
  }

  test('on a terminal it shows the difference and asks; no changes nothing and exits with 1', async () => {
    const [supervisor, cwd] = [await drifted(), aFolder()];
    await supervisor.run('reconcile web -n prod --once --save-before=state.json', { cwd });
    const left = await stored(supervisor);
    const terminal = { cwd, tty: { stdin: true, stdout: true }, typed: 'n\r' };
    const { code, out, err } = await supervisor.run('reconcile --undo=state.json', terminal);
    assert.equal(code, 1);
    assert.match(out, /^--- live\/v1\.Endpoints\.prod\.web$/m);
    assert.match(out, /Undo 2 changes on context sandbox\? \[y\/N\]/);
    assert.ok(err.endsWith('nothing was changed\n'));
    assert.deepEqual(await stored(supervisor), left);
    const yes = await supervisor.run('reconcile --undo=state.json -y', { cwd, tty: { stdin: true, stdout: true } });
    assert.deepEqual([yes.code, yes.out], [0, 'endpoints/web configured\nservice/web configured\n']);
  });

  test('as a document it is a ReconcileReport of the same steps', async () => {
    const [supervisor, cwd] = [await drifted(), aFolder()];
    await supervisor.run('reconcile web -n prod --once --save-before=state.json', { cwd });
    const { code, out } = await supervisor.run('reconcile --undo=state.json -o json', { cwd });
    const { kind, dryRun, items } = JSON.parse(out);
    assert.deepEqual([code, kind, dryRun, items.length, items[0].name, items[0].error], [0, 'ReconcileReport', 'none', 1, 'web', null]);
    assert.deepEqual(
      items[0].steps.map((step: { object: string; operation: string }) => `${step.operation} ${step.object}`),
      ['updated Endpoints/web', 'updated Service/web'],
    );
  });

  test('a file of another context is read with a warning: nothing that it names may be here', async () => {
    const supervisor = await aSupervisor([vmService, ...vms]);
    const cwd = aFolder();
    assert.equal((await supervisor.run('reconcile web -n prod --once --save-before=saved', { cwd })).code, 0);
    const file = join(cwd, 'saved');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"context":"sandbox"', '"context":"elsewhere"'));
    const { code, err } = await supervisor.run('reconcile --undo=saved', { cwd });
    assert.equal(code, 0);
    assert.match(err, /\nWarning: "saved" was saved with context "elsewhere", and this is "sandbox": is it the same cluster\?\n$/);
  });
});

describe('the file of --save-before', () => {
  test('holds what was there before the first write of each object, line by line', async () => {
    const [supervisor, cwd] = [await drifted(), aFolder()];
    const before = await supervisor.cluster.get(serviceRef);
    await supervisor.run('reconcile web -n prod --once --save-before=state.json', { cwd });
    const after = await supervisor.cluster.get(serviceRef);
    const [head, first, second, ...rest] = readFileSync(join(cwd, 'state.json'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line): JsonObject => JSON.parse(line));
    assert.deepEqual([head?.['apiVersion'], head?.['kind']], ['vmsvc/v1', 'SavedState']);
    assert.deepEqual(first, { object: serviceRef, before: JSON.parse(JSON.stringify(before)) });
    assert.deepEqual(second, { object: serviceRef, left: { uid: after.metadata.uid, resourceVersion: after.metadata.resourceVersion } });
    assert.equal(rest.length, 2);
  });

  test('R078 that cannot be written: nothing is written to the cluster, exit code 3', async () => {
    const [supervisor, cwd] = [await drifted(), aFolder()];
    const { code, out, err } = await supervisor.run('reconcile web -n prod --once --save-before=nosuch/state.json', { cwd });
    assert.deepEqual([code, out], [3, '']);
    assert.ok(err.endsWith('error: --save-before "nosuch/state.json": its folder does not exist\n  nothing was changed\n'), err);
    assert.deepEqual(writesOf(supervisor), []);
    assert.deepEqual(readdirSync(cwd), []);
  });

  test('R077 a file of that name is never overwritten: it may be what an earlier run can be undone with', async () => {
    const [supervisor, cwd] = [await drifted(), aFolder()];
    writeFileSync(join(cwd, 'state.json'), 'older');
    mkdirSync(join(cwd, 'folder'));
    symlinkSync('nowhere', join(cwd, 'link'));
    for (const name of ['state.json', 'folder', 'link']) {
      const { code, err } = await supervisor.run(`reconcile web -n prod --once --save-before=${name}`, { cwd });
      assert.equal(code, 3);
      assert.match(err, /: it exists, and may be what an earlier run can be undone with: name another file\n {2}nothing was changed\n$/);
    }
    assert.equal(readFileSync(join(cwd, 'state.json'), 'utf8'), 'older');
    assert.deepEqual(writesOf(supervisor), []);
    assert.deepEqual(readdirSync(cwd).toSorted(), ['folder', 'link', 'state.json']);
  });

  test('is not made by a dry run, nor by one that was declined', async () => {
    const [supervisor, cwd] = [await drifted(), aFolder()];
    await supervisor.run('reconcile web -n prod --once --dry-run --save-before=state.json', { cwd });
    await supervisor.run('reconcile web -n prod --once --dry-run=server --save-before=state.json', { cwd });
    await supervisor.run('reconcile web -n prod --once --save-before=state.json', {
      cwd,
      tty: { stdin: true, stdout: true },
      typed: 'n\r',
    });
    assert.deepEqual(readdirSync(cwd), []);
  });

  test('of a run that changed nothing says so', async () => {
    const [supervisor, cwd] = [await aSupervisor([vmService, ...vms]), aFolder()];
    await supervisor.run('reconcile web -n prod --once');
    await supervisor.run('reconcile web -n prod --once --save-before=state.json', { cwd });
    const { code, out, err } = await supervisor.run('reconcile --undo=state.json', { cwd });
    assert.deepEqual([code, out], [0, '']);
    assert.ok(err.endsWith('nothing to undo: that run changed nothing\n'), err);
  });

  test('of a run that lost an answer which it then looked up is whole', async () => {
    const [supervisor, cwd] = [await drifted(), aFolder()];
    const before = await stored(supervisor);
    let lost = false;
    supervisor.disturb((request, pass) => {
      if (lost || request.method !== 'PATCH') return undefined;
      lost = true;
      pass();
      return lostAnswer();
    });
    assert.equal((await supervisor.run('reconcile web -n prod --once --save-before=state.json', { cwd })).code, 0);
    assert.equal((await supervisor.run('reconcile --undo=state.json', { cwd })).code, 0);
    assert.deepEqual(await stored(supervisor), before);
  });

  test('R071 of a run that was killed before an answer: what it left is not known, and left alone', async () => {
    const [supervisor, cwd] = [await drifted(), aFolder()];
    await supervisor.run('reconcile web -n prod --once --save-before=whole.json', { cwd });
    const lines = readFileSync(join(cwd, 'whole.json'), 'utf8').split('\n');
    // The Service's outcome is known; the Endpoints' line was being written.
    const endpointsLine = lines.findIndex((line) => line.includes('"Endpoints"') && line.includes('"left"'));
    writeFileSync(join(cwd, 'killed.json'), `${lines.slice(0, endpointsLine).join('\n')}\n${lines[endpointsLine]?.slice(0, 20)}`);
    const left = await stored(supervisor);
    const { code, out, err } = await supervisor.run('reconcile --undo=killed.json', { cwd });
    assert.deepEqual([code, out], [3, 'service/web configured\n']);
    assert.match(err, /^error: endpoints\/web may have been changed by that run, which ended before it knew$/m);
    assert.deepEqual((await stored(supervisor))[1], left[1]);
  });

  const notSaved = 'it is not what --save-before=FILE writes: a SavedState, which is JSON, one document a line';
  for (const [what, text, reason] of [
    ['an empty file', '', 'it is empty'],
    ['something else', '{"kind":"List"}\n', notSaved],
    ['a manifest', 'apiVersion: v1\nkind: Service\n', notSaved],
    ['a text of one line that does not end', 'kind: List', notSaved],
    [
      'a newer file',
      '{"apiVersion":"vmsvc/v2","kind":"SavedState"}\n',
      'it is a SavedState of vmsvc/v2, and this version reads vmsvc/v1: update',
    ],
    ['a line that is no JSON', '{"apiVersion":"vmsvc/v1","kind":"SavedState"}\nkind: List\n', 'line 2 is not a JSON object'],
    [
      'a kind that no run writes',
      '{"apiVersion":"vmsvc/v1","kind":"SavedState"}\n{"object":{"apiVersion":"v1","kind":"Secret","namespace":"prod","name":"web"},"before":null}\n',
      'line 2 is neither what was there before a write nor what one left',
    ],
  ] as const) {
    test(`--undo refuses ${what}`, async () => {
      const [supervisor, cwd] = [await aSupervisor([vmService]), aFolder()];
      writeFileSync(join(cwd, 'state.json'), text);
      assert.deepEqual(await supervisor.run('reconcile --undo=state.json', { cwd }), {
        code: 3,
        out: '',
        err: `error: --undo "state.json": ${reason}\n`,
      });
      assert.deepEqual(supervisor.requests, []);
    });
  }

  test('--undo takes its objects from the file alone', async () => {
    const supervisor = await aSupervisor([vmService]);
    for (const words of ['web --undo=f', '--undo=f -n prod', '--undo=f -A', '--undo=f --print', '--undo=f --orphans']) {
      assert.equal((await supervisor.run(`reconcile ${words}`)).code, 2, words);
    }
    assert.deepEqual(supervisor.requests, []);
  });
});

/** Questions about rights store nothing. */
function writesOf(supervisor: Supervisor): readonly string[] {
  return supervisor.writes.filter((line) => !line.includes('accessreviews'));
}
