import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { completionFiles, completionScript } from '../src/cli/completion/completion-scripts.ts';
import { shells } from '../src/cli/completion/shells.ts';
import { commands } from '../src/cli/program.ts';
import type { CommandSpec, OptionSpec } from '../src/cli/spec.ts';
import { matrixTable } from '../test/support/fault-matrix.ts';
import { findingsPage } from './findings-page.ts';

/**
 * Writes what follows from the sources into the files that repeat it: the command table of README.md and the fault matrix of
 * docs/reliability.md, each between its two markers; all of docs/findings.md; and the scripts for shells in completions/. `--check`
 * writes nothing and fails when something is stale.
 */
const root = resolve(import.meta.dirname, '..');

const desired = new Map([
  ['README.md', withTable('README.md', 'commands', commandTable())],
  ['docs/reliability.md', withTable('docs/reliability.md', 'matrix', matrixTable())],
  ['docs/findings.md', findingsPage()],
  ...shells.map((shell) => [`completions/${completionFiles[shell]}`, completionScript(shell)] as const),
]);

for (const [name, text] of desired) {
  const file = join(root, name);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  if (process.argv.includes('--check')) {
    console.error(`${name} says otherwise than the sources: npm run generate`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, text);
    console.log(`wrote ${name}`);
  }
}

function withTable(file: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name}: written by npm run generate -->`, `<!-- end of ${name} -->`];
  const [before, rest] = splitOnce(readFileSync(join(root, file), 'utf8'), begin, file);
  const [, after] = splitOnce(rest, end, file);
  return `${before}${begin}\n${table}\n${end}${after}`;
}

function splitOnce(text: string, marker: string, file: string): [string, string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`${file} has no line ${marker}`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}

function commandTable(): string {
  const rows = commands.map((command) => [`\`${called(command)}\``, command.summary, command.options.map(flagOf).join(' ')]);
  return [['Command', 'What it does', 'Flags of its own'], ['---', '---', '---'], ...rows].map(rowOf).join('\n');
}

function called({ name, argument }: CommandSpec): string {
  return argument === '' ? name : `${name} ${argument}`;
}

function flagOf({ name, short }: OptionSpec): string {
  return short === undefined ? `\`--${name}\`` : `\`-${short}\`\u00a0\`--${name}\``;
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
