import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const root = resolve(import.meta.dirname, '../..');

/** Leaves a folder, and a process that does not end with its terminal. */
const untidy = `
  const { spawn } = require('node:child_process');
  require('node:fs').mkdtempSync(require('node:path').join(require('node:os').tmpdir(), 'left-'));
  const stubborn = spawn(process.execPath, ['-e', 'process.on("SIGHUP", () => {}); setInterval(() => {}, 1000)']);
  console.log(stubborn.pid);
  if (process.argv.includes('--crash')) throw new Error('as scripts do');
  setInterval(() => {}, 1000);
`;

describe('what npm run demo, test and bench leave behind', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-contained-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  function contained(name: string, script: readonly string[]) {
    const [temporary, home] = [join(folder, name, 'tmp'), join(folder, name, 'home')];
    for (const each of [temporary, home]) mkdirSync(each, { recursive: true });
    const env = { PATH: process.env.PATH, TMPDIR: temporary, HOME: home };
    const args = [join(root, 'scripts/contained.ts'), ...script];
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    return { child, left: () => [...readdirSync(temporary), ...readdirSync(home)] };
  }

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    test(`nothing after ${signal}: neither the folder nor the process of a script that did not tidy up`, async () => {
      const { child, left } = contained(signal, ['-e', untidy]);
      const stubborn = Number(await firstLine(child));
      child.kill(signal);
      assert.equal(await ended(child), code);
      assert.equal(await isGone(stubborn), true);
      assert.deepEqual(left(), []);
    });
  }

  test('nothing of a script that failed, whose exit code is passed on', async () => {
    const { child, left } = contained('crash', ['-e', untidy, '--', '--crash']);
    const stubborn = Number(await firstLine(child));
    assert.equal(await ended(child), 1);
    assert.equal(await isGone(stubborn), true);
    assert.deepEqual(left(), []);
  });

  test('nothing of a demo that was watched to its end', async () => {
    const { child, left } = contained('demo', ['scripts/demo.ts']);
    const said = textOf(child);
    assert.equal(await ended(child), 0, await said);
    assert.match(await said, /Nothing is left of it\.\n$/);
    assert.deepEqual(left(), []);
  });

  test('nothing of a demo whose reader went away, and no word of complaint', async () => {
    const { child, left } = contained('head', ['scripts/demo.ts']);
    let complaint = '';
    child.stderr?.on('data', (piece: Buffer) => {
      complaint += piece;
    });
    await firstLine(child);
    child.stdout?.destroy();
    assert.equal(await ended(child), 0);
    assert.equal(complaint, '');
    assert.deepEqual(left(), []);
  });
});

function firstLine({ stdout }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    stdout?.once('data', (piece: Buffer) => resolve(piece.toString()));
    stdout?.once('end', () => reject(new Error('it said nothing')));
  });
}

async function textOf({ stdout }: ChildProcess): Promise<string> {
  let text = '';
  for await (const piece of stdout ?? []) text += piece;
  return text;
}

function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

/** A process that was killed is there until its parent, or who took its place, has asked for its end. */
async function isGone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await sleep(50);
  }
  return false;
}
