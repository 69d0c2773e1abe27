import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command, Option } from 'commander';
import { buildProgram } from '../src/cli/program.ts';

/**
 * Writes what follows from the command tree into the files that repeat it: the command table of README.md, between its two
 * markers. `--check` writes nothing and fails when something is stale.
 */
const root = resolve(import.meta.dirname, '..');
const begin = '<!-- commands: written by npm run generate -->';
const end = '<!-- end of commands -->';

const file = join(root, 'README.md');
const existing = readFileSync(file, 'utf8');
const desired = withTable(existing, commandTable(buildProgram()));

if (process.argv.includes('--check')) {
  if (existing !== desired) {
    console.error('README.md says otherwise than the command tree: npm run generate');
    process.exitCode = 1;
  }
} else if (existing !== desired) {
  writeFileSync(file, desired);
  console.log('wrote README.md');
}

function withTable(text: string, table: string): string {
  const [before, rest] = splitOnce(text, begin);
  const [, after] = splitOnce(rest, end);
  return `${before}${begin}\n${table}\n${end}${after}`;
}

function splitOnce(text: string, marker: string): [string, string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`README.md has no line ${marker}`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}

function commandTable(program: Command): string {
  const commands = program.commands.filter((command) => command.name() !== 'help');
  const rows = commands.map((command) => [`\`${called(command)}\``, summaryOf(command), flagsOf(command).join(' ')]);
  return [['Command', 'What it does', 'Flags of its own'], ['---', '---', '---'], ...rows].map(rowOf).join('\n');
}

/** `get [NAME...]`, as its help spells it. */
function called(command: Command): string {
  const words = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...words].join(' ');
}

function summaryOf(command: Command): string {
  const summary = command.summary() || command.description().split('\n', 1)[0] || '';
  if (summary === '') throw new Error(`${command.name()} has no description`);
  return summary;
}

function flagsOf(command: Command): string[] {
  return command.options.filter((option) => !option.hidden).map((option) => `\`${nameOf(option)}\``);
}

function nameOf(option: Option): string {
  return option.short !== undefined && option.long !== undefined ? `${option.short}, ${option.long}` : option.flags;
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
