import { serviceStatuses } from '../../core/service-status.ts';
import type { CommandSpec } from '../spec.ts';
import { noHeaders, outputOf, templateFormats, templateOptions } from './output-options.ts';
import {
  allNamespacesOption,
  chunkSize,
  failIfEmpty,
  fieldSelector,
  ignoreNotFound,
  labelColumns,
  selectorOption,
  showLabels,
  sortBy,
  watchOnlyOption,
  watchOption,
} from './shared-options.ts';
import { releaseOptions, sources } from './source-options.ts';

const statuses = serviceStatuses.toReversed();

export const getCommand: CommandSpec = {
  name: 'get',
  aliases: [],
  group: 'Basic',
  summary: 'list, with address, readiness and one word of status',
  description:
    'List VirtualMachineServices with their address, the VMs that receive traffic out of those selected, and one word of status. With -o json or yaml it prints the objects of the API as they are.',
  examples: [
    ['The services of the current namespace', 'kubectl vmsvc get'],
    ['All namespaces, with selector and owner', 'kubectl vmsvc get -A -o wide'],
    ['One service, as the API has it', 'kubectl vmsvc get web -o yaml'],
    ['As it changes, until Ctrl-C', 'kubectl vmsvc get -w'],
    ['What a manifest would come to, without a cluster', 'kubectl vmsvc get --offline -f world.yaml'],
  ],
  argument: '[NAME…]',
  completes: 'vmServices',
  options: [
    outputOf(['json', 'yaml', 'name', 'wide', ...templateFormats]),
    allNamespacesOption,
    selectorOption,
    fieldSelector,
    {
      name: 'owner',
      kind: 'text',
      completes: ['none'],
      text: 'Only services of this workload cluster; none: only those that no workload cluster keeps.',
    },
    labelColumns,
    showLabels,
    sortBy,
    noHeaders,
    watchOption,
    watchOnlyOption,
    {
      name: 'output-watch-events',
      kind: 'boolean',
      fallback: 'false',
      text: 'With --watch: say what happened, in a first column or around each object.',
    },
    {
      name: 'status',
      kind: 'list',
      choices: statuses,
      text: `Only services of these statuses: ${statuses.join(', ')}.`,
    },
    ignoreNotFound,
    failIfEmpty,
    { name: 'show-managed-fields', kind: 'boolean', fallback: 'false', text: 'Keep managedFields in -o json and -o yaml.' },
    { name: 'show-kind', kind: 'boolean', fallback: 'false', text: 'Print names as kind.group/name.' },
    chunkSize,
    ...templateOptions,
    ...sources,
    ...releaseOptions,
  ],
  run: async (input, io) => (await import('../commands/get.ts')).get(input, io),
};
