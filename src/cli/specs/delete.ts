import type { CommandSpec } from '../spec.ts';
import { outputOf } from './output-options.ts';
import { allNamespacesOption, chunkSize, dryRunOf, ignoreNotFound, selectorOption, yesOption } from './shared-options.ts';
import { releaseOptions, sources } from './source-options.ts';

export const deleteCommand: CommandSpec = {
  name: 'delete',
  aliases: [],
  group: 'Basic',
  summary: 'remove, after showing what goes with it',
  description:
    "Delete VirtualMachineServices, after showing what goes with each: its Service, its Endpoints, its address. On a terminal it asks; in a pipe it acts. What a workload cluster keeps is refused, and so is a service whose name somebody else's Service has, for VM Operator deletes by name. Then it waits until they are gone, and explains what holds those that stay.",
  examples: [
    ['One service', 'kubectl vmsvc delete web'],
    ['What would go, and nothing else', 'kubectl vmsvc delete web --dry-run=server'],
    ['Those with a label, from a script', 'kubectl vmsvc delete -l app=old -n prod --timeout=2m'],
    ['Everything in a namespace', 'kubectl vmsvc delete --all --yes -n scratch'],
  ],
  refuses: {
    '--force': 'nothing can be skipped: a VirtualMachineService is gone as soon as its finalizers are',
    '--now': 'a VirtualMachineService has no grace period; it is gone as soon as its finalizers are',
    '-i': 'on a terminal it asks by itself',
    '--interactive': 'on a terminal it asks by itself',
    '--field-selector': 'names, -l or --all say what to delete',
    '--raw': 'kubectl delete --raw deletes by a path of the API',
  },
  argument: '[NAME…]',
  completes: 'vmServices',
  options: [
    yesOption,
    dryRunOf('client sends nothing; server sends the deletion with dryRun=All.'),
    selectorOption,
    { name: 'all', kind: 'boolean', fallback: 'false', text: 'All services of the namespace; needs --yes.' },
    allNamespacesOption,
    ignoreNotFound,
    { name: 'wait', kind: 'boolean', fallback: 'true', text: 'Wait until the objects are gone.' },
    { name: 'timeout', kind: 'text', fallback: '0s', text: 'How long to wait; 0 means a week.' },
    {
      name: 'cascade',
      kind: 'optional',
      bare: 'background',
      fallback: 'background',
      completes: ['background', 'foreground'],
      text: 'background or foreground. Not orphan: VM Operator deletes the Service and the Endpoints by name.',
    },
    { name: 'grace-period', kind: 'text', fallback: '-1', text: 'Only -1: a VirtualMachineService has no grace period.' },
    outputOf(['name']),
    chunkSize,
    ...sources,
    ...releaseOptions,
  ],
  run: async (input, io) => (await import('../commands/delete.ts')).remove(input, io),
};
