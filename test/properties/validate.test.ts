import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import type { JsonObject } from '../../src/model/object.ts';
import { readAdmissions } from '../support/conformance.ts';
import { withCopiedMistakes } from '../support/copied-mistakes.ts';
import { garbled, mutated } from '../support/mutations.ts';
import { randomFrom } from '../support/random.ts';
import { testIo } from '../support/test-io.ts';
import { child, object, ranges, service } from '../support/validate-cases.ts';
import { yamlInSomeStyle } from '../support/yaml-styles.ts';

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-fuzz-'));
after(() => rmSync(folder, { recursive: true }));

const flags = [
  [],
  ['--release=A'],
  ['--release=C', '--kubernetes-version=1.22'],
  ['--release=main', '--capability', 'supports_workload_ipv6=true'],
  ['--release=9.1', '--fail-on=never'],
];

/** Whatever is in the input, there is one answer of the kind that was asked for. */
async function answers(stdin: string | Uint8Array, words: readonly string[], seed: string): Promise<void> {
  const io = testIo(['validate', '-f', '-', '-o', 'json', ...words], { stdin, cwd: folder });
  const code = await run(io);
  assert.ok(code === 0 || code === 1 || code === 3, `${seed}: exit code ${code}: ${io.err()}`);
  if (code === 3 && io.out() === '') return assert.match(io.err(), /^error: /, seed);
  const { findings } = JSON.parse(io.out());
  for (const { location, message, code: found } of findings) {
    assert.ok(
      location.line >= 1 && location.column >= 1 && message !== '' && /^VMS\d{3}$/.test(found),
      `${seed}: ${JSON.stringify(findings)}`,
    );
  }
  // The same on a terminal, where lines are shown.
  const terminal = testIo(['validate', '-f', '-', '--color=never', ...words], { stdin, cwd: folder, tty: { stdout: true } });
  assert.equal(await run(terminal), code, seed);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not get through
  assert.doesNotMatch(terminal.out(), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/, seed);
}

test('objects that were changed at random are judged, whatever became of them', async () => {
  const bases: readonly JsonObject[] = [
    service(),
    service({ version: 'v1alpha1', annotations: { a: 'b' } }),
    service({ spec: { type: 'ExternalName', externalName: 'a.example.com', ports: null } }),
    service({ spec: { type: 'ClusterIP', clusterIp: 'None', ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' } }),
    ...readAdmissions()
      .slice(0, 40)
      .map((admission) => admission.object),
  ];
  const around: readonly JsonObject[] = [
    object(
      'vmoperator.vmware.com/v1alpha6',
      'VirtualMachine',
      'web-1',
      { spec: {}, status: { network: { primaryIP4: '10.1.0.11' } } },
      { labels: { app: 'web' } },
    ),
    child({ clusterIP: '10.96.0.9' }),
    ranges('10.96.0.0/16'),
    object('v1', 'ResourceQuota', 'quota', { status: { hard: { services: '1' }, used: { services: '1' } } }),
    object('v1', 'Endpoints', 'web', { subsets: [] }),
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a' } },
  ];
  const random = randomFrom(20);
  for (let round = 0; round < 250; round += 1) {
    const base = bases[round % bases.length] ?? {};
    const judged = [mutated(base, random), ...around.map((item) => (random() < 0.3 ? mutated(item, random) : item))];
    const stored = join(folder, 'old.json');
    writeFileSync(stored, JSON.stringify(mutated(base, random)));
    const words = [...(flags[round % flags.length] ?? []), ...(round % 3 === 0 ? ['--old', stored] : [])];
    await answers(judged.map((item) => JSON.stringify(item)).join('\n'), words, `round ${round}: ${JSON.stringify(judged[0])}`);
  }
});

test('texts that were garbled at random are read as far as they go', async () => {
  const folderOfTests = join(import.meta.dirname, '../cli/validate');
  const bases = ['docs-my-vm-service.yaml', 'copied-core-service.yaml'].map((name) => readFileSync(join(folderOfTests, name), 'utf8'));
  const random = randomFrom(21);
  for (let round = 0; round < 250; round += 1) {
    const text = garbled(bases[round % bases.length] ?? '', random);
    await answers(text, flags[round % flags.length] ?? [], `round ${round}: ${JSON.stringify(text)}`);
  }
});

test('texts in any style, garbled, are mended once and for all', async () => {
  const random = randomFrom(23);
  const objects = readAdmissions().map((admission) => admission.object);
  for (let round = 0; round < 150; round += 1) {
    const text = garbled(yamlInSomeStyle(withCopiedMistakes(objects[round % objects.length] ?? {}, random), random), random);
    const mend = async (stdin: string): Promise<string> => {
      const io = testIo(['validate', '-f', '-', '--fix', ...(flags[round % flags.length] ?? [])], { stdin, cwd: folder });
      const code = await run(io);
      assert.ok(code === 0 || code === 1 || code === 3, `round ${round}: exit code ${code}: ${io.err()}: ${JSON.stringify(text)}`);
      return io.out();
    };
    const once = await mend(text);
    if (once !== '') assert.equal(await mend(once), once, `round ${round}: ${JSON.stringify(text)}`);
  }
});

test('bytes that are no text at all are refused', async () => {
  const random = randomFrom(22);
  for (let round = 0; round < 40; round += 1) {
    const bytes = Uint8Array.from({ length: 1 + Math.floor(random() * 200) }, () => Math.floor(random() * 256));
    await answers(bytes, [], `round ${round}: ${bytes.join(' ')}`);
  }
});
