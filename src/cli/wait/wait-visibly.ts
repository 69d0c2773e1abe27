import { sanitize } from '../../render/sanitize.ts';
import type { Io } from '../io.ts';
import type { Scope, WorldRequest } from '../load-world.ts';
import type { Flags } from '../spec.ts';
import { statusLine } from '../status-line.ts';
import { type Open, type Waited, type WaitOptions, waitUntil } from './wait-until.ts';
import { progressText } from './wait-words.ts';

/** Waits as `waitUntil`, and shows on a terminal, in one line of stderr, what is missing and for how long it has waited. */
export async function waitVisibly(
  scope: Scope,
  request: WorldRequest,
  options: Omit<WaitOptions, 'onLook' | 'onTrouble'>,
  flags: Flags,
  io: Io,
): Promise<Waited> {
  const line = statusLine(flags, io);
  let open: readonly Open[] = [];
  let seconds = 0;
  const show = (): void => line.show(progressText(open, options.wanted.length, scope.namespace === undefined, seconds));
  const timer = setInterval(() => {
    seconds += 1;
    show();
  }, 1000);
  try {
    return await waitUntil(
      scope,
      request,
      {
        ...options,
        onMet: (wanted, vmService) => {
          line.clear();
          options.onMet(wanted, vmService);
        },
        onLook: (looked) => {
          open = looked;
          if (seconds > 0) show();
        },
        onTrouble: (sentence) => {
          line.clear();
          if (sentence !== undefined) io.stderr.write(`${sanitize(sentence)}\n`);
        },
      },
      io,
    );
  } finally {
    clearInterval(timer);
    line.clear();
  }
}
