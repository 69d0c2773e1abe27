import type { CommandSpec } from '../spec.ts';
import { outputOf } from './output-options.ts';

export const versionCommand: CommandSpec = {
  name: 'version',
  aliases: [],
  group: 'More',
  summary: "this tool's version",
  description: "Print this tool's version, that of Node, and the platform.",
  examples: [
    ['For a bug report', 'kubectl vmsvc version'],
    ['For a script', 'kubectl vmsvc version -o json'],
  ],
  argument: '',
  options: [outputOf(['json', 'yaml'])],
  run: async (input, io) => (await import('../commands/version.ts')).version(input, io),
};
