import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { keys, noTerminal, type PseudoTerminal, pseudoTerminal } from '../support/pseudo-terminal.ts';
import { aSupervisor } from '../support/supervisor.ts';

const question = 'Apply 3 changes to prod on context sandbox as sandbox? [y/N]';

/** A reconcile that has shown its plan and asks, and has begun the file of what was there before. */
async function asked() {
  const supervisor = await aSupervisor([aVmService('web'), aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' })]);
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-terminal-'));
  after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'kubeconfig'), sandboxKubeconfig(supervisor.access));
  const words = ['reconcile', 'web', '-n', 'prod', '--once', '--save-before=before.json'];
  const terminal = pseudoTerminal(words, { env: { KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder }, cwd: folder });
  await terminal.shows(question);
  assert.deepEqual(filesIn(folder), ['before.json', 'kubeconfig']);
  return { supervisor, folder, terminal };
}

/** What a user would see there. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .toSorted();
}

describe('reconcile asks on a terminal', { skip: noTerminal }, () => {
  test('y does it', async () => {
    const { supervisor, folder, terminal } = await asked();
    terminal.type('y', keys.enter);
    assert.equal(await terminal.ended(), 0, terminal.screen());
    assert.match(terminal.screen(), /\nservice\/web created\nendpoints\/web created\n/);
    assert.equal(supervisor.writes.length, 3);
    assert.deepEqual(filesIn(folder), ['before.json', 'kubeconfig']);
  });

  const others: readonly (readonly [what: string, act: (terminal: PseudoTerminal) => void, code: number])[] = [
    ['n', (terminal) => terminal.type('n', keys.enter), 1],
    ['Ctrl-D', (terminal) => terminal.type(keys.ctrlD), 1],
    ['Ctrl-C', (terminal) => terminal.type(keys.ctrlC), 130],
    ['R074 a terminal that is closed', (terminal) => terminal.hangUp(), 129],
  ];
  for (const [what, act, code] of others) {
    test(`${what} changes nothing, and leaves no file in the way of the next run`, async () => {
      const { supervisor, folder, terminal } = await asked();
      const before = supervisor.cluster.server.state;
      act(terminal);
      assert.equal(await terminal.ended(), code, terminal.screen());
      assert.deepEqual([supervisor.cluster.server.state, supervisor.writes], [before, []]);
      assert.deepEqual(filesIn(folder), ['kubeconfig']);
      if (code !== 129) assert.match(terminal.screen(), /\nnothing was changed\s*$/);
    });
  }
});
