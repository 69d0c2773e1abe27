import type { CommandSpec } from '../spec.ts';
import { outputOf } from './output-options.ts';
import { planOptions } from './shared-options.ts';

export const diffCommand: CommandSpec = {
  name: 'diff',
  aliases: [],
  group: 'Converge',
  summary: 'what the controller would change',
  description:
    "Show what VM Operator's controller would change now: Service, Endpoints, and the VirtualMachineService itself. Nothing is written. The address that a load balancer gives a new Service, which reconcile copies into the status, is in no plan. Exits with 0 when nothing differs, 1 when something does, more when that could not be found out.",
  examples: [
    ['What would change for one service', 'kubectl vmsvc diff web'],
    ['Which objects differ, one a line', 'kubectl vmsvc diff -n prod -o name'],
    ['The same as patch(1) reads it', 'kubectl vmsvc diff web -o unified'],
    ['What a manifest would become, without a cluster', 'kubectl vmsvc diff --offline -f world.yaml'],
  ],
  argument: '[NAME…]',
  completes: 'vmServices',
  options: [
    outputOf(['json', 'yaml', 'name', 'unified'], 'Documents are of kind ReconcileReport.'),
    { name: 'exit-zero', kind: 'boolean', fallback: 'false', text: 'Differences do not make the exit code 1.' },
    ...planOptions,
  ],
  run: async (input, io) => (await import('../commands/diff.ts')).diff(input, io),
};
