import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { assertGolden } from '../support/golden.ts';
import { testIo } from '../support/test-io.ts';

/**
 * Each `.txt` begins with its command; behind that stand stdout, stderr and the exit code, all exactly. `(terminal)` in front of the
 * command has it print to one.
 */
const folder = join(import.meta.dirname, 'validate');

for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt'))) {
  const path = join(folder, file);
  const command = readFileSync(path, 'utf8').split('\n', 1)[0] ?? '';
  test(`${file.replace(/\.txt$/, '').replaceAll('-', ' ')}: ${command}`, async () => assertGolden(path, await said(command)));
}

async function said(command: string): Promise<string> {
  const [, terminal, words] = /^(\(terminal\) )?\$ kubectl vmsvc (.*)$/.exec(command) ?? [];
  assert.ok(words !== undefined, `${command} is no command`);
  const io = testIo(wordsOf(words), { cwd: folder, env: { LANG: 'C.UTF-8' }, tty: { stdout: terminal !== undefined } });
  const code = await run(io);
  const stderr = io.err() === '' ? '' : `--- stderr\n${io.err()}`;
  return `${command}\n${io.out()}${stderr}--- exit code ${code}\n`;
}

/** As a shell splits them, with single quotes only, which may stand inside a word. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}
