import type { Io } from './io.ts';
import type { Flags } from './spec.ts';

const quietMilliseconds = 1000;

/**
 * Says on stderr what is going on, once it has taken more than a second; only on a terminal, and gone without a trace when
 * the action ends.
 */
export async function withProgress<T>(what: string, flags: Flags, io: Io, action: Promise<T>): Promise<T> {
  if (!io.stderr.isTTY || io.env.TERM === 'dumb' || flags.on('quiet')) return action;
  let shown = false;
  let seconds = 0;
  const tick = () => {
    seconds += 1;
    shown = true;
    io.stderr.write(`\r${what} (${seconds}s)`);
  };
  const timer = setInterval(tick, quietMilliseconds);
  try {
    return await action;
  } finally {
    clearInterval(timer);
    if (shown) io.stderr.write(`\r${' '.repeat(`${what} (${seconds}s)`.length)}\r`);
  }
}
