import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { readYamlDocuments } from '../../src/cluster/files/yaml-reader.ts';
import { surroundingKinds } from '../../src/core/surroundings.ts';
import { type Json, jsonOf } from '../../src/model/object.ts';
import { isMap } from '../../src/model/raw-json.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { slice } from '../support/diagnosed.ts';
import { testIo } from '../support/test-io.ts';

/** Colours, OSC 8, a C1 control, bidi, zero width, a line of its own, the end of a script, a formula, a command; and very long. */
const evil = `\u001b[31m\u001b]8;;https://evil.test\u0007x\u001b]8;;\u0007\u009b2J\u202e\u2066\u200b\r\nFORGED ok\u2028</script>,"=1+1",'$(id)\`id\`;${'A'.repeat(3000)}`;

/** What the meaning of an object hangs on stays; to everything else that is text, and to every key of labels, the hostile one is added. */
function poisoned(value: Json, field = ''): Json {
  if (typeof value === 'string') return kept.includes(field) || isMeant(value) ? value : `${value}${evil}`;
  if (Array.isArray(value)) return value.map((item: Json) => poisoned(item, field));
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, Json] => [key, poisoned(inner ?? null, key)]);
  const more: readonly [string, Json][] = ['labels', 'annotations', 'selector'].includes(field) ? [[`k${evil}`, evil]] : [];
  return Object.fromEntries([...entries, ...(field === 'selector' ? [] : more)]);
}

const kept = ['kind', 'apiVersion', 'uid', 'name', 'namespace', 'protocol', 'powerState', 'addressType', 'manager', 'selector', 'app'];

function isMeant(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT|^[\d.]+(\/\d+)?$|^(True|False|LoadBalancer|SingleStack|Cluster|IPv4|None|web|\S*managed-by\S*|\S*controller\S*)$/.test(
    text,
  );
}

const web = aVmService('web', { ingress: ['192.0.2.7'], annotations: { note: 'x' } });
const bare = { namespace: 'prod', creationTimestamp: '2026-11-20T11:50:00Z' };
const condition = { type: 'Ready', status: 'False', reason: 'Because', message: 'said' };

const world: readonly Json[] = [
  web,
  aVm('web-1', { labels: { app: 'web' }, ip: '10.0.0.1', ready: false, readyMessage: 'refused', host: 'esx', zone: 'zone' }),
  aVm('web-2', { labels: { app: 'Web' }, power: 'off', conditions: [{ ...condition, type: 'VirtualMachineTools' } as never] }),
  aService('web', { owners: [ownedBy(web)], ingress: ['192.0.2.7'], annotations: { 'ncp/error.loadbalancer': 'FULL' } }),
  someEndpoints('web', { owners: [ownedBy(web)], notReady: ['10.0.0.1'], annotations: { note: 'x' } }),
  { ...jsonOf(slice(['10.0.0.1'])), metadata: { name: 'web-1', namespace: 'prod', labels: { 'kubernetes.io/service-name': 'web' } } },
  {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { ...bare, name: 'web.1' },
    involvedObject: { kind: 'VirtualMachineService', name: 'web', namespace: 'prod' },
    reason: 'Because',
    message: 'said',
    type: 'Warning',
    source: { component: 'somebody' },
    lastTimestamp: '2026-11-20T11:50:00Z',
  },
  ...Object.values(surroundingKinds).map(({ group, kind, version }: { group: string; kind: string; version?: string }) => ({
    apiVersion: `${group === '' ? '' : `${group}/`}${version ?? 'v1'}`,
    kind,
    metadata: { ...bare, name: 'web', labels: { note: 'x' } },
    spec: { note: 'x', podSelector: {} },
    status: { conditions: [condition] },
  })),
].map((object) => poisoned(object as unknown as Json));

const commands = [
  ...['', ' --all', ' web', ' vm/web-1', ' vm/web-2', ' --show-dangerous'].map((more) => `debug -n prod${more}`),
  ...['', ' -o wide', ' --show-labels', ' -L app'].map((more) => `get -n prod${more}`),
  ...['', ' web', ' -o wide'].map((more) => `vms -n prod${more}`),
  ...['', ' -o unified', ' -o name', ' --as-controller'].map((more) => `diff web -n prod${more}`),
  ...['--dry-run=client', '--dry-run=client --adopt', '--print', '--dry-run=client -o name'].map(
    (more) => `reconcile web -n prod --once ${more}`,
  ),
  ...['describe web -n prod', 'describe vm/web-1 -n prod', 'describe vm/web-2 -n prod', 'events web -n prod'],
];
const documents = ['debug', 'get', 'vms', 'describe', 'events', 'diff', 'reconcile --once --dry-run=client'].flatMap((command) =>
  ['json', 'yaml', ...(command === 'debug' ? ['sarif'] : [])].map((format) => [command, format] as const),
);

suite('R093 texts of strangers in every field of every kind', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-hostile-'));
  after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'world.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: world }));
  const say = async (words: string, tty: boolean) => {
    const io = testIo([...words.split(' '), '--offline', '-f', 'world.json'], {
      cwd: folder,
      env: { LANG: 'C.UTF-8', NO_COLOR: '1' },
      tty: { stdout: tty, stderr: tty },
      columns: 120,
    });
    const code = await run(io);
    return { code, text: io.out() + io.err(), out: io.out() };
  };

  for (const words of commands) {
    test(`come out escaped: ${words}`, async () => {
      for (const tty of [false, true]) {
        const { code, text } = await say(words, tty);
        assert.ok([0, 1, 3].includes(code), `exit ${code}: ${text.slice(0, 500)}`);
        assert.match(text, /web/);
        const bad = /[^\P{C}\n]|\u2028|\u2029/u.exec(text);
        assert.equal(
          bad,
          null,
          `${JSON.stringify(bad?.[0])} in ${JSON.stringify(text.slice((bad?.index ?? 0) - 80, (bad?.index ?? 0) + 80))}`,
        );
        assert.doesNotMatch(text, /^FORGED/m);
      }
    });
  }

  for (const [command, format] of documents) {
    test(`come out escaped, and can be read back: ${command} -o ${format}`, async () => {
      const { out } = await say(`${command}${command === 'describe' || command === 'events' ? ' web' : ''} -n prod -o ${format}`, false);
      assert.equal(/[^\P{C}\n]|\u2028|\u2029/u.exec(out), null);
      if (format === 'yaml') assert.equal(readYamlDocuments(out).documents.length, 1);
      else assert.equal(typeof JSON.parse(out), 'object');
      // What `vms` tells of a VM has no text that somebody is free to choose.
      assert.ok(out.includes('FORGED') || command === 'vms', 'nothing hostile was there to be told');
    });
  }

  test('come out escaped as the names of objects and namespaces, too, which are then no part of any command', async () => {
    for (const field of ['name', 'namespace'] as const) {
      const named = world.map((object) => {
        const metadata = isMap(object) && isMap(object.metadata) ? object.metadata : {};
        return { ...(isMap(object) ? object : {}), metadata: { ...metadata, [field]: `web${evil}` } };
      });
      writeFileSync(join(folder, 'named.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: named }));
      const place = field === 'name' ? ['-n', 'prod'] : ['-A'];
      for (const words of [
        'debug',
        'debug --all',
        'get',
        'get -o wide',
        'vms',
        'diff',
        'describe',
        'events',
        'reconcile --once --dry-run=client',
      ]) {
        const io = testIo([...words.split(' '), ...place, '--offline', '-f', 'named.json'], {
          cwd: folder,
          env: { LANG: 'C.UTF-8', NO_COLOR: '1' },
        });
        await run(io);
        const text = io.out() + io.err();
        assert.equal(/[^\P{C}\n]|\u2028|\u2029/u.exec(text), null, `${words}: ${JSON.stringify(text)}`);
        assert.doesNotMatch(text, /^FORGED/m, words);
        assert.doesNotMatch(text, /kubectl [^#\n]*FORGED/, words);
      }
    }
  });
});
