import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { emulatedTerminal } from '../support/emulated-terminal.ts';
import type { Answer } from '../support/fault-proxy.ts';
import { keys, noTerminal, pseudoTerminal } from '../support/pseudo-terminal.ts';
import { throughProxy } from '../support/through-proxy.ts';

const objects = [aVmService('web'), aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' })];
const command = 'reconcile web -n prod --once --yes';
const busy: Answer = { code: 429, headers: { 'retry-after': '2', 'content-type': 'text/plain' }, body: Buffer.from('busy') };

/** A reconcile whose list of VMs comes when somebody lets it. */
async function slowReading() {
  const world = await throughProxy(objects);
  const released = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  world.proxy.on({ method: 'GET', path: '/virtualmachines', nth: 1 }, async ({ forward, answer }) => {
    held.resolve();
    await released.promise;
    answer(await forward());
  });
  return { ...world, held: held.promise, release: () => released.resolve() };
}

describe('what reconcile shows while it reads', () => {
  for (const [what, tty, env] of [
    ['where stderr is no terminal', { stdout: true }, {}],
    ['where the terminal is dumb', { stdout: true, stderr: true }, { TERM: 'dumb' }],
  ] as const) {
    test(`is nothing ${what}`, async (t) => {
      t.mock.timers.enable({ apis: ['setInterval'] });
      const { supervisor, proxy, held, release } = await slowReading();
      const { io, ended } = supervisor.start(command, { tty, env: { KUBECONFIG: proxy.kubeconfig, ...env } });
      await held;
      t.mock.timers.tick(60_000);
      assert.deepEqual([io.out(), io.err()], ['', '']);
      release();
      const { code, err } = await ended;
      assert.deepEqual([code, err.includes('Reading')], [0, false]);
    });
  }

  test('is a line on stderr alone after a second, cut to the terminal, and gone in the end', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const { supervisor, proxy, held, release } = await slowReading();
    const columns = 24;
    const { io, ended } = supervisor.start(command, { tty: { stderr: true }, columns, env: { KUBECONFIG: proxy.kubeconfig } });
    const terminal = emulatedTerminal(columns, 10);
    await held;
    t.mock.timers.tick(999);
    assert.deepEqual([io.out(), io.err()], ['', '']);
    t.mock.timers.tick(1);
    terminal.write(io.err());
    assert.match(await terminal.window(), /^Reading [^\n]{1,15}$/);
    assert.equal(io.out(), '');
    const soFar = io.err().length;
    release();
    const { code, out, err } = await ended;
    terminal.write(err.slice(soFar).replaceAll('\n', '\r\n'));
    assert.deepEqual([code, (await terminal.window()).includes('Reading')], [0, false]);
    assert.match(out, /^service\/web created\n/);
    assert.match(terminal.text(), /^Context sandbox,/);
  });

  test('makes room for what is noted meanwhile, which stays', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const { supervisor, proxy } = await throughProxy(objects);
    let asked = 0;
    proxy.on({ method: 'GET', path: '/virtualmachines' }, async ({ forward, answer }) => {
      asked += 1;
      if (asked > 1) return answer(await forward());
      t.mock.timers.tick(1000);
      return answer(busy);
    });
    const { code, err } = await supervisor.run(command, { tty: { stderr: true }, env: { KUBECONFIG: proxy.kubeconfig } });
    assert.ok(err.includes('Reading'), err);
    const terminal = emulatedTerminal(80, 10);
    terminal.write(err.replaceAll('\n', '\r\n'));
    assert.equal(code, 0);
    assert.equal(
      await terminal.window(),
      'the server is busy (429): trying again in 2 s\n' +
        'Context sandbox, namespace prod, user sandbox\nActing as VM Operator main (v1alpha6), load balancer other than NSX',
    );
  });

  test('in a terminal it stands where the plan will be, and is gone when that asks', { skip: noTerminal }, async () => {
    const { supervisor, proxy, release } = await slowReading();
    const folder = mkdtempSync(join(tmpdir(), 'vmsvc-progress-'));
    after(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'kubeconfig'), sandboxKubeconfig(proxy.access));
    const terminal = pseudoTerminal(['reconcile', 'web', '-n', 'prod', '--once'], {
      env: { KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder },
      cwd: folder,
    });
    await terminal.shows('(1s)');
    assert.match(terminal.screen(), /^Reading .*\(\ds\)$/);
    release();
    await terminal.shows('[y/N]');
    assert.doesNotMatch(terminal.screen(), /Reading/);
    terminal.type('n', keys.enter);
    assert.deepEqual([await terminal.ended(), supervisor.writes], [1, []]);
  });
});
