import { sanitize } from '../render/sanitize.ts';
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
  if (!stderr.isTTY || io.env['TERM'] === 'dumb' || flags.on('quiet')) return { show: () => {}, clear: () => {} };
  let width = 0;
  const write = (text: string): void => {
    const shown = [...sanitize(text)].slice(0, Math.max(1, (stderr.columns || 80) - 1)).join('');
    stderr.write(`\r${shown}${' '.repeat(Math.max(0, width - [...shown].length))}\r${shown}`);
    width = [...shown].length;
  };
  return {
    show: write,
    clear() {
      if (width > 0) stderr.write(`\r${' '.repeat(width)}\r`);
      width = 0;
    },
  };
}
