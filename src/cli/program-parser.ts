import { Command, CommanderError } from 'commander';
import { usageError } from './errors.ts';
import { flagsOf, globalOptions } from './flags.ts';
import { commands, findCommand } from './program.ts';
import { similarOptions } from './similar-words.ts';
import type { CommandInput, CommandSpec } from './spec.ts';

/**
 * The commander tree behind some commands: it finds options in a normalised command line and names those that do not exist. The
 * whole tree has four hundred options, which takes longer than parsing.
 */
function buildProgram(
  specs: readonly CommandSpec[],
  words: readonly string[],
  onCommand: (command: CommandSpec, input: CommandInput) => void,
): Command {
  const program = new Command('kubectl vmsvc')
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
    .helpOption(false)
    .helpCommand(false);
  for (const spec of specs) {
    const child = program
      .command(spec.name)
      .aliases([...spec.aliases])
      .description(spec.summary)
      .argument('[words...]')
      .helpOption(false);
    const values = new Map<string, string[]>();
    const options = [...spec.options, ...globalOptions];
    // Declaring one takes commander longer than parsing with it, and most are not there.
    const typed = options.filter(({ name }) => words.some((word) => word === `--${name}` || word.startsWith(`--${name}=`)));
    for (const option of typed) {
      child.option(`--${option.name} <value>`, option.text, (value: string) => {
        values.set(option.name, [...(values.get(option.name) ?? []), value]);
      });
    }
    child.action((args: string[]) => {
      onCommand(spec, { args, flags: flagsOf(values, options, spec.name), afterDashes: undefined });
    });
  }
  return program;
}

/** Parses the words of one command. @throws CliError for an unknown option or a missing value. */
export function parseCommand(words: readonly string[]): { readonly spec: CommandSpec; readonly input: CommandInput } {
  const dashes = words.indexOf('--');
  const [before, after] = dashes < 0 ? [words, undefined] : [words.slice(0, dashes), words.slice(dashes + 1)];
  let parsed: { spec: CommandSpec; input: CommandInput } | undefined;
  const named = findCommand(words[0] ?? '');
  const program = buildProgram(named === undefined ? commands : [named], before, (spec, input) => {
    parsed = { spec, input: { ...input, afterDashes: after } };
  });
  try {
    program.parse([...before], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw commanderError(error, words[0] ?? '');
  }
  if (parsed === undefined) throw new Error('commander parsed a command line without running a command');
  return parsed;
}

/** commander's errors in kubectl's words. */
function commanderError(error: CommanderError, command: string): Error {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const flag = quoted.split(/[ =]/, 1)[0] ?? '';
  switch (error.code) {
    case 'commander.unknownOption': {
      if (!flag.startsWith('--')) return usageError(`unknown shorthand flag: ${flag}`, command);
      const near = similarOptions(flag.slice(2), command);
      return usageError(`unknown flag: ${flag}${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''}`, command);
    }
    case 'commander.optionMissingArgument':
      return usageError(`flag needs a value: ${flag}`, command);
    default:
      return usageError(error.message.replace(/^error: /, ''), command);
  }
}
