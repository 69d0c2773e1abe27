import { cutTo } from '../render/display-width.ts';
import { sanitize } from '../render/sanitize.ts';
import { isDumb } from '../render/terminal.ts';
import type { Io } from './io.ts';
import type { Flags } from './spec.ts';

/** One line of stderr that is written over and over while somebody waits; nothing where stderr is no terminal. */
export interface StatusLine {
  show(text: string): void;
  /** Takes it away, so that something else can be written. It may be shown again. */
  clear(): void;
}

export function statusLine(flags: Flags, io: Io): StatusLine {
  const { stderr } = io;
  if (!canWriteOver(io) || flags.on('quiet')) return { show: () => {}, clear: () => {} };
  let isShown = false;
  return {
    show(text) {
      // A line that fills its row would wrap as soon as the terminal is made narrower by one column.
      stderr.write(`${anew}${cutTo(sanitize(text), Math.max(1, (stderr.columns || 80) - 1))}`);
      isShown = true;
    },
    clear() {
      if (isShown) stderr.write(anew);
      isShown = false;
    },
  };
}

/** A whole line on stderr, in place of a status line that may stand there; whoever shows that one shows it again below. */
export function writeOverStatus(line: string, io: Io): void {
  io.stderr.write(`${canWriteOver(io) ? anew : ''}${line}\n`);
}

const anew = '\r\x1b[K';

function canWriteOver({ stderr, env }: Io): boolean {
  return stderr.isTTY && !isDumb(env);
}
