import { isDnsName, isTypeable } from '../core/name-rules.ts';

/**
 * One word of a command that somebody may paste into a POSIX shell: as it is if nothing in it means anything there, else in single quotes.
 */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * A command to paste. `names` are those of its words that name objects or namespaces.
 * @returns undefined when one of the names is none that Kubernetes would accept, or a word would be shown otherwise than it is written:
 * such text comes from nobody who means well, and is not put into commands at all.
 */
export function pasteableCommand(words: readonly string[], names: readonly string[]): string | undefined {
  return names.every(isDnsName) && words.every(isTypeable) ? words.map(shellQuote).join(' ') : undefined;
}
