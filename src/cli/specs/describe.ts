import type { CommandSpec } from '../spec.ts';
import { noHeaders, outputOf, templateFormats, templateOptions } from './output-options.ts';
import { absoluteTime, allNamespacesOption, chunkSize, selectorOption, watchOption } from './shared-options.ts';
import { releaseOptions, sources } from './source-options.ts';

export const describeCommand: CommandSpec = {
  name: 'describe',
  aliases: ['inspect'],
  group: 'Understand',
  summary: 'one object with its trace; vm/NAME traces backwards',
  description:
    'Show a VirtualMachineService with its trace: client, VIP, Service, Endpoints, slices and each VM, and for each VM the reason why it is in or out. With vm/NAME the trace runs backwards: which services reach this VM, and why the others do not.',
  examples: [
    ['Why does web not answer', 'kubectl vmsvc describe web'],
    ['Which services reach this VM', 'kubectl vmsvc describe vm/web-1'],
    ['A picture for a ticket', 'kubectl vmsvc describe web -o mermaid'],
    ['As it changes, until Ctrl-C', 'kubectl vmsvc describe web -w'],
    ['The data behind the text', 'kubectl vmsvc describe web -o json'],
  ],
  argument: '[NAME…|vm/NAME…]',
  completes: 'targets',
  options: [
    outputOf(['json', 'yaml', 'name', 'mermaid', 'dot', ...templateFormats], 'Documents are of kind Trace.'),
    ...templateOptions,
    allNamespacesOption,
    selectorOption,
    { name: 'show-events', kind: 'boolean', fallback: 'true', text: 'Show the events of all related objects.' },
    { name: 'near-misses', kind: 'boolean', fallback: 'true', text: 'Show the VMs that the selector misses by very little.' },
    { name: 'all-vms', kind: 'boolean', fallback: 'false', text: 'Also show the VMs that are not selected.' },
    {
      name: 'ports',
      kind: 'boolean',
      fallback: 'false',
      text: 'Show the endpoints port by port, where the slices have others for one port than for another.',
    },
    watchOption,
    noHeaders,
    absoluteTime,
    chunkSize,
    ...sources,
    ...releaseOptions,
  ],
  run: async (input, io) => (await import('../commands/describe.ts')).describe(input, io),
};
