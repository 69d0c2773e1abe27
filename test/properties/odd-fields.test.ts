import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import fc from 'fast-check';
import { isWatch } from '../../src/apiserver/http/http-message.ts';
import { run } from '../../src/cli/run.ts';
import { jsonOf, type KubeObject } from '../../src/model/object.ts';
import { propertyOptions } from '../support/arbitraries.ts';
import { withOddField } from '../support/mutations.ts';
import { randomFrom } from '../support/random.ts';
import { scenarioWorld } from '../support/scenario.ts';
import { aSupervisor, type Said, type Supervisor } from '../support/supervisor.ts';
import { testIo } from '../support/test-io.ts';

const scenarios = join(import.meta.dirname, '../scenarios');
/** What is hostile there are texts, which validate -f prints as they are when it mends them. */
const folders = readdirSync(scenarios).filter((name) => existsSync(join(scenarios, name, 'cluster.yaml')) && !name.startsWith('hostile'));
const worlds = await Promise.all(folders.map((name) => scenarioWorld(join(scenarios, name))));
const folder = mkdtempSync(join(tmpdir(), 'vmsvc-odd-'));
after(() => rmSync(folder, { recursive: true }));

const readings: readonly string[] = [
  'get',
  'get -o wide',
  'get WEB -o yaml',
  'vms -o wide',
  'vms WEB',
  'describe WEB',
  'describe vm/VM',
  'debug',
  'debug --all -o json',
  'debug WEB --all',
  'diff WEB',
  'diff -o json',
  'reconcile WEB --once --dry-run=client',
  'reconcile WEB --once --print',
  'events WEB',
  'create new --from=svc/WEB --dry-run=client -o yaml',
  'create new --selector=app=web --port=80 --dry-run=client',
];
/** Those that have no namespace or files of their own. */
const ofFiles: readonly string[] = ['validate -f world.json', 'validate -f world.json --fix', 'convert --offline -f world.json'];
const ofServers: readonly string[] = [
  'wait WEB --for=healthy --timeout=1ms',
  'can-i describe',
  'delete WEB --dry-run=server --yes',
  'bundle --file=-',
  'reconcile WEB --once --dry-run=server',
  'validate WEB',
];

/** The words about one service and one VM of a world. */
function wordsFor(command: string, world: readonly KubeObject[]): string {
  const named = (wanted: string) => world.find(({ kind }) => kind === wanted)?.metadata;
  const web = named('VirtualMachineService') ?? { name: 'web', namespace: 'prod' };
  const place = /world\.json/.test(command) ? '' : ` -n ${web.namespace ?? 'default'}`;
  return `${command.replace('WEB', web.name).replace('VM', named('VirtualMachine')?.name ?? 'web-1')}${place}`;
}

/** One answer of the kind that is documented, in which nothing of ours shows. */
function assertAnswered({ code, out, err }: Said, what: string): void {
  assert.ok([0, 1, 2, 3].includes(code), `exit code ${code}: ${err}\n${what}`);
  assert.doesNotMatch(out + err, /\[object Object\]|\bundefined\b|\bNaN\b|^ {4}at /m, what);
  assert.doesNotMatch(out + err, /[^\P{C}\n\t]|\u2028|\u2029/u, what);
  if (code === 3) assert.notEqual(err + out, '', what);
}

suite('odd values in the fields of objects', () => {
  test('of files are answered with what is right, or with what cannot be read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...worlds),
        fc.nat(),
        fc.constantFrom(...readings.map((command) => `${command} --offline -f world.json`), ...ofFiles),
        async (world, seed, command) => {
          const random = randomFrom(seed);
          const at = Math.floor(random() * world.length);
          const odd = world.map((object, index) =>
            index === at ? withOddField(jsonOf(object), random) : { value: jsonOf(object), said: '' },
          );
          writeFileSync(
            join(folder, 'world.json'),
            JSON.stringify({ apiVersion: 'v1', kind: 'List', items: odd.map(({ value }) => value) }),
          );
          const own = wordsFor(command.replace(' --offline -f world.json', ''), world);
          const words = `${own}${command.endsWith(' --offline -f world.json') ? ' --offline -f world.json' : ''}`;
          const io = testIo(words.split(' '), { cwd: folder, env: { LANG: 'C.UTF-8' } });
          const code = await run(io);
          assertAnswered({ code, out: io.out(), err: io.err() }, `${words}: ${world[at]?.kind} ${odd[at]?.said}`);
        },
      ),
      propertyOptions(500),
    );
  });

  test('of answers of a server are answered with what is right, or with what could not be looked at', async () => {
    const names = ['a-healthy-service', 'two-of-five-vms-receive-traffic', 'stored-endpoints-have-drifted'];
    const stages: { readonly world: readonly KubeObject[]; readonly supervisor: Supervisor }[] = [];
    let random = randomFrom(0);
    let said: string[] = [];
    for (const name of names) {
      const world = await scenarioWorld(join(scenarios, name));
      const supervisor = await aSupervisor(world);
      supervisor.disturb(({ method, path }, pass) => {
        const answer = pass();
        if (isWatch(answer) || typeof answer.body !== 'string' || random() < 0.5) return answer;
        const odd = withOddField(JSON.parse(answer.body), random);
        said.push(`${method} ${path} ${odd.said}`);
        return { ...answer, body: JSON.stringify(odd.value) };
      });
      stages.push({ world, supervisor });
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(...readings, ...ofServers), async (seed, command) => {
        random = randomFrom(seed);
        said = [];
        const stage = stages[seed % stages.length] ?? assert.fail('there is no stage');
        const words = wordsFor(command, stage.world);
        const { code, out, err } = await stage.supervisor.run(words);
        // A bundle is packed, and no text.
        assertAnswered({ code, out: command.startsWith('bundle') ? '' : out, err }, `${words}: ${said.join('; ')}`);
      }),
      propertyOptions(250),
    );
  });
});
