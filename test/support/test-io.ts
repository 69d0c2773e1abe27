import { Readable } from 'node:stream';
import type { Io } from '../../src/cli/io.ts';

export interface TestIoOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What is piped in. */
  readonly stdin?: string | Uint8Array;
  /** What somebody types who is asked; the end of it is the end of the input. */
  readonly typed?: string;
  /** Which streams are a terminal; none by default. */
  readonly tty?: { readonly stdin?: boolean; readonly stdout?: boolean; readonly stderr?: boolean };
  readonly columns?: number;
  readonly rows?: number;
  /** The clock, which stands still. */
  readonly now?: string;
  /** What connections of a probe come to, in place of the network. */
  readonly attempt?: NonNullable<Io['attempt']>;
}

/** An Io that keeps what was written, for looking at afterwards. */
export interface TestIo extends Io {
  /** All of stdout so far. */
  out(): string;
  /** All of stderr so far. */
  err(): string;
  /** As if the signal had arrived. */
  interrupt(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void;
  /** As if another one had arrived. */
  insist(): void;
}

/** The moment at which tests happen, unless they say otherwise. Builders make objects ten days before it. */
export const testNow = '2026-11-20T12:00:00Z';

/** An Io without a process: nothing of the machine's environment, folder, clock or terminal gets in. */
export function testIo(argv: readonly string[], options: TestIoOptions = {}): TestIo {
  const stdout = capture(options.tty?.stdout ?? false, options);
  const stderr = capture(options.tty?.stderr ?? false, options);
  const controller = new AbortController();
  const insistence = new AbortController();
  const input = typeof options.stdin === 'string' ? new TextEncoder().encode(options.stdin) : (options.stdin ?? new Uint8Array());
  const now = new Date(options.now ?? testNow);
  return {
    argv,
    env: options.env ?? {},
    cwd: options.cwd ?? '/nowhere',
    runtime: { node: '24.0.0', platform: 'linux', arch: 'x64' },
    stdin: {
      isTTY: options.tty?.stdin ?? false,
      read: () => Promise.resolve(input),
      ...(options.typed !== undefined && { stream: Readable.from([options.typed]) }),
    },
    stdout: stdout.sink,
    stderr: stderr.sink,
    now: () => new Date(now),
    ...(options.attempt !== undefined && { attempt: options.attempt }),
    signal: controller.signal,
    insistence: insistence.signal,
    out: stdout.text,
    err: stderr.text,
    interrupt: (signal) => controller.abort(signal),
    insist: () => insistence.abort(),
  };
}

function capture(isTTY: boolean, { columns = 80, rows = 24 }: TestIoOptions) {
  const pieces: string[] = [];
  return {
    sink: {
      isTTY,
      columns: isTTY ? columns : undefined,
      rows: isTTY ? rows : undefined,
      write: (text: string) => void pieces.push(text),
      writeBytes: (bytes: Uint8Array) => void pieces.push(Buffer.from(bytes).toString('latin1')),
    },
    text: () => pieces.join(''),
  };
}
