import type { Io } from './io.ts';
import type { Flags } from './spec.ts';
import { statusLine } from './status-line.ts';

const quietMilliseconds = 1000;

/**
 * Says on stderr what is going on, once it has taken more than a second; only on a terminal, and gone without a trace when
 * the action ends.
 */
export async function withProgress<T>(what: string, flags: Flags, io: Io, action: Promise<T>): Promise<T> {
  const status = statusLine(flags, io);
  let seconds = 0;
  const timer = setInterval(() => {
    seconds += 1;
    status.show(`${what} (${seconds}s)`);
  }, quietMilliseconds);
  try {
    return await action;
  } finally {
    clearInterval(timer);
    status.clear();
  }
}
