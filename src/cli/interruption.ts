import type { ExitCode, Io } from './io.ts';

/** How long a write that is under way may take after the run was told to end, in milliseconds. */
const grace = 5_000;

/**
 * What a signal means for a command that writes: reading ends at once, a write under way gets its answer. A second signal cuts
 * that off too, and nobody knows what became of it.
 */
export interface Interruption {
  /** For everything that asks a server. */
  readonly io: Io;
  /** Aborted at once: nothing new is begun. */
  readonly signal: AbortSignal;
  /** From here on requests are writes. */
  writing(): void;
  /** 130 for Ctrl-C and so on; undefined while nobody interrupted. */
  exitCode(): ExitCode | undefined;
  /** Lets go of the signal. */
  end(): void;
}

/**
 * Runs a command that writes, and lets go of the signal after it. What a signal ended is no error: one sentence, and the exit
 * code of the signal. The run answers for its own writes: an error that leaves it means that there were none.
 */
export async function interruptible(io: Io, run: (interruption: Interruption) => Promise<ExitCode>): Promise<ExitCode> {
  const interruption = interruptionOf(io);
  try {
    return await run(interruption);
  } catch (error) {
    const code = interruption.exitCode();
    if (code === undefined) throw error;
    io.stderr.write('interrupted\n  nothing was changed\n');
    return code;
  } finally {
    interruption.end();
  }
}

export function interruptionOf(io: Io): Interruption {
  const requests = new AbortController();
  let writes = false;
  let timer: NodeJS.Timeout | undefined;
  const cut = (): void => requests.abort(new DOMException('interrupted', 'AbortError'));
  const onAbort = (): void => {
    if (writes) timer = setTimeout(cut, grace);
    else cut();
  };
  if (io.signal.aborted) onAbort();
  else io.signal.addEventListener('abort', onAbort, { once: true });
  return {
    io: { ...io, signal: requests.signal },
    signal: io.signal,
    writing: () => {
      writes = true;
      io.insistence?.addEventListener('abort', cut, { once: true });
    },
    exitCode: () => signalExitCode(io.signal),
    end: () => {
      clearTimeout(timer);
      io.signal.removeEventListener('abort', onAbort);
      io.insistence?.removeEventListener('abort', cut);
    },
  };
}

/** What a run that a signal ended exits with; undefined while there was none. */
export function signalExitCode(signal: AbortSignal): ExitCode | undefined {
  return signal.aborted ? (codes.get(signal.reason) ?? 130) : undefined;
}

const codes: ReadonlyMap<unknown, ExitCode> = new Map<unknown, ExitCode>([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
]);
