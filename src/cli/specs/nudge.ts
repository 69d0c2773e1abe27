import { allNamespacesOption, outputOf, releaseOptions, selectorOption } from '../flags.ts';
import type { CommandSpec } from '../spec.ts';
import { chunkSize, sources } from './shared-options.ts';

export const nudgeCommand: CommandSpec = {
  name: 'nudge',
  aliases: [],
  group: 'Converge',
  summary: 'ask the running controller to look again',
  description:
    "Make VM Operator's controller look at a VirtualMachineService again, with the rights of a namespace: mark its Service with an annotation (or, where it has none, one of its VMs with a label), wait for the answer, say what changed, and take the mark off. Exits with 1 when no answer came in time.",
  examples: [
    ['Ask for one service', 'kubectl vmsvc nudge web'],
    ['For every service of a namespace', 'kubectl vmsvc nudge -n prod'],
    ['Give it more time, from a script', 'kubectl vmsvc nudge web --timeout=2m -o json'],
  ],
  argument: '[NAME…]',
  completes: 'vmServices',
  options: [
    { name: 'timeout', kind: 'text', fallback: '30s', text: 'How long to wait for the answer.' },
    { name: 'yes', short: 'y', kind: 'boolean', fallback: 'false', text: 'Also those of workload clusters, without asking.' },
    outputOf(['json', 'yaml', 'name'], 'Documents are a NudgeReport.'),
    allNamespacesOption,
    selectorOption,
    chunkSize,
    ...sources,
    ...releaseOptions,
  ],
  run: async (input, io) => (await import('../commands/nudge.ts')).nudge(input, io),
};
