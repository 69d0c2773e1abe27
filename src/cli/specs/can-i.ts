import { rightsCommands } from '../../core/rights/commands.ts';
import type { CommandSpec } from '../spec.ts';
import { noHeaders, outputOf } from './output-options.ts';
import { asController, serviceOnly, skipStatus } from './shared-options.ts';
import { releaseOptions } from './source-options.ts';

export const canICommand: CommandSpec = {
  name: 'can-i',
  aliases: [],
  group: 'Check',
  summary: 'what you may run in a namespace, and what is missing',
  description:
    'Ask the server which commands you can run in a namespace, and which rights are missing for the others. partly: it runs, and leaves something out. Exits with 0 for yes and partly, 1 for no, 3 when it could not be found out; with -q the exit code is the whole answer. --as-role prints the Role with which a command can be run.',
  examples: [
    ['What can I run here', 'kubectl vmsvc can-i -n prod'],
    ['In a script: may this go on', 'kubectl vmsvc can-i reconcile -n prod -q'],
    ['For an administrator: what to grant', 'kubectl vmsvc can-i reconcile -n prod --as-role'],
    ['Every right with its answer', 'kubectl vmsvc can-i -n prod -o yaml'],
  ],
  refuses: {
    '--bundle': 'rights are those of today, which a server knows and a bundle does not',
    '--offline': 'rights are what a server says',
  },
  argument: '[COMMAND]',
  completes: rightsCommands,
  options: [
    outputOf(['json', 'yaml'], 'Documents are of kind Rights; with --as-role it is the Role.'),
    { name: 'as-role', kind: 'boolean', fallback: 'false', text: 'Print the Role with the rights that the COMMAND takes, and no others.' },
    { ...asController, text: 'The rights for reconcile --as-controller.' },
    { ...skipStatus, text: 'The rights for reconcile --skip-status.' },
    { ...serviceOnly, text: 'The rights for reconcile --service-only.' },
    noHeaders,
    ...releaseOptions,
  ],
  run: async (input, io) => (await import('../commands/can-i.ts')).canI(input, io),
};
