import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { readYamlDocuments } from '../../src/cluster/files/yaml-reader.ts';
import { type Json, jsonOf } from '../../src/model/object.ts';
import { isMap } from '../../src/model/raw-json.ts';
import { displayWidth } from '../../src/render/display-width.ts';
import { scenarioWorld } from '../support/scenario.ts';
import { testIo } from '../support/test-io.ts';

/** Colours, OSC 8 and 52, C1, bidi, zero width, tags, a NUL, lone surrogates, a flood of marks, Hebrew, emoji, lines of their own, shells. */
const hostile =
  '\u001b[31m\u001b]52;c;eA==\u0007\u001b]8;;https://evil.test\u0007x\u009b2J\u202e\u2066\u200b\u{e0041}\u0000\ud800\u05d0\u{1f600}e' +
  `${'\u0301'.repeat(9)}</script>|"=1+1",$(id)\`id\`';id;'&id # %0A::error::x\r\nFORGED ok\u2028kubectl delete ns prod\nkubectl delete ns prod`;

/** The way to a text within an object, or to a key of a map whose keys are anybody's. */
interface Place {
  readonly path: readonly (string | number)[];
  readonly isKey: boolean;
}

const freeKeys = ['labels', 'annotations', 'selector', 'matchLabels', 'hard', 'used'];

function placesIn(value: Json, path: Place['path'] = []): readonly Place[] {
  if (typeof value === 'string') return [{ path, isKey: false }];
  if (Array.isArray(value)) return value.flatMap((item: Json, index) => placesIn(item, [...path, index]));
  if (!isMap(value)) return [];
  const areFree = freeKeys.includes(String(path.at(-1)));
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(areFree ? [{ path: [...path, key], isKey: true }] : []),
    ...placesIn(inner ?? null, [...path, key]),
  ]);
}

/** The object with that text in place of another, or behind it. */
function withText(value: Json, { path, isKey }: Place, change: (text: string) => string): Json {
  const [step, ...rest] = path;
  if (step === undefined) return change(String(value));
  const inner = { path: rest, isKey };
  if (Array.isArray(value)) return value.map((item: Json, index) => (index === step ? withText(item, inner, change) : item));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]): [string, Json] => {
      if (key !== step) return [key, item ?? null];
      return isKey && rest.length === 0 ? [change(key), item ?? null] : [key, withText(item ?? null, inner, change)];
    }),
  );
}

/** With SERVICE, VM and NAMESPACE for the names of a world. */
const commands: readonly string[] = [
  'get -n NAMESPACE',
  'get -n NAMESPACE -o wide --show-labels',
  'get -A -L app',
  'get SERVICE -n NAMESPACE -o yaml',
  'get -n NAMESPACE -o name',
  'get -n NAMESPACE --sort-by=.metadata.name -o custom-columns=N:.metadata.name,L:.metadata.labels,S:.spec',
  'vms -n NAMESPACE -o wide',
  'vms SERVICE -n NAMESPACE',
  'describe SERVICE -n NAMESPACE',
  'describe SERVICE -n NAMESPACE -o mermaid',
  'describe SERVICE -n NAMESPACE -o dot',
  'describe SERVICE -n NAMESPACE -o json',
  'describe vm/VM -n NAMESPACE',
  'debug SERVICE -n NAMESPACE --all --show-dangerous',
  'debug vm/VM -n NAMESPACE',
  'debug -A',
  'debug -n NAMESPACE -o sarif',
  'debug SERVICE -n NAMESPACE -o json',
  'diff SERVICE -n NAMESPACE',
  'diff SERVICE -n NAMESPACE -o unified',
  'reconcile SERVICE -n NAMESPACE --once --dry-run=client --adopt',
  'reconcile SERVICE -n NAMESPACE --once --print',
  'events SERVICE -n NAMESPACE',
  'create new --type=LoadBalancer --from=vm/VM --port=80 -n NAMESPACE --dry-run=client',
  'create new --type=LoadBalancer --selector=app=web --port=80 -n NAMESPACE --dry-run=client',
];
const ofFiles: readonly string[] = [
  'validate -f world.json',
  'validate -f world.json -o sarif',
  'validate -f world.json -o junit',
  'validate -f world.json -o github',
  'validate -f world.json -o tap',
  'convert --offline -f world.json',
];

/** What no output may hold. Tabs come before a sign that points at a place in a file. */
const forbidden: readonly (readonly [string, RegExp])[] = [
  ['raw', /[^\P{C}\n\t]|\u2028|\u2029|\p{M}{5}/u],
  ['a forged line', /^\s*(?:FORGED|kubectl delete ns prod)/m],
  ['of ours', /\[object Object\]|\bundefined\b|\bNaN\b|^ {4}at /m],
];

function assertHarmless(words: string, out: string, err: string): void {
  for (const [what, pattern] of forbidden) {
    const at = pattern.exec(out + err)?.index;
    assert.equal(at, undefined, `${what}: ${JSON.stringify((out + err).slice(Math.max(0, (at ?? 0) - 100), (at ?? 0) + 60))}`);
  }
  if (/-o (?:json|sarif)$/.test(words) && out !== '') assert.equal(typeof JSON.parse(out), 'object');
  if (/-o yaml$|--print|^convert/.test(words)) readYamlDocuments(out);
  const lines = out.split('\n').filter((line) => line !== '');
  if (words.endsWith('-o github')) for (const line of lines) assert.match(line, /^::(?:error|warning|notice) /);
  // Nobody pastes out of XML.
  for (const line of words.endsWith('-o junit') ? [] : lines) {
    const pasted = /^ *(?:(?:fix|look|proof|run) +)?(kubectl .*)$/.exec(line)?.[1]?.replace(/ {3}# .*$/, '');
    const bare = pasted?.replaceAll("'\\''", '').replaceAll(/'[^']*'/g, '') ?? '';
    assert.doesNotMatch(bare, /[$`;|&<>]/, `a shell would act on: ${line}`);
  }
  if (/^(?:get|vms|events) (?!.*-o (?:yaml|name|custom))/.test(words)) assertColumns(lines);
}

/** Every column begins where its head does. */
function assertColumns([head = '', ...rows]: readonly string[]): void {
  if (!/^(?:NAME|NAMESPACE|LAST SEEN)\b.* {2}/.test(head)) return;
  const starts = [...head.matchAll(/(?<= {2})\S/g)].map(({ index }) => index);
  for (const row of rows) {
    const cells = [...new Intl.Segmenter().segment(row)].flatMap(({ segment }) => [
      segment,
      ...Array.from({ length: displayWidth(segment) - 1 }, () => ''),
    ]);
    for (const start of starts) assert.ok((cells[start - 1] ?? ' ') === ' ', `column ${start} is shifted:\n${head}\n${row}`);
  }
}

suite('R093, R094, R102 a hostile text in every field of every kind, one at a time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-hostile-'));
  after(() => rmSync(folder, { recursive: true }));
  const scenarios = join(import.meta.dirname, '../scenarios');
  const names = readdirSync(scenarios).filter((name) => existsSync(join(scenarios, name, 'cluster.yaml')) && !name.startsWith('hostile'));
  const walked = new Set<string>();
  let turn = 0;

  /** So many commands see each text: the next ones of the list, so that in the end each has seen texts of every kind. */
  const each = 3;

  for (const name of names) {
    test(`of the world ${name}`, async () => {
      const world = await scenarioWorld(join(scenarios, name));
      const named = (kind: string) => world.find((object) => object.kind === kind)?.metadata;
      const service = named('VirtualMachineService');
      const all = [...commands.map((command) => `${command} --offline -f world.json`), ...ofFiles].map((command) =>
        command
          .replace('SERVICE', service?.name ?? 'web')
          .replace('VM', named('VirtualMachine')?.name ?? 'web-1')
          .replace('NAMESPACE', service?.namespace ?? 'default'),
      );
      for (const [index, object] of world.entries()) {
        for (const place of placesIn(jsonOf(object))) {
          const field = `${object.kind} ${place.path.map((step) => (typeof step === 'number' ? '#' : step)).join('.')} ${place.isKey}`;
          if (walked.has(field)) continue;
          walked.add(field);
          for (const change of [(text: string) => `${text}${hostile}`, () => hostile]) {
            const items = world.map((other, at) => (at === index ? withText(jsonOf(other), place, change) : other));
            writeFileSync(join(folder, 'world.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
            for (let count = 0; count < each; count += 1) {
              const words = all[turn++ % all.length] ?? assert.fail('there is no command');
              const io = testIo(words.split(' '), {
                cwd: folder,
                env: { LANG: 'C.UTF-8', NO_COLOR: '1' },
                tty: { stdout: turn % 2 === 0, stderr: true },
                columns: 120,
              });
              const code = await run(io);
              const where = `${words}, ${field}`;
              assert.ok([0, 1, 2, 3].includes(code), `exit ${code}: ${where}`);
              try {
                assertHarmless(words.replace(' --offline -f world.json', ''), io.out(), io.err());
              } catch (error) {
                assert.fail(`${where}: ${error instanceof Error ? error.message : error}`);
              }
            }
          }
        }
      }
    });
  }
});
