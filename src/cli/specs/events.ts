import type { CommandSpec } from '../spec.ts';
import { noHeaders, outputOf } from './output-options.ts';
import { absoluteTime, allNamespacesOption, chunkSize, selectorOption, watchOption } from './shared-options.ts';
import { releaseOptions, sources } from './source-options.ts';

export const eventsCommand: CommandSpec = {
  name: 'events',
  aliases: [],
  group: 'Understand',
  summary: 'one timeline over all related objects',
  description:
    'Show what happened to VirtualMachineServices and to all that stands behind them, oldest first: the events of five kinds, when a condition last changed (TYPE Condition), and who last wrote which fields (TYPE Change).',
  examples: [
    ['What happened to web, its Service, Endpoints and VMs', 'kubectl vmsvc events web'],
    ['Warnings of the last hour, everywhere', 'kubectl vmsvc events -A --types=Warning --since=1h'],
    ['One VM of theirs, as it happens', 'kubectl vmsvc events --for=vm/web-1 -w'],
  ],
  argument: '[NAME…]',
  completes: 'vmServices',
  options: [
    {
      name: 'types',
      kind: 'list',
      completes: ['Normal', 'Warning', 'Condition', 'Change'],
      text: 'Only rows of these types: Normal, Warning, Condition, Change.',
    },
    { name: 'for', kind: 'text', completes: 'objects', text: 'Only rows about one object: TYPE/NAME, such as vm/web-1 or service/web.' },
    { name: 'since', kind: 'text', text: 'Only what was last seen within this time, such as 30m or 48h.' },
    watchOption,
    allNamespacesOption,
    selectorOption,
    outputOf(['json', 'yaml'], 'Documents are of kind EventList.'),
    noHeaders,
    absoluteTime,
    chunkSize,
    ...sources,
    ...releaseOptions,
  ],
  run: async (input, io) => (await import('../commands/events.ts')).events(input, io),
};
