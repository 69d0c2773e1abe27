import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The tool as a process of its own. */
export interface ChildTool {
  readonly process: ChildProcess;
  /** How it ended and what it said until then; the code is null where a signal ended it. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null; readonly out: string; readonly err: string }>;
  /** Sends a signal, and waits until the process has taken notice of it. */
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): Promise<void>;
  /** Waits until the process waits for something itself. */
  idle(): Promise<void>;
  /** `kill -9`, and waits until it is gone. */
  kill(): Promise<void>;
}

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/**
 * Starts the tool, unbuilt, with nothing of this process's environment but what Node needs. `stdout` may be an open file.
 * @param within words of a command that starts another one
 */
export function childTool(
  command: string,
  env: Readonly<Record<string, string>>,
  stdout: number | 'pipe' = 'pipe',
  nodeOptions: readonly string[] = [],
  within: readonly string[] = [],
): ChildTool {
  const words = [process.execPath, '--disable-warning=ExperimentalWarning', ...nodeOptions, main, ...command.split(' ')];
  const [program = '', ...args] = [...within, ...words];
  const child = spawn(program, args, {
    env: { ...nodeEnvironment(), LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', stdout, 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code: numberOf(code), signal: textOf(signal), ...said }));
  return {
    process: child,
    ended,
    async signal(name) {
      child.kill(name);
      await noticed(child.pid ?? 0);
    },
    idle: () => noticed(child.pid ?? 0),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** What Node needs of this process's environment, and where it finds the sources without their types. */
export function nodeEnvironment(): Readonly<Record<string, string>> {
  const { PATH = '', NODE_COMPILE_CACHE: compiled } = process.env;
  return { PATH, ...(compiled !== undefined && { NODE_COMPILE_CACHE: compiled }) };
}

/** Until the process has run its handler and waits for something again. */
async function noticed(pid: number): Promise<void> {
  for (let quiet = 0; quiet < 3; ) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    const status = statusOf(pid);
    if (status === undefined) return;
    const isIdle = /^State:\s+S/m.test(status) && /^ShdPnd:\s+0+$/m.test(status) && /^SigPnd:\s+0+$/m.test(status);
    quiet = isIdle ? quiet + 1 : 0;
  }
}

/** Undefined where the process is gone, or the system does not say. */
function statusOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return undefined;
  }
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
