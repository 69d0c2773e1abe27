import type { CommandSpec } from '../spec.ts';

export const optionsCommand: CommandSpec = {
  name: 'options',
  aliases: [],
  group: 'More',
  summary: 'the options that every command takes',
  description: 'Print the list of options that every command takes.',
  examples: [['The list', 'kubectl vmsvc options']],
  argument: '',
  options: [],
  run: async (_input, io) => (await import('../commands/options.ts')).options(io),
};
