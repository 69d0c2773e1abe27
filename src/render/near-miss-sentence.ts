import type { NearMiss } from '../core/near-miss.ts';

/** `label tier=Front; the selector wants tier=front (letter case)`. */
export function nearMissSentence(miss: NearMiss): string {
  const words = {
    LetterCase: 'letter case',
    Separator: 'separator',
    Prefix: 'key prefix',
    Convention: 'another key for the name of an application',
    Spelling: 'spelling',
  } as const;
  return [miss, ...miss.besides]
    .map(({ label, wanted, how }) => `label ${label.key}=${label.value}; the selector wants ${wanted.key}=${wanted.value} (${words[how]})`)
    .join('; ');
}
