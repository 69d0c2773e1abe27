import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { readAdmissions } from '../support/conformance.ts';
import { withCopiedMistakes } from '../support/copied-mistakes.ts';
import { randomFrom } from '../support/random.ts';
import { realCluster, realKubeconfig, realRelease } from '../support/real-cluster.ts';
import { loadObjects } from '../support/real-worlds.ts';
import { testIo } from '../support/test-io.ts';
import { yamlInSomeStyle } from '../support/yaml-styles.ts';

/** A namespace of a real kube-apiserver, which judges manifests strictly, as it does for `kubectl create`. */
async function aJudge(t: TestContext) {
  const place = await realCluster(`fix-${randomUUID().slice(0, 8)}`);
  t.after(() => place.close());
  await loadObjects(place.cluster, [], place.namespace);
  const release = await realRelease();
  return {
    namespace: place.namespace,
    /** What the server has against it. */
    refusal(manifests: string): string {
      const words = ['create', '--kubeconfig', realKubeconfig(), '-n', place.namespace, '--dry-run=server', '--validate=strict', '-f', '-'];
      const { status, stderr } = spawnSync('kubectl', words, { input: manifests, encoding: 'utf8' });
      return status === 0 ? '' : stderr;
    },
    async fixed(manifests: string) {
      const io = testIo(['validate', '-f', '-', '--fix', '-q', `--release=${release}`], { stdin: manifests });
      const code = await run(io);
      return { code, out: io.out(), err: io.err() };
    },
  };
}

const example = (name: string) => readFileSync(new URL(`../cli/validate/${name}`, import.meta.url), 'utf8');

for (const name of ['docs-my-vm-service.yaml', 'copied-core-service.yaml', 'mended.json']) {
  test(`${name} is refused by the server, and taken once it is mended`, async (t) => {
    const judge = await aJudge(t);
    const before = example(name);
    assert.notEqual(judge.refusal(before), '');
    const { code, out, err } = await judge.fixed(before);
    assert.equal(code, 0, err);
    assert.equal(judge.refusal(out), '', out);
    assert.equal((await judge.fixed(out)).out, out);
  });
}

test('what is mended and has no error left, in any layout, is taken by the server', async (t) => {
  const judge = await aJudge(t);
  const random = randomFrom(20261128);
  const samples = readAdmissions().filter((_, index) => index % 4 === 0);
  const taken: string[] = [];
  for (const [index, { object }] of samples.entries()) {
    const wrong = {
      ...withCopiedMistakes(object, random),
      metadata: { ...sectionOf(object, 'metadata'), name: `web-${index}`, namespace: judge.namespace },
    };
    const { code, out } = await judge.fixed(yamlInSomeStyle(wrong, random));
    if (code === 0) taken.push(out);
  }
  assert.ok(taken.length > 30, `${taken.length} of ${samples.length}`);
  assert.equal(judge.refusal(taken.map((text) => (text.startsWith('---') ? text : `---\n${text}`)).join('')), '');
});

function sectionOf(object: object, name: string): object {
  const section: unknown = Object.entries(object).find(([key]) => key === name)?.[1];
  return typeof section === 'object' && section !== null ? section : {};
}
