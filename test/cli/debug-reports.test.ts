import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { healthy, one, svc } from '../support/diagnosed.ts';
import { sarifProblems } from '../support/report-schemas.ts';
import { saidInScenario } from '../support/scenario.ts';
import { aSupervisor, forbidden } from '../support/supervisor.ts';

const scenarios = join(import.meta.dirname, '../scenarios');
/** Those of a cluster: what no server would have stored is for `validate` alone. */
const folders = readdirSync(scenarios).filter(
  (name) => existsSync(join(scenarios, name, 'cluster.yaml')) && name !== 'story-20-a-copied-core-service',
);

interface Sarif {
  readonly runs: readonly {
    readonly results: readonly { readonly ruleId: string; readonly level: string; readonly message: { readonly text: string } }[];
    readonly invocations: readonly { readonly executionSuccessful: boolean; readonly toolExecutionNotifications?: readonly object[] }[];
  }[];
}

suite('debug -o sarif', () => {
  for (const folder of folders) {
    test(`is SARIF, and says what -o json says: ${folder.replaceAll('-', ' ')}`, async () => {
      const asked = async (format: string) => (await saidInScenario(['debug', '-A', '--all', '-o', format], join(scenarios, folder))).out;
      const text = await asked('sarif');
      assert.deepEqual(sarifProblems(text), []);
      const { runs }: Sarif = JSON.parse(text);
      const { findings }: { findings: readonly { code: string; message: string }[] } = JSON.parse(await asked('json'));
      assert.deepEqual(
        runs.flatMap(({ results }) => results.map(({ ruleId }) => ruleId)),
        findings.map(({ code }) => code),
      );
    });
  }

  test('has no result where all is well, and does not call well what could not be looked at', async () => {
    const supervisor = await aSupervisor(healthy);
    const well = await supervisor.run('debug svc -n prod -o sarif');
    assert.deepEqual(sarifProblems(well.out), []);
    const sarif: Sarif = JSON.parse(well.out);
    assert.deepEqual([well.code, sarif.runs[0]?.results, sarif.runs[0]?.invocations], [0, [], [{ executionSuccessful: true }]]);

    supervisor.disturb(({ path }) => (path.endsWith('/virtualmachines') ? forbidden('virtualmachines is forbidden: no') : undefined));
    const half = await supervisor.run('debug svc -n prod -o sarif');
    assert.deepEqual([half.code, sarifProblems(half.out)], [3, []]);
    const [run] = (JSON.parse(half.out) as Sarif).runs;
    assert.deepEqual(
      run?.results.map(({ ruleId, level }) => `${level} ${ruleId}`),
      ['warning VMS910'],
    );
    const told = JSON.stringify(run?.invocations[0]?.toolExecutionNotifications);
    assert.match(told, /VMS202: could not list virtualmachines/);
  });

  test('is SARIF for a VM, and for names that are no text for a terminal', async () => {
    const odd = {
      ...one,
      metadata: { ...one.metadata, labels: { app: 'web' }, annotations: { 'x\u001b]0;\u202e': '`$(id)`\n::error::x' } },
    };
    const supervisor = await aSupervisor([svc({ annotations: { 'argocd.argoproj.io/tracking-id': '\u001b[31m\u202e`$(id)`' } }), odd]);
    for (const words of ['vm/web-1', 'svc']) {
      const { out } = await supervisor.run(`debug ${words} -n prod -o sarif`);
      assert.deepEqual(sarifProblems(out), []);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there
      assert.doesNotMatch(out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
    }
  });
});
