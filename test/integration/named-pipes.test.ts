import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-pipe-'));
after(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'web.yaml');
execFileSync('mkfifo', [path]);

for (const words of [
  ['validate', '-f', path],
  ['get', '--bundle', path],
]) {
  test(`${words[0]} that waits for a pipe to which nobody writes can be interrupted`, () => interrupted(words));
}

async function interrupted(words: readonly string[]): Promise<void> {
  const plugin = spawn(join(import.meta.dirname, '../../bin/kubectl-vmsvc'), words, { stdio: 'ignore' });
  const ended = new Promise((resolve) => plugin.on('exit', (code, signal) => resolve(code ?? signal)));
  const writer = await openedByReader(path);
  plugin.kill('SIGINT');
  assert.equal(await ended, 130);
  closeSync(writer);
}

/** The end that writes, which opens as soon as somebody reads. */
async function openedByReader(path: string): Promise<number> {
  for (;;) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENXIO')) throw error;
      await pause(20);
    }
  }
}
