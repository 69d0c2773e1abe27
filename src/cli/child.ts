import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { CliError } from './errors.ts';
import { type ExitCode, type Io, passedOn } from './io.ts';

/**
 * Runs a command in the foreground, with our streams and the given environment, and passes on how it ended: its exit code,
 * or 128 and the number of the signal that ended it. A signal that reaches us is passed on to it.
 * @throws CliError when there is no such command, or it cannot be run
 */
export function runChild(
  [program, ...args]: readonly [program: string, ...args: string[]],
  env: Readonly<Record<string, string | undefined>>,
  io: Pick<Io, 'cwd' | 'signal' | 'stdin'>,
): Promise<ExitCode> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: io.cwd, env, stdio: 'inherit' });
    const forward = (): void => {
      // A terminal has already sent its Ctrl-C to everybody in the foreground.
      if (io.signal.reason === 'SIGINT' && io.stdin.isTTY) return;
      const signal = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).find((name) => name === io.signal.reason);
      child.kill(signal ?? 'SIGTERM');
    };
    io.signal.addEventListener('abort', forward);
    const ended = (): void => io.signal.removeEventListener('abort', forward);
    child.once('error', (error) => {
      ended();
      reject(cannotRun(program, error));
    });
    child.once('exit', (code, signal) => {
      ended();
      resolve(passedOn(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
    if (io.signal.aborted) forward();
  });
}

function cannotRun(program: string, cause: Error): CliError {
  const code = 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return new CliError(`cannot run ${JSON.stringify(program)}: there is no such command`, { exitCode: 3, cause });
  if (code === 'EACCES') return new CliError(`cannot run ${JSON.stringify(program)}: it is not executable`, { exitCode: 3, cause });
  return new CliError(`cannot run ${JSON.stringify(program)}: ${cause.message}`, { exitCode: 3, cause });
}
