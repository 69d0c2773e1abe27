import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { keys, noTerminal, type PseudoTerminal, pseudoTerminal } from '../support/pseudo-terminal.ts';
import { aSupervisor } from '../support/supervisor.ts';

async function start(command: string, objects: readonly KubeObject[], columns: number, rows: number) {
  const supervisor = await aSupervisor(objects);
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-watch-'));
  after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'kubeconfig'), sandboxKubeconfig(supervisor.access));
  const env = { KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder, NO_COLOR: '1' };
  return { supervisor, terminal: pseudoTerminal(command.split(' '), { env, cwd: folder, columns, rows }) };
}

/** Until this alone can be seen; ages grow by themselves, and no line says which it has. */
async function settles(terminal: PseudoTerminal, lines: readonly string[]): Promise<void> {
  const wanted = lines.join('\n');
  let seen = '';
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    seen = (await terminal.window()).replaceAll(/ +\d+d$/gm, '');
    if (seen === wanted) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal(seen, wanted);
}

const many = Array.from({ length: 200 }, (_, index) => aVmService(`svc-${String(index).padStart(3, '0')}`));
const header = 'NAME      TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)   READY   STATUS      AGE';
const row = (index: number) =>
  `svc-${String(index).padStart(3, '0')}   LoadBalancer   <none>       <pending>     80/TCP    0/0     NoService`;

describe('what is watched in a terminal', { skip: noTerminal }, () => {
  test('is as much as its window holds, however that is dragged, and Ctrl-C leaves it', async () => {
    const { terminal } = await start('get -n prod -w', many, 100, 8);
    await settles(terminal, [header, ...[0, 1, 2, 3, 4].map(row), '... 195 more lines: make the window taller']);
    await terminal.resize(100, 5);
    await settles(terminal, [header, ...[0, 1].map(row), '... 198 more lines: make the window taller']);
    await terminal.resize(100, 12);
    await settles(terminal, [header, ...[0, 1, 2, 3, 4, 5, 6, 7, 8].map(row), '... 191 more lines: make the window taller']);
    await terminal.resize(60, 7);
    const wrapped = (line: string) => [line.slice(0, 60).trimEnd(), line.slice(60)];
    await settles(terminal, [...wrapped(header), ...wrapped(row(0)), '... 199 more lines: make the window taller']);
    terminal.type(keys.ctrlC);
    assert.equal(await terminal.ended(), 130);
    assert.match((await terminal.window()).trimEnd(), /make the window taller\n(\^C)?$/);
  });

  test('may have wide letters at the end of a row', async () => {
    const vm = aVm('web-1', { labels: { app: 'web' }, ready: false, readyMessage: `${'負'.repeat(40)} ok`, ip: '10.1.0.11' });
    const { supervisor, terminal } = await start('describe web -n prod -w', [aVmService('web'), vm], 41, 60);
    await terminal.shows('負');
    const before = (await terminal.window()).split('\n').length;
    const ref = { apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachineService', namespace: 'prod', name: 'web' };
    await supervisor.cluster.patch(ref, { metadata: { labels: { seen: 'yes' } } }, { dryRun: 'none', fieldManager: 'other' });
    await terminal.shows('seen=yes');
    const window = await terminal.window();
    assert.deepEqual([window.split('\n').length, window.match(/^Name:/gm)?.length], [before, 1]);
    terminal.type(keys.ctrlC);
    assert.equal(await terminal.ended(), 130);
  });

  test('is waited for in one line, which Ctrl-C takes away before it is said', async () => {
    const { terminal } = await start('wait web -n prod --for=address', [aVmService('web')], 80, 10);
    await terminal.shows('web: no Service yet (');
    terminal.type(keys.ctrlC);
    assert.equal(await terminal.ended(), 130);
    assert.equal((await terminal.window()).trimEnd(), 'interrupted');
  });
});
