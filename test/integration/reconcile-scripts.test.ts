import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { ObjectRef } from '../../src/model/object.ts';
import { aService, aVm, aVmService } from '../support/builders.ts';
import { aSupervisor, forbidden, isWrite, type Supervisor } from '../support/supervisor.ts';
import type { TestIo } from '../support/test-io.ts';
import { readXml } from '../support/xml.ts';

const vms = [aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' })];
const serviceRef: ObjectRef = { apiVersion: 'v1', kind: 'Service', namespace: 'prod', name: 'web' };
const controller = { dryRun: 'none', fieldManager: 'load-balancer' } as const;

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-scripts-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('reconcile --junit', () => {
  test('has a case for each service: done, refused, failed', async () => {
    const cwd = aFolder();
    const supervisor = await aSupervisor([aVmService('web'), aVmService('taken'), aService('taken'), aVmService('broken'), ...vms]);
    supervisor.disturb((request) =>
      request.method === 'POST' && request.path.endsWith('/services') && String(request.body).includes('"broken"')
        ? forbidden('services is forbidden: <quota> & "more" \u001b[31m')
        : undefined,
    );
    const { code } = await supervisor.run('reconcile -n prod --once --junit=report.xml', { cwd });
    assert.equal(code, 3);
    const root = readXml(readFileSync(join(cwd, 'report.xml'), 'utf8'));
    assert.deepEqual(root.attributes, { name: 'kubectl vmsvc reconcile', tests: '3', failures: '1', errors: '1' });
    const [suite, ...others] = root.children;
    assert.deepEqual([others, suite?.attributes['name'], suite?.attributes['timestamp']?.length], [[], 'prod', 20]);
    assert.deepEqual(
      suite?.children.map(({ attributes, children }) => [
        attributes['name'],
        ...children.map(({ name, attributes: own }) => own['type'] ?? name),
      ]),
      [
        ['broken', 'Forbidden'],
        ['taken', 'UnownedChild'],
        ['web', 'system-out'],
      ],
    );
    const [broken, , web] = suite?.children ?? [];
    assert.match(broken?.children[0]?.attributes['message'] ?? '', /<quota> & "more" \^\[\[31m/);
    assert.equal(
      web?.children[0]?.text,
      'service/web created\nendpoints/web created\nvirtualmachineservice.vmoperator.vmware.com/web configured',
    );
  });

  test('services that were not started are skipped', async () => {
    const cwd = aFolder();
    const supervisor = await aSupervisor([aVmService('a'), aVmService('b')]);
    supervisor.disturb((request) => (isWrite(request) && request.path.endsWith('/services') ? forbidden('no') : undefined));
    await supervisor.run('reconcile -n prod --once --fail-fast --concurrency=1 --junit=report.xml', { cwd });
    const [suite] = readXml(readFileSync(join(cwd, 'report.xml'), 'utf8')).children;
    const { tests, errors, skipped } = suite?.attributes ?? {};
    assert.deepEqual([tests, errors, skipped], ['2', '1', '1']);
  });

  for (const [file, reason] of [
    ['nosuch/report.xml', 'its folder does not exist'],
    ['folder', 'it is a folder'],
    ['older.xml/report.xml', 'a part of its path is not a folder'],
    ['/dev/full', 'no space left'],
  ] as const) {
    test(`R077 --junit=${file} cannot be written: an error of its own, when everything is done and told`, async () => {
      const cwd = aFolder();
      mkdirSync(join(cwd, 'folder'));
      writeFileSync(join(cwd, 'older.xml'), 'older');
      const said = async (words: string) =>
        (await aSupervisor([aVmService('web'), aVmService('taken'), aService('taken'), ...vms])).run(words, { cwd });
      for (const [words, code] of [
        ['reconcile web -n prod --once', 0],
        ['reconcile taken -n prod --once', 2],
        ['reconcile web -n prod --once --dry-run', 0],
        ['reconcile web -n prod --once -o name', 0],
        ['reconcile --orphans -n prod', 0],
      ] as const) {
        const without = await said(words);
        assert.equal(without.code, code, words);
        const failure = `error: --junit "${file}": ${reason}\n`;
        assert.deepEqual(await said(`${words} --junit=${file}`), { ...without, code: 3, err: `${without.err}${failure}` }, words);
      }
      assert.deepEqual(readdirSync(cwd).toSorted(), ['folder', 'older.xml']);
      assert.equal(readFileSync(join(cwd, 'older.xml'), 'utf8'), 'older');
    });
  }
});

describe('reconcile --wait', () => {
  const place = '/api/v1/namespaces/prod';
  const giveAddress = (supervisor: Supervisor) =>
    supervisor.cluster.patch(
      serviceRef,
      { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } },
      { ...controller, subresource: 'status' },
    );

  /** Runs it, and lets something happen as soon as everything is watched that the condition needs. */
  async function onceWatching(supervisor: Supervisor, command: string, path: string, happen: (io: TestIo) => unknown) {
    const started = supervisor.start(command);
    supervisor.disturb((request) => {
      if (request.path === path && request.query.includes('watch=')) setImmediate(() => happen(started.io));
      return undefined;
    });
    return started.ended;
  }

  test('watches until the load balancer gives an address', async () => {
    const supervisor = await aSupervisor([aVmService('web'), ...vms]);
    const command = 'reconcile web -n prod --once --wait=address --timeout=1m';
    const { code, err } = await onceWatching(supervisor, command, `${place}/services`, () => giveAddress(supervisor));
    assert.deepEqual([code, err.includes('error')], [0, false]);
    const written = supervisor.requests.findLastIndex((line) => line.endsWith('/status'));
    const looks = supervisor.requests.slice(written + 1).filter((line) => line.includes('/services'));
    assert.deepEqual(looks, [`GET ${place}/services`, `GET ${place}/services`], 'one list and one watch');
  });

  test('when the time is over it says what is missing, as wait does, and exits with 1', async () => {
    const supervisor = await aSupervisor([aVmService('web'), ...vms]);
    const { code, out, err } = await supervisor.run('reconcile web -n prod --once --wait --timeout=0');
    assert.deepEqual([code, out.split('\n').length], [1, 4]);
    assert.ok(
      err.endsWith('error: not yet: address on virtualmachineservices/web: no address yet\n  VIP  <pending>  no address for 0s\n'),
      err,
    );
  });

  test('Endpoints that are stored as computed are enough for --wait=endpoints', async () => {
    const supervisor = await aSupervisor([aVmService('web'), ...vms]);
    assert.equal((await supervisor.run('reconcile web -n prod --once --wait=endpoints --timeout=0')).code, 0);
    assert.equal((await supervisor.run('reconcile -A --once --wait=endpoints --timeout=0')).code, 0);
  });

  test('what is not written because of --skip-status is not waited for', async () => {
    const supervisor = await aSupervisor([aVmService('web'), ...vms]);
    assert.equal((await supervisor.run('reconcile web -n prod --once --skip-status --wait=endpoints --timeout=0')).code, 0);
  });

  test('Endpoints that somebody else writes again are missing', async () => {
    const supervisor = await aSupervisor([aVmService('web'), ...vms]);
    let written = false;
    supervisor.disturb((request) => {
      if (!written && request.path === `${place}/endpoints` && supervisor.writes.some((line) => line.endsWith('/status'))) {
        written = true;
        void supervisor.cluster.patch({ ...serviceRef, kind: 'Endpoints' }, { subsets: null }, controller);
      }
      return undefined;
    });
    const { code, err } = await supervisor.run('reconcile web -n prod --once --wait=endpoints --timeout=0');
    assert.equal(code, 1);
    assert.match(err, /^error: not yet: endpoints on virtualmachineservices\/web: Endpoints\/web would be updated$/m);
  });

  test('what may not be looked at any more is not called missing: exit code 3', async () => {
    const supervisor = await aSupervisor([aVmService('web', { type: 'ClusterIP' }), ...vms]);
    supervisor.disturb((request) =>
      request.method === 'GET' && request.path === `${place}/services` && supervisor.writes.some((line) => line.endsWith('/status'))
        ? forbidden('services is forbidden')
        : undefined,
    );
    const { code, err } = await supervisor.run('reconcile web -n prod --once --wait --timeout=0');
    assert.equal(code, 3);
    assert.match(err, /^error: cannot tell about .*address/m);
  });

  test('Ctrl-C ends it at once', async () => {
    const supervisor = await aSupervisor([aVmService('web'), ...vms]);
    const command = 'reconcile web -n prod --once --wait=address --timeout=1h';
    const { code, err } = await onceWatching(supervisor, command, `${place}/services`, (io) => io.interrupt('SIGINT'));
    assert.equal(code, 130);
    assert.match(err, /interrupted\n$/);
  });

  test('a time that is none is refused before anything is asked', async () => {
    const supervisor = await aSupervisor([aVmService('web')]);
    const { code, err } = await supervisor.run('reconcile web -n prod --once --wait --timeout=soon');
    assert.deepEqual([code, supervisor.requests], [2, []]);
    assert.ok(err.startsWith('error: --timeout "soon": must be a time such as 30s, 5m or 1h30m\n'), err);
  });
});

describe('words that would promise what is not done', () => {
  const web = 'reconcile web -n prod --once';
  const wrong: readonly (readonly [command: string, sentence: string])[] = [
    [`${web} --timeout=1m`, '--timeout says how long --wait waits: give both'],
    [`${web} --save-before=`, '--save-before needs the name of a file, and it is empty'],
    [`${web} --junit=`, '--junit needs the name of a file, and it is empty'],
    ['reconcile --undo=', '--undo needs the name of a file, and it is empty'],
    [`${web} --service-only --as-controller`, '--as-controller does all that the controller does: give it without --service-only'],
    [
      `${web} --service-only --wait=endpoints`,
      '--service-only leaves the Endpoints alone, so that nothing has to be waited for: --wait=address',
    ],
    ['reconcile --undo=f --service-only', '--service-only has no effect with --undo: leave it out'],
    [`${web} --print --yes`, '--yes has no effect with --print: leave it out'],
    [`${web} --print --save-before=f`, '--save-before has no effect with --print: leave it out'],
    [`${web} --print --junit=f`, '--junit has no effect with --print: leave it out'],
    [`${web} --print --wait`, '--wait has no effect with --print: leave it out'],
    ['reconcile --undo=f --wait', '--wait has no effect with --undo: leave it out'],
    ['reconcile --undo=f --adopt', '--adopt has no effect with --undo: leave it out'],
    ['reconcile --undo=f --fail-fast', '--fail-fast has no effect with --undo: leave it out'],
    ['reconcile -n prod --orphans --concurrency=3', '--concurrency has no effect with --orphans: leave it out'],
    ['reconcile -n prod --orphans --skip-status', '--skip-status has no effect with --orphans: leave it out'],
  ];
  for (const [command, sentence] of wrong) {
    test(`kubectl vmsvc ${command} is refused before anything is asked`, async () => {
      const supervisor = await aSupervisor([aVmService('web')]);
      const err = `error: ${sentence}\nSee 'kubectl vmsvc reconcile -h' for help and examples\n`;
      assert.deepEqual(await supervisor.run(command), { code: 2, out: '', err });
      assert.deepEqual(supervisor.requests, []);
    });
  }
});

describe('diff -o unified with KUBECTL_EXTERNAL_DIFF', () => {
  async function differing(): Promise<Supervisor> {
    const supervisor = await aSupervisor([aVmService('web'), ...vms]);
    await supervisor.run('reconcile web -n prod --once');
    await supervisor.cluster.patch({ ...serviceRef, kind: 'Endpoints' }, { subsets: null }, controller);
    return supervisor;
  }

  /** A program that says how it was called, and what was in the folders. */
  function aProgram(exit: number): { readonly path: string; readonly cwd: string } {
    const cwd = aFolder();
    const path = join(cwd, 'show');
    const script = `#!/bin/sh
while [ $# -gt 2 ]; do echo "arg $1"; shift; done
for side in "$1" "$2"; do for file in "$side"/*; do echo "\${file##*vmsvc-diff-??????/} $(grep -c ip: "$file")"; done; done
dirname "$1" > ${cwd}/folder
echo trouble >&2
exit ${exit}
`;
    writeFileSync(path, script);
    chmodSync(path, 0o700);
    return { path, cwd };
  }

  for (const [exit, code] of [
    [0, 0],
    [1, 1],
  ] as const) {
    test(`the program gets its arguments and two folders, and its exit code ${exit} is ours`, async () => {
      const supervisor = await differing();
      const { path, cwd } = aProgram(exit);
      const said = await supervisor.run('diff web -n prod -o unified -q', {
        cwd,
        env: { KUBECTL_EXTERNAL_DIFF: `${path} -u --x=1 ;rm $HOME`, PATH: process.env.PATH ?? '' },
      });
      assert.deepEqual(said, {
        code,
        out: 'arg -u\narg --x=1\nLIVE/v1.Endpoints.prod.web 0\nMERGED/v1.Endpoints.prod.web 1\n',
        err: 'trouble\n',
      });
      assert.equal(existsSync(readFileSync(join(cwd, 'folder'), 'utf8').trim()), false);
    });
  }

  test('--exit-zero makes its 1 a 0; anything above is a failure of its own', async () => {
    const supervisor = await differing();
    const env = (exit: number) => ({ env: { KUBECTL_EXTERNAL_DIFF: aProgram(exit).path, PATH: process.env.PATH ?? '' } });
    assert.equal((await supervisor.run('diff web -n prod -o unified --exit-zero', env(1))).code, 0);
    const failed = await supervisor.run('diff web -n prod -o unified -q --exit-zero', env(2));
    assert.equal(failed.code, 3);
    assert.match(failed.err, /error: KUBECTL_EXTERNAL_DIFF ".*show": it ended with exit code 2\n$/);
  });

  test('a program that is not there is said to be missing', async () => {
    const supervisor = await differing();
    const { code, err } = await supervisor.run('diff web -n prod -o unified -q', { env: { KUBECTL_EXTERNAL_DIFF: '/nosuch/program -u' } });
    assert.deepEqual([code, err], [3, 'error: KUBECTL_EXTERNAL_DIFF "/nosuch/program": there is no such command\n']);
  });

  test('one that may not be run, or is killed, is said to be that', async () => {
    const supervisor = await differing();
    const cwd = aFolder();
    writeFileSync(join(cwd, 'plain'), '', { mode: 0o600 });
    writeFileSync(join(cwd, 'killed'), '#!/bin/sh\nkill -9 $$\n', { mode: 0o700 });
    const env = (program: string) => ({ cwd, env: { KUBECTL_EXTERNAL_DIFF: join(cwd, program), PATH: process.env.PATH ?? '' } });
    const denied = await supervisor.run('diff web -n prod -o unified -q', env('plain'));
    assert.match(denied.err, /^error: KUBECTL_EXTERNAL_DIFF ".*plain": it may not be run: permission denied\n$/);
    const killed = await supervisor.run('diff web -n prod -o unified -q', env('killed'));
    assert.match(killed.err, /^error: KUBECTL_EXTERNAL_DIFF ".*killed": it was ended by SIGKILL\n$/);
    assert.deepEqual([denied.code, killed.code], [3, 3]);
  });

  test('blanks name no program', async () => {
    const supervisor = await differing();
    const [unset, blank] = [{}, { env: { KUBECTL_EXTERNAL_DIFF: '  ' } }];
    const expected = await supervisor.run('diff web -n prod -o unified', unset);
    assert.deepEqual(await supervisor.run('diff web -n prod -o unified', blank), expected);
  });

  test('without it the difference is written as diff -u does, and no other output asks for the program', async () => {
    const supervisor = await differing();
    assert.match((await supervisor.run('diff web -n prod -o unified')).out, /^--- live\/v1\.Endpoints\.prod\.web\n\+\+\+ merged\//);
    const plain = await supervisor.run('diff web -n prod', { env: { KUBECTL_EXTERNAL_DIFF: '/nosuch/program' } });
    assert.equal(plain.code, 1);
  });
});
