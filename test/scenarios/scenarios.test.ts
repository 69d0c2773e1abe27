import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { assertGolden } from '../support/golden.ts';
import { saidInScenario } from '../support/scenario.ts';

/**
 * Each folder is a world (`cluster.yaml`) and what commands say about it. A `.txt` begins with its command; behind that stand
 * stdout, stderr and the exit code, all exactly. The world is given to the command with `--offline -f cluster.yaml`; where there is a
 * `stage.json`, which tells of rights and connections, it stands behind a kubeconfig instead.
 */
const here = import.meta.dirname;
const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());

test('there are scenarios', () => assert.notEqual(folders.length, 0));

for (const { name: folder } of folders) {
  describe(folder.replaceAll('-', ' '), () => {
    for (const file of readdirSync(join(here, folder)).filter((name) => name.endsWith('.txt'))) {
      const path = join(here, folder, file);
      const command = readFileSync(path, 'utf8').split('\n', 1)[0] ?? '';
      test(command, async () => assertGolden(path, await said(command, join(here, folder))));
    }
  });
}

async function said(command: string, cwd: string): Promise<string> {
  const prompt = '$ kubectl vmsvc ';
  assert.ok(command.startsWith(prompt), `${command} does not begin with ${prompt}`);
  const { code, out, err } = await saidInScenario(wordsOf(command.slice(prompt.length)), cwd);
  const stderr = err === '' ? '' : `--- stderr\n${err}`;
  return `${command}\n${out}${stderr}--- exit code ${code}\n`;
}

/** As a shell splits them, with single quotes only, which may stand inside a word. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}
