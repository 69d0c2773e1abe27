import type { CommandSpec, OptionSpec } from './spec.ts';

/** Words that people bring from other tools, and what they are called here. */
const otherWords: ReadonlyMap<string, string> = new Map([
  ['list', 'get'],
  ['ls', 'get'],
  ['show', 'describe'],
  ['trace', 'describe'],
  ['sync', 'reconcile'],
  ['apply', 'reconcile'],
  ['endpoints', 'vms'],
  ['ep', 'vms'],
]);

/** Commands whose names are near a word that is none. */
export function similarCommands(word: string, commands: readonly CommandSpec[]): readonly string[] {
  if (word === '') return [];
  const synonym = otherWords.get(word);
  const near = commands
    .flatMap(({ name, aliases }) => [name, ...aliases])
    .filter((name) => name.startsWith(word) || isOneEditAway(name, word));
  return [...new Set([...(synonym === undefined ? [] : [synonym]), ...near])];
}

/** One letter more, less, other, or two swapped. */
function isOneEditAway(name: string, word: string): boolean {
  if (Math.abs(name.length - word.length) > 1) return false;
  let start = 0;
  while (start < name.length && name[start] === word[start]) start++;
  const [left, right] = [name.slice(start), word.slice(start)];
  return (
    left.slice(1) === right ||
    left === right.slice(1) ||
    left.slice(1) === right.slice(1) ||
    (left.slice(0, 2) === [...right.slice(0, 2)].reverse().join('') && left.slice(2) === right.slice(2))
  );
}

/** Options whose names are near a word that is none. */
export function similarOptions(word: string, options: readonly OptionSpec[]): readonly string[] {
  return options.filter(({ name }) => isOneEditAway(name, word)).map(({ name }) => `--${name}`);
}
