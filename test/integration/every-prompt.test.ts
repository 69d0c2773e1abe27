import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { keys, noTerminal, type PseudoTerminal, pseudoTerminal } from '../support/pseudo-terminal.ts';
import { aSupervisor } from '../support/supervisor.ts';

const web = aVmService('web');
const vm = aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' });
const kept = aVmService('api', {
  owners: [{ apiVersion: 'vmware.infrastructure.cluster.x-k8s.io/v1beta1', kind: 'VSphereCluster', name: 'tkc', uid: 'u' }],
});
const world = [
  web,
  vm,
  aService('web', { owners: [ownedBy(web)], ports: [{ name: 'http', port: 81, protocol: 'TCP', targetPort: 8081 }] }),
  someEndpoints('web', { owners: [ownedBy(web)] }),
  aService('gone', { owners: [ownedBy(aVmService('gone'))] }),
  kept,
  aService('api', { owners: [ownedBy(kept)] }),
];

/** Each question, and the command that asks it. */
const questions: readonly (readonly [command: string, question: string])[] = [
  ['reconcile web -n prod --once', 'Apply 3 changes to prod on context sandbox as sandbox? [y/N]'],
  ['reconcile --undo=before.json', 'Undo 3 changes on context sandbox? [y/N]'],
  ['reconcile --orphans -n prod', 'Delete it? [y/N]'],
  ['delete web -n prod', 'Delete web in prod on context sandbox as sandbox? [y/N]'],
  ['create shop --type=ClusterIP --port=80 --from=vm/web-1 --label-vm=role=shop -n prod', '[y/N]'],
  ['create -n prod', '? What is it to be called?'],
  ['create shop --type=ClusterIP --port=80 --selector=app=web -n prod -i', '? Create it?'],
  ['nudge api -n prod', 'Nudge VirtualMachineService prod/api of workload cluster tkc? [y/N]'],
];

const ends: readonly (readonly [what: string, act: (terminal: PseudoTerminal) => void, code: number])[] = [
  ['R073 Ctrl-C', (terminal) => terminal.type(keys.ctrlC), 130],
  ['R073 SIGINT', (terminal) => terminal.signal('SIGINT'), 130],
  ['Ctrl-D', (terminal) => terminal.type(keys.ctrlD), 1],
  ['R074 SIGTERM', (terminal) => terminal.signal('SIGTERM'), 143],
  ['R074 a terminal that is closed', (terminal) => terminal.hangUp(), 129],
];

for (const [command, question] of questions) {
  describe(`the question of ${command}`, { skip: noTerminal }, () => {
    for (const [what, act, code] of ends) {
      test(`${what} changes nothing, leaves no file, and ends with ${code}`, async () => {
        const supervisor = await aSupervisor(world);
        const folder = mkdtempSync(join(tmpdir(), 'vmsvc-prompt-'));
        after(() => rmSync(folder, { recursive: true }));
        writeFileSync(join(folder, 'kubeconfig'), sandboxKubeconfig(supervisor.access));
        if (command.includes('--undo')) {
          const { code: saved } = await supervisor.run('reconcile web -n prod --once --save-before=before.json', { cwd: folder });
          assert.equal(saved, 0);
          supervisor.forget();
        }
        const [before, files] = [supervisor.cluster.server.state, readdirSync(folder)];
        const terminal = pseudoTerminal(command.split(' '), {
          env: { KUBECONFIG: join(folder, 'kubeconfig'), HOME: '/nonexistent' },
          cwd: folder,
        });
        await terminal.shows(question);
        act(terminal);
        assert.equal(await terminal.ended(), code, terminal.screen());
        assert.deepEqual([supervisor.cluster.server.state, supervisor.writes, readdirSync(folder)], [before, [], files]);
        if (code !== 129) assert.match(terminal.screen(), /\n *nothing was changed$/);
      });
    }
  });
}
