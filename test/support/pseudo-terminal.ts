import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { after } from 'node:test';
import { emulatedTerminal } from './emulated-terminal.ts';

/** What a dev dependency gives, on the platforms for which it has a binary. */
interface PtyModule {
  spawn(
    file: string,
    args: readonly string[],
    options: { readonly cols: number; readonly rows: number; readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  ): {
    onData(listener: (data: string) => void): void;
    onExit(listener: (ended: { readonly exitCode: number; readonly signal?: number }) => void): void;
    write(data: string): void;
    resize(columns: number, rows: number): void;
    kill(signal?: string): void;
    /** Closes the terminal. */
    destroy(): void;
  };
}

/** The built tool in a terminal of its own, with somebody at the keys. */
export interface PseudoTerminal {
  /** Waits until the screen holds a text. @throws Error with the screen when it does not come */
  shows(text: string): Promise<void>;
  /** Presses keys: text as it is, and the named ones. */
  type(...keys: readonly (string | Key)[]): void;
  /** Everything on the screen, scrolled lines too. */
  screen(): string;
  /** What can be seen of it now. */
  window(): Promise<string>;
  /** Somebody drags the corner of the window. */
  resize(columns: number, rows: number): Promise<void>;
  /** Somebody closes the window. */
  hangUp(): void;
  /** Somebody sends a signal from elsewhere. */
  signal(name: 'SIGINT' | 'SIGTERM'): void;
  /** Its exit code, once it has ended. */
  ended(): Promise<number>;
}

export const keys = {
  enter: '\r',
  space: ' ',
  tab: '\t',
  up: '\u001b[A',
  down: '\u001b[B',
  backspace: '\u007f',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
} as const;
type Key = (typeof keys)[keyof typeof keys];

const root = resolve(import.meta.dirname, '../..');
const patience = 20_000;

const pty = load();

/** Why there is no pseudo-terminal here; false where there is one. */
export const noTerminal: string | false = typeof pty === 'string' ? pty : false;

export function pseudoTerminal(
  args: readonly string[],
  options: { readonly env: Readonly<Record<string, string>>; readonly cwd: string; readonly columns?: number; readonly rows?: number },
): PseudoTerminal {
  if (typeof pty === 'string') throw new Error(pty);
  const columns = options.columns ?? 120;
  const rows = options.rows ?? 50;
  const screen = emulatedTerminal(columns, rows);
  const listeners = new Set<() => void>();
  let code: number | undefined;
  const changed = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const child = pty.spawn(process.execPath, [join(root, 'bin/kubectl-vmsvc'), ...args], {
    cols: columns,
    rows,
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', LANG: 'C.UTF-8', ...options.env },
  });
  child.onData((data) => screen.write(data));
  screen.onChange(changed);
  child.onExit(({ exitCode, signal = 0 }) => {
    code = signal === 0 ? exitCode : 128 + signal;
    changed();
  });

  after(() => {
    if (code === undefined) child.kill('SIGKILL');
  });

  const until = (holds: () => boolean, what: string): Promise<void> =>
    new Promise((done, fail) => {
      const timer = setTimeout(() => {
        listeners.delete(look);
        fail(new Error(`no ${what} on the screen:\n${screen.text()}`));
      }, patience);
      const look = (): void => {
        if (!holds()) return;
        listeners.delete(look);
        clearTimeout(timer);
        done();
      };
      listeners.add(look);
      look();
    });

  return {
    shows: (text) => until(() => screen.text().includes(text), JSON.stringify(text)),
    type: (...typed) => {
      for (const key of typed) child.write(key);
    },
    screen: () => screen.text(),
    window: () => screen.window(),
    async resize(newColumns, newRows) {
      await screen.resize(newColumns, newRows);
      child.resize(newColumns, newRows);
    },
    hangUp: () => child.destroy(),
    signal: (name) => child.kill(name),
    async ended() {
      await until(() => code !== undefined, 'end');
      await screen.window();
      return code ?? 0;
    },
  };
}

/** A native module that some platforms do not have. */
function load(): PtyModule | string {
  const require = createRequire(import.meta.url);
  try {
    const module: PtyModule = require('@lydell/node-pty');
    return module;
  } catch (error) {
    return `there is no pseudo-terminal here: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}`;
  }
}
