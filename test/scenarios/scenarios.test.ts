import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { assertGolden } from '../support/golden.ts';
import { testIo } from '../support/test-io.ts';

/**
 * Each folder is a world (`cluster.yaml`) and what commands say about it. A `.txt` begins with its command; behind that stand
 * stdout, stderr and the exit code, all exactly. The world is given to the command with `--offline -f cluster.yaml`.
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
  const io = testIo([...wordsOf(command.slice(prompt.length)), '--offline', '-f', 'cluster.yaml'], { cwd, env: { LANG: 'C.UTF-8' } });
  const code = await run(io);
  const stderr = io.err() === '' ? '' : `--- stderr\n${io.err()}`;
  return `${command}\n${io.out()}${stderr}--- exit code ${code}\n`;
}

/** As a shell splits them, with single quotes only, which may stand inside a word. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}
