import type { Fix } from '../core/finding.ts';
import { sanitize } from './sanitize.ts';
import { shellQuote } from './shell-quote.ts';

/** One way to mend a finding, safe for a terminal: the advice, or the command with what it does not say. */
export function fixText(fix: Fix): string {
  switch (fix.kind) {
    case 'advice':
      return sanitize(fix.text);
    case 'command': {
      const command = sanitize(fix.words.map(shellQuote).join(' '));
      return fix.note === undefined ? command : `${command}   # ${sanitize(fix.note)}`;
    }
  }
}
