import { rules } from '../../core/diagnosis/index.ts';
import type { Rule } from '../../core/diagnosis/rule.ts';
import { type FindingCode, findingWords } from '../../core/finding-codes.ts';
import { usageError } from '../errors.ts';
import type { Flags } from '../spec.ts';

/**
 * The rules that `--rules` names, by code or word, with `*` for anything: `VMS3*,SelectorNearMiss`. Without it, all.
 * @throws CliError for a pattern that fits no code
 */
export function chosenRules(flags: Flags): { readonly rules: readonly Rule[]; readonly isChosen: (code: FindingCode) => boolean } {
  const patterns = flags
    .list('rules')
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
  if (!flags.given('rules')) return { rules, isChosen: () => true };
  if (patterns.length === 0)
    throw usageError('--rules names no rule: a code as VMS202, a word as SelectorNearMiss, or VMS3* for a family', 'debug');
  for (const pattern of patterns) {
    if (!Object.entries(findingWords).some(([code, word]) => fits(pattern, code) || fits(pattern, word)))
      throw usageError(
        `--rules ${JSON.stringify(pattern)}: fits no rule; a code as VMS202, a word as SelectorNearMiss, or VMS3* for a family`,
        'debug',
      );
  }
  const isChosen = (code: FindingCode) => patterns.some((pattern) => fits(pattern, code) || fits(pattern, findingWords[code]));
  return { rules: rules.filter(({ code }) => isChosen(code)), isChosen };
}

/** Letter case does not matter. The pieces between stars have to come in their order. */
function fits(pattern: string, text: string): boolean {
  const pieces = pattern.toLowerCase().split('*');
  const lower = text.toLowerCase();
  const [first = ''] = pieces;
  const last = pieces.at(-1) ?? '';
  if (pieces.length === 1) return lower === first;
  if (!lower.startsWith(first) || !lower.endsWith(last) || lower.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = lower.indexOf(piece, at);
    if (found < 0 || found + piece.length > lower.length - last.length) return false;
    at = found + piece.length;
  }
  return true;
}
