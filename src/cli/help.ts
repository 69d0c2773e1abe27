import { wrap } from '../render/wrap.ts';
import { globalOptions } from './global-options.ts';
import type { CommandSpec, OptionSpec } from './spec.ts';

const groupTitles: Readonly<Record<CommandSpec['group'], string>> = {
  Basic: 'Basic commands:',
  Understand: 'Commands that say why:',
  Check: 'Commands that check:',
  Converge: "Commands that do the controller's work:",
  Offline: 'Without a Supervisor:',
  More: 'More:',
};

/** The help of the program: its commands under headings, and at the end the exit codes. Fits in 40 lines. */
export function rootHelp(commands: readonly CommandSpec[]): string {
  const lines = ['kubectl vmsvc shows, traces and reconciles VirtualMachineServices of a vSphere Supervisor.', ''];
  for (const [group, title] of Object.entries(groupTitles)) {
    // As in kubectl's own, `options` is named below the list only.
    const members = commands.filter((command) => command.group === group && command.name !== 'options');
    if (members.length === 0) continue;
    lines.push(title, ...members.map((command) => `  ${command.name.padEnd(12)}${command.summary}${aliasNote(command)}`), '');
  }
  lines.push(
    "Usage: kubectl vmsvc COMMAND [flags] [options]     flags stand after 'vmsvc': kubectl vmsvc get -n prod",
    'Use "kubectl vmsvc COMMAND --help" for one command, "kubectl vmsvc options" for the options of all commands.',
    '',
    'Exit codes:',
    '  0  done, and the answer is yes          2  wrong command line, or refused on principle',
    '  1  done, and the answer is no (diff)    3  could not look, or could not write',
    '  70 a bug of this tool                   129, 130, 143  hung up, interrupted, terminated',
  );
  return `${lines.join('\n')}\n`;
}

/** The help of one command, in kubectl's order: what it is, examples, options, usage. `width` in columns. */
export function commandHelp(command: CommandSpec, width: number): string {
  const lines = [...wrap(command.description, width)];
  if (command.aliases.length > 0) lines.push('', 'Aliases:', `  ${[command.name, ...command.aliases].join(', ')}`);
  lines.push(
    '',
    'Examples:',
    ...command.examples.flatMap(([comment, line], index) => [...(index > 0 ? [''] : []), `  # ${comment}`, `  ${line}`]),
  );
  if (command.options.length > 0) lines.push('', 'Options:', ...optionLines(command.options, width));
  lines.push('', 'Usage:', `  kubectl vmsvc ${[command.name, command.argument, '[options]'].filter((part) => part !== '').join(' ')}`, '');
  lines.push('Use "kubectl vmsvc options" for a list of global command-line options (applies to all commands).');
  return `${lines.join('\n')}\n`;
}

/** What `kubectl vmsvc options` prints. */
export function globalOptionsHelp(width: number): string {
  return `${['The following options can be passed to any command:', '', ...optionLines(globalOptions, width)].join('\n')}\n`;
}

/** `    -o, --output='':` and the text below it. */
function optionLines(options: readonly OptionSpec[], width: number): string[] {
  return options.flatMap((option, index) => [
    ...(index > 0 ? [''] : []),
    `    ${option.short === undefined || option.short === option.name ? '' : `-${option.short}, `}${optionHead(option)}`,
    ...wrap(option.text, Math.max(40, width - 8)).map((line) => `        ${line}`),
  ]);
}

function optionHead({ name, short, kind, fallback }: OptionSpec): string {
  const dashes = short === name ? '-' : '--';
  if (kind === 'list') return `${dashes}${name}=[]:`;
  if (kind === 'boolean') return `${dashes}${name}=${fallback ?? 'false'}:`;
  return `${dashes}${name}='${fallback ?? ''}':`;
}

function aliasNote({ aliases }: CommandSpec): string {
  return aliases.length === 0 ? '' : ` (alias: ${aliases.join(', ')})`;
}
