import { normaliseArgv } from '../argv.ts';
import type { CommandSpec, OptionSpec } from '../spec.ts';

/** What the words before the one that is completed say. */
export interface TypedLine {
  /** `help` is no command of the list. */
  readonly command: CommandSpec | 'help' | undefined;
  /** The words that belong to no option; without the command's name, if it is one. */
  readonly words: readonly string[];
  readonly options: readonly OptionSpec[];
  readonly given: ReadonlyMap<string, readonly string[]>;
  /** The option whose value comes next. */
  readonly pending: OptionSpec | undefined;
  readonly afterDashes: boolean;
}

/** Reads them as the command line would be read, with whatever is wrong or missing in it. */
export function readLine(before: readonly string[], commands: readonly CommandSpec[], globals: readonly OptionSpec[]): TypedLine {
  const everyOption = [...globals, ...commands.flatMap(({ options }) => options)];
  const name = normaliseArgv(before, everyOption).find((word) => !word.startsWith('-'));
  const command =
    name === 'help' ? name : commands.find((spec) => name !== undefined && (spec.name === name || spec.aliases.includes(name)));
  const options = [...(command === undefined || command === 'help' ? [] : command.options), ...globals];
  const normal = normaliseArgv(before, command === undefined ? everyOption : options);
  const skipped = command === undefined ? 0 : 1;
  const given = new Map<string, string[]>();
  const words: string[] = [];
  let pending: OptionSpec | undefined;
  for (const [at, word] of normal.entries()) {
    if (word === '--')
      return {
        command,
        words: [...words, ...normal.slice(at + 1)].slice(skipped),
        options,
        given,
        pending: undefined,
        afterDashes: true,
      };
    const [, option, value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (option === undefined) words.push(word);
    else if (value !== undefined) given.set(option, [...(given.get(option) ?? []), value]);
    else pending = (command === undefined ? everyOption : options).find((spec) => spec.name === option);
  }
  return { command, words: words.slice(skipped), options, given, pending, afterDashes: false };
}
