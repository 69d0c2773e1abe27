import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { allCommands } from '../../src/cli/find-command.ts';
import { run } from '../../src/cli/run.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { aSupervisor } from '../support/supervisor.ts';
import { testIo } from '../support/test-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-every-source-'));
after(() => rmSync(folder, { recursive: true }));
const [bundle, file] = [join(folder, 'b.tgz'), join(folder, 'world.json')];

const commands = await allCommands();
const world = [aVmService('web'), aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' })];
const supervisor = await aSupervisor(world);
writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: world }));
assert.equal((await supervisor.run(`bundle -n prod -f ${bundle}`)).code, 0);

/** What leads to objects, each given to every command that declares its first flag. */
const sources: readonly (readonly string[])[] = [
  ['--bundle', bundle],
  ['--bundle', bundle, '--partial'],
  ['--bundle', bundle, '-A'],
  ['--offline', '-f', file],
  ['--offline', '-f', file, '-R'],
  ['--offline', '-f', file, '-A'],
  ['-f', file],
  ['-f', file, '-R'],
];

/** Ways to call a command that shared code goes different ways for; other commands stand alone. */
const calls: Readonly<Record<string, readonly string[]>> = {
  get: ['', 'web', '-o wide', '-o json'],
  describe: ['', 'web', 'vm/web-1', '-o yaml'],
  debug: ['', 'web', 'vm/web-1', 'web --probe', '-o json'],
  vms: ['', 'web', '--near-misses'],
  reconcile: ['web --once', '--once -n prod --dry-run', 'web --once --print', '--orphans'],
  diff: ['', 'web', '--as-controller'],
  nudge: ['web --timeout=100ms', '--timeout=100ms -n prod'],
  delete: ['web', 'web --dry-run=client'],
  wait: ['web --for=healthy --timeout=0', 'web --for=delete --timeout=0'],
  create: [
    'shop --type=LoadBalancer --port=80 --selector=app=web --dry-run=client',
    'shop --type=ClusterIP --port=80 --from=web-1 --dry-run=client',
  ],
};

const flagOf: Readonly<Record<string, string>> = { '--bundle': 'bundle', '--offline': 'offline', '-f': 'filename' };

suite('a command answers from whatever leads it to objects, or says why it does not:', () => {
  for (const { name, options } of commands) {
    const taken = sources.filter(([flag = '']) => options.some((option) => option.name === flagOf[flag]));
    // `bundle -f` names the file that it makes.
    if (taken.length === 0 || name === 'bundle') continue;
    test(name, async () => {
      for (const call of calls[name] ?? ['']) {
        for (const source of taken) {
          const words = [name, ...call.split(' ').filter((word) => word !== ''), ...source];
          const { code, err } = source[0] === '-f' ? await supervisor.runWords(words) : await alone(words);
          assert.ok(code <= 3, `${words.join(' ')}: ${code}, ${err}`);
          if (code > 1) assert.match(err, /^(error|Error from server|Warning).*: /m, words.join(' '));
        }
      }
    });
  }
});

async function alone(words: readonly string[]) {
  const io = testIo(words, { cwd: folder });
  const code = await run(io);
  return { code, err: io.err() };
}
