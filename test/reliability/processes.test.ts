import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { aService, aVmService, ownedBy } from '../support/builders.ts';
import { type ChildTool, childTool } from '../support/child-tool.ts';
import type { Fault } from '../support/fault-proxy.ts';
import { endState, type ReconcileCase, reconcileCases } from '../support/reconcile-cases.ts';
import { throughProxy } from '../support/through-proxy.ts';

const command = 'reconcile web -n prod --once';
const firstTime = caseNamed('the first time');
const drifted = caseNamed('ports, labels and addresses drifted');
const writes = [
  { how: firstTime, match: { method: 'POST', path: '/prod/services' } },
  { how: drifted, match: { method: 'PATCH', path: '/prod/endpoints/web' } },
] as const;

function caseNamed(name: string): ReconcileCase {
  const found = reconcileCases.find((how) => how.name === name);
  assert.ok(found !== undefined, name);
  return found;
}

/** The tool as a process, which meets its fate when it sends a request that fits. */
async function meets(how: ReconcileCase, match: { readonly method: string; readonly path: string }, fate: (tool: ChildTool) => Fault) {
  const world = await throughProxy(how.objects);
  const tool = childTool(command, { KUBECONFIG: world.proxy.kubeconfig });
  world.proxy.on({ ...match, nth: 1 }, fate(tool));
  return { ...world, said: await tool.ended };
}

async function endOf({ objects }: ReconcileCase) {
  const { run, supervisor } = await throughProxy(objects);
  assert.equal((await run(command)).code, 0);
  return endState(supervisor.cluster.server);
}

for (const { how, match } of writes) {
  for (const [number, when] of [
    ['R070', 'before'],
    ['R071', 'after'],
  ] as const) {
    test(`${number} kill -9 ${when} the server hears of the ${match.method} of ${match.path}: the next run ends it`, async () => {
      const { said, supervisor, run } = await meets(how, match, (tool) => async ({ forward }) => {
        if (when === 'after') await forward();
        await tool.kill();
      });
      assert.deepEqual([said.code, said.signal], [null, 'SIGKILL']);
      assert.equal((await run(command)).code, 0);
      assert.deepEqual(endState(supervisor.cluster.server), await endOf(how));
    });
  }
}

for (const [number, signal, code] of [
  ['R073', 'SIGINT', 130],
  ['R074', 'SIGTERM', 143],
  ['R074', 'SIGHUP', 129],
] as const) {
  test(`${number} ${signal} while a write is under way: its answer is waited for, the rest is not begun, and both are named`, async () => {
    const { said, supervisor } = await meets(
      drifted,
      { method: 'PATCH', path: '/prod/services/web' },
      (tool) =>
        async ({ forward, answer }) => {
          await tool.signal(signal);
          answer(await forward());
        },
    );
    assert.deepEqual(
      [said.code, said.out, said.err.split('\n').slice(2).join('\n')],
      [code, 'service/web configured\n', 'interrupted\n  done      service/web\n  not done  endpoints/web, virtualmachineservice/web\n'],
    );
    assert.deepEqual(supervisor.writes, ['PATCH /api/v1/namespaces/prod/services/web']);
  });
}

test('R073 a second Ctrl-C ends at once, and says that nobody knows what became of the write under way', async () => {
  const { said, supervisor, run } = await meets(
    drifted,
    { method: 'PATCH', path: '/prod/endpoints/web' },
    (tool) =>
      async ({ forward }) => {
        await forward();
        await tool.signal('SIGINT');
        await tool.signal('SIGINT');
      },
  );
  assert.deepEqual(
    [said.code, said.out, said.err.split('\n').slice(2).join('\n')],
    [
      130,
      'service/web configured\n',
      `interrupted, outcome unknown: what was under way may have been written; run again, it is safe
  done      service/web
  unknown   endpoints/web
  not done  virtualmachineservice/web
`,
    ],
  );
  assert.equal((await run(command)).code, 0);
  assert.deepEqual(endState(supervisor.cluster.server), await endOf(drifted));
});

test('R073 Ctrl-C while it reads: it ends at once and nothing was changed', async () => {
  const { said, supervisor } = await meets(
    drifted,
    { method: 'GET', path: '/virtualmachines' },
    (tool) => async () => tool.signal('SIGINT'),
  );
  assert.deepEqual([said.code, said.out, said.err.endsWith('interrupted\n  nothing was changed\n')], [130, '', true]);
  assert.deepEqual(supervisor.writes, []);
});

for (const closed of [['stdout'], ['stderr'], ['stdout', 'stderr']] as const) {
  test(`R075 whoever reads ${closed.join(' and ')} goes away: what was begun is written all the same, and nobody is told`, async () => {
    const { supervisor, proxy } = await throughProxy([aVmService('a'), aVmService('b')]);
    const tool = childTool('reconcile -n prod --once', { KUBECONFIG: proxy.kubeconfig });
    for (const stream of closed) tool.process[stream]?.destroy();
    const aIsDone = Promise.withResolvers<void>();
    proxy.on({ method: 'PATCH', path: '/virtualmachineservices/a/status' }, async ({ forward, answer }) => {
      answer(await forward());
      aIsDone.resolve();
    });
    // By the time that b gets its Endpoints, the line about a has met nobody.
    proxy.on({ method: 'POST', path: '/prod/endpoints', nth: 2 }, async ({ forward, answer }) => {
      await aIsDone.promise;
      await tool.idle();
      answer(await forward());
    });
    const { code, out, err } = await tool.ended;
    assert.deepEqual([code, err.includes('EPIPE')], [0, false]);
    assert.equal(
      out === '',
      closed.some((stream) => stream === 'stdout'),
    );
    assert.equal(supervisor.writes.length, 6);
  });
}

test('R076 the disk that takes the output is full: it says so, and ends with 3 after everything was written', async () => {
  const { supervisor, proxy } = await throughProxy(drifted.objects);
  const full = openSync('/dev/full', 'w');
  const { code, err } = await childTool(command, { KUBECONFIG: proxy.kubeconfig }, full).ended;
  closeSync(full);
  assert.equal(code, 3, err);
  assert.match(err, /^error: cannot write output: .*no space left on device/m);
  assert.equal(supervisor.writes.length, 3);
});

test('R077 R078 a disk that has room for one object and not for the next: that is found out before anything is written', async () => {
  const large = aVmService('web', { annotations: { note: 'x'.repeat(5_000) } });
  const { supervisor, proxy, run } = await throughProxy([large, ...drifted.objects.filter(({ kind }) => kind === 'VirtualMachine')]);
  assert.equal((await run(command)).code, 0);
  const other = { dryRun: 'none', fieldManager: 'other' } as const;
  const ref = (kind: string) => ({ apiVersion: 'v1', kind, namespace: 'prod', name: 'web' });
  await supervisor.cluster.patch(ref('Service'), { metadata: { annotations: { note: 'y' } } }, other);
  await supervisor.cluster.patch(ref('Endpoints'), { subsets: null }, other);
  const before = endState(supervisor.cluster.server);
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-full-'));
  after(() => rmSync(folder, { recursive: true }));
  // For whom no file may be larger than 16 blocks, of 512 bytes.
  const within = ['sh', '-c', `trap '' XFSZ; ulimit -f 16; exec "$@"`, 'sh'];
  const saving = `${command} --save-before=${join(folder, 'before.json')}`;
  const { code, out, err } = await childTool(saving, { KUBECONFIG: proxy.kubeconfig }, 'pipe', [], within).ended;
  assert.deepEqual([code, out], [3, ''], err);
  assert.match(err, /\nerror: --save-before ".*": it would be larger than a file may be\n {2}nothing was changed\n$/);
  assert.deepEqual([endState(supervisor.cluster.server), readdirSync(folder)], [before, []]);
});

const mark = 'kubectl-vmsvc/nudge';
const nudged = aVmService('web');

for (const [when, match] of [
  ['before the mark is on', { method: 'PATCH', path: '/prod/services/web', nth: 1 }],
  ['after the mark is on', { method: 'PATCH', path: '/prod/services/web', nth: 1 }],
  ['while it waits', { method: 'GET' }],
  ['before the mark is off', { method: 'PATCH', path: '/prod/services/web', nth: 2 }],
  ['after the mark is off', { method: 'PATCH', path: '/prod/services/web', nth: 2 }],
] as const) {
  test(`R068 kill -9 of a nudge ${when}: the next one names a mark that was left, and takes it off`, async () => {
    const { supervisor, proxy, run } = await throughProxy([nudged, aService('web', { owners: [ownedBy(nudged)] })]);
    const ref = { apiVersion: 'v1', kind: 'Service', namespace: 'prod', name: 'web' };
    const markNow = async () => (await supervisor.cluster.get(ref)).metadata.annotations?.[mark];
    const tool = childTool('nudge web -n prod --yes --timeout=2s', { KUBECONFIG: proxy.kubeconfig });
    proxy.on(match, async ({ forward, answer }) => {
      if (when === 'while it waits' && (await markNow()) === undefined) return answer(await forward());
      if (when.startsWith('after')) await forward();
      return tool.kill();
    });
    assert.deepEqual((await tool.ended).signal, 'SIGKILL');
    const isLeft = !['before the mark is on', 'after the mark is off'].includes(when);
    assert.equal((await markNow()) !== undefined, isLeft);
    proxy.heal();
    const { err } = await run('nudge web -n prod --yes --timeout=1s');
    assert.equal(/^Warning: service\/web still has the mark of a nudge from .+ ago: it is taken off now$/m.test(err), isLeft, err);
    assert.equal(await markNow(), undefined);
  });
}

/** A bug is planted from outside: code that Node runs before the tool. */
function withBug(world: { readonly proxy: { readonly kubeconfig: string } }, code: string, words = command): ChildTool {
  const preload = `data:text/javascript,${encodeURIComponent(code)}`;
  return childTool(words, { KUBECONFIG: world.proxy.kubeconfig }, 'pipe', ['--import', preload]);
}

const bugLines =
  'error: this is a bug in kubectl-vmsvc: planted\nplease report it with the command that you ran (-v=4 adds where it happened)\n';
const onSignal = "process.on('SIGUSR2', () => { PLANTED });";

test('R079 a rejection that nobody handles while a write is under way: its answer is waited for, both are named, and it ends with 70', async () => {
  const world = await throughProxy(drifted.objects);
  const tool = withBug(world, onSignal.replace('PLANTED', "Promise.reject(new Error('planted'))"));
  world.proxy.on({ method: 'PATCH', path: '/prod/services/web', nth: 1 }, async ({ forward, answer }) => {
    tool.process.kill('SIGUSR2');
    await tool.idle();
    answer(await forward());
  });
  const { code, out, err } = await tool.ended;
  assert.deepEqual(
    [code, out, err.split('\n').slice(2).join('\n')],
    [
      70,
      'service/web configured\n',
      `${bugLines}interrupted\n  done      service/web\n  not done  endpoints/web, virtualmachineservice/web\n`,
    ],
  );
  assert.deepEqual(world.supervisor.writes, ['PATCH /api/v1/namespaces/prod/services/web']);
});

test('R079 an exception in the middle of nothing while it reads: one sentence, 70, and nothing was written', async () => {
  const world = await throughProxy(drifted.objects);
  const tool = withBug(world, onSignal.replace('PLANTED', "throw new Error('planted')"));
  world.proxy.on({ method: 'GET', path: '/virtualmachines', nth: 1 }, async () => {
    tool.process.kill('SIGUSR2');
    await tool.idle();
  });
  const { code, out, err } = await tool.ended;
  assert.deepEqual([code, out, err], [70, '', bugLines]);
  assert.deepEqual(world.supervisor.writes, []);
});

test('R079 whoever prints an outcome fails: the other services that were begun are finished, and it says that nobody knows', async () => {
  const world = await throughProxy([aVmService('a'), aVmService('b')]);
  const bug = `const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (text, ...rest) => { if (/^service\\/a /.test(text)) throw new Error('planted'); return write(text, ...rest); };`;
  const tool = withBug(world, bug, 'reconcile -n prod --once');
  const aIsDone = Promise.withResolvers<void>();
  world.proxy.on({ method: 'PATCH', path: '/virtualmachineservices/a/status' }, async ({ forward, answer }) => {
    answer(await forward());
    aIsDone.resolve();
  });
  // By the time that b gets its Endpoints, telling of a has failed.
  world.proxy.on({ method: 'POST', path: '/prod/endpoints', nth: 2 }, async ({ forward, answer }) => {
    await aIsDone.promise;
    await tool.idle();
    answer(await forward());
  });
  const { code, out, err } = await tool.ended;
  assert.deepEqual(
    [code, out, err.split('\n').slice(2).join('\n')],
    [
      70,
      'service/b created\nendpoints/b created\nvirtualmachineservice.vmoperator.vmware.com/b configured\n',
      `outcome unknown: writes were begun when this tool failed; run again, it is safe\n${bugLines}`,
    ],
  );
  assert.equal(world.supervisor.writes.length, 6);
});
