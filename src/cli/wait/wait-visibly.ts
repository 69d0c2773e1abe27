import type { Io } from '../io.ts';
import type { Scope, WorldRequest } from '../scope.ts';
import type { Flags } from '../spec.ts';
import { statusLine } from '../status-line.ts';
import { troubleNotes } from '../watch/trouble-notes.ts';
import { type Open, type Waited, type WaitOptions, waitUntil } from './wait-until.ts';
import { progressText } from './wait-words.ts';

export interface VisibleWait extends Omit<WaitOptions, 'onLook' | 'onTrouble'> {
  /** Called once when it takes long, with what is open then; may write. */
  readonly onLong?: (open: readonly Open[]) => void;
}

/** Seconds. */
const long = 10;

/** Waits as `waitUntil`, and shows on a terminal, in one line of stderr, what is missing and for how long it has waited. */
export async function waitVisibly(
  scope: Scope,
  request: WorldRequest,
  { onLong, ...options }: VisibleWait,
  flags: Flags,
  io: Io,
): Promise<Waited> {
  const line = statusLine(flags, io);
  let open: readonly Open[] = [];
  let seconds = 0;
  let wasLong = false;
  const note = troubleNotes(io);
  const show = (): void => line.show(progressText(open, options.wanted.length, scope.namespace === undefined, seconds));
  const timer = setInterval(() => {
    seconds += 1;
    // A server may take that long for its first answer: until then nothing is known to be open.
    if (seconds >= long && !wasLong && open.length > 0 && onLong !== undefined) {
      wasLong = true;
      line.clear();
      onLong(open);
    }
    show();
  }, 1000);
  // Whoever listens is not ended on the spot: the line is taken away first, and the end is told.
  const clear = (): void => line.clear();
  io.signal.addEventListener('abort', clear);
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
          note(sentence);
        },
      },
      io,
    );
  } finally {
    io.signal.removeEventListener('abort', clear);
    clearInterval(timer);
    line.clear();
  }
}
