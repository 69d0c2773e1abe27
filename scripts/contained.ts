import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs a script of which nothing stays, however it ends: `node scripts/contained.ts scripts/test.ts ARGS…`. Its processes are a
 * group, which ends with it, and the temporary folder of them all is one of its own, which goes with it. The script alone could not
 * do that: what it started lives on when it is killed, and has no time to tidy up when it is killed itself.
 */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** For what has something to tidy up itself; what is still there then is killed. */
const patience = 10_000;

process.exitCode = await contained(process.argv.slice(2));

async function contained(script: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-run-'));
  try {
    const child = spawn(process.execPath, script, { detached: true, stdio: 'inherit', env: { ...process.env, TMPDIR: folder } });
    const { pid } = child;
    // A terminal, npm and a supervisor send their signals here, since the group is not theirs.
    for (const name of signals) process.on(name, () => pid !== undefined && sendToGroup(pid, name));
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (exitCode, signal) => resolve(exitCode ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
    if (pid !== undefined) await endGroup(pid);
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function endGroup(leader: number): Promise<void> {
  const end = performance.now() + patience;
  for (let isThere = sendToGroup(leader, 'SIGTERM'); isThere && performance.now() < end; isThere = sendToGroup(leader, 0)) await sleep(20);
  sendToGroup(leader, 'SIGKILL');
}

/** @returns whether anybody is left in it */
function sendToGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}
