import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReconcilePlan } from '../../core/reconcile-plan.ts';
import { changes } from '../../core/step.ts';
import { diffSides, type WriteYaml } from '../../render/unified-plan.ts';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { privateFolder } from '../private-folder.ts';

/**
 * Has the program of `KUBECTL_EXTERNAL_DIFF` show the differences, as `kubectl diff` does: it gets its arguments and two folders,
 * one file for each object that would change in both, empty where it is not there.
 * @returns whether the program found differences (its exit code 1), which is its to say
 * @throws CliError when it cannot be run, or fails
 */
export async function externalDiff(command: string, plans: readonly ReconcilePlan[], write: WriteYaml, io: Io): Promise<boolean> {
  const [program = '', ...words] = command.split(' ').filter((word) => word !== '');
  // As kubectl: what is no plain argument is left out, so that nothing in it can mean anything to anybody.
  const args = words.filter((word) => /^[a-zA-Z0-9-=]+$/.test(word));
  const folder = privateFolder('vmsvc-diff-');
  try {
    const [live, merged] = [join(folder.path, 'LIVE'), join(folder.path, 'MERGED')];
    for (const side of [live, merged]) mkdirSync(side, { mode: 0o700 });
    for (const step of plans.flatMap((plan) => plan.steps)) {
      if (!changes(step.step)) continue;
      const { file, before, after } = diffSides(step, write);
      writeFileSync(join(live, fileName(file)), before, { mode: 0o600 });
      writeFileSync(join(merged, fileName(file)), after, { mode: 0o600 });
    }
    const { code, signal } = await runProgram(program, [...args, live, merged], io);
    if (code === null) throw failed(command, `it was ended by ${signal}`);
    if (code > 1) throw failed(command, `it ended with exit code ${code}`);
    return code === 1;
  } finally {
    folder.remove();
  }
}

/** Names are DNS names already; whatever a server sends instead never leaves the folder. */
function fileName(name: string): string {
  return name.replaceAll('/', '_');
}

interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
}

/** A terminal is the program's own, so that it may use colours and a pager; elsewhere its output is ours. */
function runProgram(program: string, args: readonly string[], io: Io): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const stdio = ['inherit', io.stdout.isTTY ? 'inherit' : 'pipe', io.stderr.isTTY ? 'inherit' : 'pipe'] as const;
    const child = spawn(program, args, { cwd: io.cwd, env: io.env, stdio: [...stdio] });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => io.stdout.write(text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => io.stderr.write(text));
    const stop = (): void => void child.kill('SIGTERM');
    io.signal.addEventListener('abort', stop);
    child.once('error', (error) => {
      io.signal.removeEventListener('abort', stop);
      const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
      reject(failed(program, notStarted.get(code) ?? error.message));
    });
    child.once('close', (code, signal) => {
      io.signal.removeEventListener('abort', stop);
      resolve({ code, signal });
    });
  });
}

const notStarted: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such command'],
  ['EACCES', 'it may not be run: permission denied'],
]);

function failed(command: string, reason: string): CliError {
  return new CliError(`KUBECTL_EXTERNAL_DIFF ${JSON.stringify(command)}: ${reason}`, { exitCode: 3 });
}
