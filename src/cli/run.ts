import { sanitize } from '../render/sanitize.ts';
import { normaliseArgv } from './argv.ts';
import { CliError } from './errors.ts';
import { allCommands, findCommand } from './find-command.ts';
import { globalOptions } from './global-options.ts';
import { commandHelp, rootHelp } from './help.ts';
import { signalExitCode } from './interruption.ts';
import type { ExitCode, Io } from './io.ts';
import { parseCommand } from './program-parser.ts';
import { similarCommands } from './similar-words.ts';
import type { CommandSpec } from './spec.ts';

/**
 * Runs one command line. The one place where errors become words and exit codes: nothing below prints an error, and nothing
 * above sees one.
 */
export async function run(io: Io): Promise<ExitCode> {
  try {
    return await dispatch(io);
  } catch (error) {
    return await explain(error, io);
  }
}

async function dispatch(io: Io): Promise<ExitCode> {
  // What shells call on TAB. Its words are somebody else's command line, and not yet a whole one.
  if (io.argv[0] === '__complete') return (await import('./commands/complete.ts')).complete(io.argv.slice(1), io);
  const { word, command, words } = await findWords(io.argv);
  if (word === undefined) {
    // What stands after `--` is no command, as with kubectl.
    parseCommand(helpWords, [helpWords.name, ...withoutHelpFlags(words)]);
    return help(undefined, io);
  }
  if (word === helpWords.name) return help(parseCommand(helpWords, withoutHelpFlags(words)).args[0], io);
  if (command === undefined) throw await unknownCommand(word);
  if (withoutHelpFlags(words).length < words.length) return help(word, io);
  return await command.run(parseCommand(command, words), io);
}

/** What stands on a line without a command, or with `help`: the options of all commands, and a word. */
const helpWords = { name: 'help', aliases: [], summary: '', options: [] };

function withoutHelpFlags(words: readonly string[]): string[] {
  const dashes = words.indexOf('--');
  return words.filter((word, at) => (dashes >= 0 && at > dashes) || !['-h', '--help', '--help=true'].includes(word));
}

/** The command is the first word that is no option; options before it belong to it as well. */
async function findWords(argv: readonly string[]): Promise<{ word?: string; command?: CommandSpec; words: string[] }> {
  const word = await firstWord(argv);
  const command = word === undefined ? undefined : await findCommand(word);
  const words = normaliseArgv(argv, [...(command?.options ?? []), ...globalOptions]);
  const at = word === undefined ? -1 : words.indexOf(word);
  return {
    ...(word === undefined ? {} : { word }),
    ...(command === undefined ? {} : { command }),
    words: at < 0 ? words : [words[at] ?? '', ...words.slice(0, at), ...words.slice(at + 1)],
  };
}

/** Nearly always the first; otherwise options stand before it, whose values must not be taken for it. */
async function firstWord(argv: readonly string[]): Promise<string | undefined> {
  const [first] = argv;
  if (first !== undefined && (await findCommand(first)) !== undefined) return first;
  const everyOption = [...globalOptions, ...(await allCommands()).flatMap((command) => command.options)];
  return normaliseArgv(argv, everyOption).find(
    (candidate, index, all) => !candidate.startsWith('-') && !all.slice(0, index).includes('--'),
  );
}

async function help(word: string | undefined, io: Io): Promise<ExitCode> {
  const command = word === undefined ? undefined : await findCommand(word);
  if (word !== undefined && word !== 'help' && command === undefined) throw await unknownCommand(word);
  io.stdout.write(
    command === undefined ? rootHelp(await allCommands()) : commandHelp(command, Math.max(narrowest, io.stdout.columns ?? 80)),
  );
  return 0;
}

/** Columns; in fewer, every word would stand on a line of its own. */
const narrowest = 40;

async function unknownCommand(word: string): Promise<CliError> {
  const similar = similarCommands(word, await allCommands());
  const hint =
    similar.length > 0
      ? ['', 'Did you mean this?', ...similar.map((name) => `\t${name}`)]
      : ["See 'kubectl vmsvc -h' for help and examples"];
  return new CliError(`unknown command ${JSON.stringify(word)} for "kubectl vmsvc"`, { exitCode: 2, hint });
}

/** Says what went wrong, on stderr; the exit code goes with it. */
export async function explain(error: unknown, io: Io): Promise<ExitCode> {
  if (error instanceof CliError) {
    io.stderr.write(`${[`error: ${error.message}`, ...error.hint].map(sanitizeLine).join('\n')}\n`);
    return error.exitCode;
  }
  const interrupted = signalExitCode(io.signal);
  if (interrupted !== undefined) {
    io.stderr.write('interrupted\n');
    return interrupted;
  }
  const { explainError } = await import('./error-words.ts');
  const { lines, exitCode } = explainError(error, io.argv);
  io.stderr.write(`${lines.map(sanitizeLine).join('\n')}\n`);
  return exitCode;
}

/** Tabs indent the suggestions; everything else that controls a terminal is escaped. */
function sanitizeLine(line: string): string {
  return line.split('\t').map(sanitize).join('\t');
}
