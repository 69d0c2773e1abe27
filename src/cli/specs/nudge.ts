import type { CommandSpec } from '../spec.ts';
import { outputOf } from './output-options.ts';
import { allNamespacesOption, chunkSize, selectorOption, yesOption } from './shared-options.ts';
import { releaseOptions, sources } from './source-options.ts';

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
    { ...yesOption, text: 'Also those of workload clusters, without asking.' },
    outputOf(['json', 'yaml', 'name'], 'Documents are of kind NudgeReport.'),
    allNamespacesOption,
    selectorOption,
    chunkSize,
    ...sources,
    ...releaseOptions,
  ],
  run: async (input, io) => (await import('../commands/nudge.ts')).nudge(input, io),
};
