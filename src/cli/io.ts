import type { TryTarget } from '../cluster/probe/attempt.ts';

/** A stream that text is written to. */
export interface TextSink {
  write(text: string): void;
  /** What is no text: an archive. */
  writeBytes(bytes: Uint8Array): void;
  /** Judged for each stream by itself: colour and prompts depend on it. */
  readonly isTTY: boolean;
  /** Columns of the terminal; undefined in a pipe, and where the terminal does not know. */
  readonly columns?: number | undefined;
  /** Lines of the terminal; undefined as the columns are. */
  readonly rows?: number | undefined;
}

/**
 * Everything a run may touch. `main.ts` makes the real one; tests make their own.
 * After clipanion's context: no global is read anywhere else.
 */
export interface Io {
  /** Without `node` and the script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** What the tool runs on: `24.21.0`, `linux`, `x64`. */
  readonly runtime: { readonly node: string; readonly platform: string; readonly arch: string };
  readonly stdin: {
    readonly isTTY: boolean;
    /** Stops behind `limit` bytes, so that no pipe can fill the memory: what is longer than that is too long. */
    read(limit: number): Promise<Uint8Array>;
    /** The stream itself, for questions; absent where nobody can be asked. */
    readonly stream?: NodeJS.ReadableStream;
  };
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  now(): Date;
  /** Milliseconds since the process started; absent where there is no process of our own. */
  readonly elapsed?: () => number;
  /** Aborted by SIGINT, SIGTERM, SIGHUP; its reason is a `Signal`. */
  readonly signal: AbortSignal;
  /** Aborted by a second signal: whoever still waits for something gives it up. */
  readonly insistence?: AbortSignal;
  /** Tries one target of a probe; absent where that goes to the network. */
  readonly attempt?: TryTarget;
}

/** 0 yes · 1 no · 2 usage or refused · 3 could not look or write · 70 our bug · 129/130/143 signals. */
export type ExitCode = 0 | 1 | 2 | 3 | 70 | 129 | 130 | 143 | PassedOn;

/** How a command that we ran for somebody ended: passed on, whatever it means. */
export type PassedOn = number & { readonly [ofChild]: true };

declare const ofChild: unique symbol;

/** @throws Error for a number that no process can end with */
export function passedOn(code: number): PassedOn {
  if (isExitCode(code)) return code;
  throw new Error(`${code} is no exit code`);
}

function isExitCode(code: number): code is PassedOn {
  return Number.isInteger(code) && code >= 0 && code <= 255;
}
