import type { Fix } from '../core/finding.ts';
import { shellQuote } from './shell-quote.ts';

/** One way to mend a finding, as text: the advice, or the command with what it does not say. */
export function fixText(fix: Fix): string {
  switch (fix.kind) {
    case 'advice':
      return fix.text;
    case 'command': {
      const command = fix.words.map(shellQuote).join(' ');
      return fix.note === undefined ? command : `${command}   # ${fix.note}`;
    }
  }
}
