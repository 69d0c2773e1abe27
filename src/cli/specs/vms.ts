import { vmStates } from '../../core/trace/member-state.ts';
import type { CommandSpec } from '../spec.ts';
import { noHeaders, outputOf, templateFormats, templateOptions } from './output-options.ts';
import { allNamespacesOption, chunkSize, failIfEmpty, labelColumns, selectorOption, showLabels, sortBy } from './shared-options.ts';
import { releaseOptions, sources } from './source-options.ts';

export const vmsCommand: CommandSpec = {
  name: 'vms',
  aliases: [],
  group: 'Basic',
  summary: 'the VMs behind services, one row each',
  description:
    'List the VMs behind services, one row each: whether it receives traffic, why, and its address, ports, power and probe. Without a name, for all services of the namespace.',
  examples: [
    ['Who is behind one service', 'kubectl vmsvc vms web'],
    [
      'The addresses that receive traffic, one a line',
      'kubectl vmsvc vms web --state=Ready -o jsonpath=\'{range .items[*]}{.address}{"\\n"}{end}\'',
    ],
    ['Everything that is not ready, in all namespaces', 'kubectl vmsvc vms -A --state=NotReady,Out,Stale'],
  ],
  argument: '[NAME…]',
  completes: 'vmServices',
  options: [
    outputOf(['json', 'yaml', 'name', 'wide', ...templateFormats], 'Documents are of kind MemberList.'),
    allNamespacesOption,
    selectorOption,
    { name: 'state', kind: 'list', choices: vmStates, text: `Only these states: ${vmStates.join(', ')}.` },
    { name: 'near-misses', kind: 'boolean', fallback: 'false', text: 'Also the VMs that the selector misses by very little.' },
    { name: 'all', kind: 'boolean', fallback: 'false', text: 'Also the VMs that are not selected.' },
    labelColumns,
    showLabels,
    sortBy,
    noHeaders,
    failIfEmpty,
    chunkSize,
    ...templateOptions,
    ...sources,
    ...releaseOptions,
  ],
  run: async (input, io) => (await import('../commands/vms.ts')).vms(input, io),
};
