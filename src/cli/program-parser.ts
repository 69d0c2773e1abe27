import { Command, CommanderError } from 'commander';
import { usageError } from './errors.ts';
import { flagsOf } from './flags.ts';
import { globalOptions } from './global-options.ts';
import { similarOptions } from './similar-words.ts';
import type { CommandInput, CommandSpec } from './spec.ts';

/** Of a command, what its words are parsed by. */
type ParsedBy = Pick<CommandSpec, 'name' | 'aliases' | 'summary' | 'options' | 'refuses' | 'takesCommand'>;

/**
 * The commander tree of one command: it finds options in a normalised command line and names those that do not exist. Of options
 * only those are declared that the words have: declaring one takes commander longer than parsing with it, and most are not there.
 */
function buildProgram(spec: ParsedBy, word: string, words: readonly string[], onCommand: (input: CommandInput) => void): Command {
  const program = new Command('kubectl vmsvc')
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
    .helpOption(false)
    .helpCommand(false);
  const child = program
    .command(spec.name)
    .aliases([...spec.aliases])
    .description(spec.summary)
    .argument('[words...]')
    .helpOption(false);
  const values = new Map<string, string[]>();
  const options = [...spec.options, ...globalOptions];
  const typed = options.filter(({ name }) => words.some((word) => word === `--${name}` || word.startsWith(`--${name}=`)));
  for (const option of typed) {
    child.option(`--${option.name} <value>`, option.text, (value: string) => {
      values.set(option.name, [...(values.get(option.name) ?? []), value]);
    });
  }
  child.action((args: string[]) => {
    onCommand({ word, args, flags: flagsOf(values, options, word), afterDashes: undefined });
  });
  return program;
}

/** Parses the words of a command, of which the first is its name. @throws CliError for an unknown option or a missing value. */
export function parseCommand(spec: ParsedBy, words: readonly string[]): CommandInput {
  const dashes = words.indexOf('--');
  const [before, after] = dashes < 0 ? [words, undefined] : [words.slice(0, dashes), words.slice(dashes + 1)];
  let parsed: CommandInput | undefined;
  const program = buildProgram(spec, words[0] ?? spec.name, before, (input) => {
    parsed = spec.takesCommand === true ? { ...input, afterDashes: after } : { ...input, args: [...input.args, ...(after ?? [])] };
  });
  try {
    program.parse([...before], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw commanderError(error, spec, words[0] ?? '');
  }
  if (parsed === undefined) throw new Error('commander parsed a command line without running a command');
  return parsed;
}

/** commander's errors in kubectl's words. */
function commanderError(error: CommanderError, spec: ParsedBy, command: string): Error {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const flag = quoted.split(/[ =]/, 1)[0] ?? '';
  switch (error.code) {
    case 'commander.unknownOption': {
      const why = spec.refuses?.[flag];
      if (why !== undefined) return usageError(`${flag}: ${why}`, command);
      if (!flag.startsWith('--')) return usageError(`unknown shorthand flag: ${flag}`, command);
      const near = similarOptions(flag.slice(2), [...spec.options, ...globalOptions]);
      return usageError(`unknown flag: ${flag}${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''}`, command);
    }
    case 'commander.optionMissingArgument':
      return usageError(`flag needs a value: ${flag}`, command);
    default:
      return usageError(error.message.replace(/^error: /, ''), command);
  }
}
