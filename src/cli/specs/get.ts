import { allNamespacesOption, outputOf, releaseOptions, selectorOption } from '../flags.ts';
import type { CommandSpec } from '../spec.ts';
import {
  chunkSize,
  failIfEmpty,
  fieldSelector,
  labelColumns,
  noHeaders,
  showLabels,
  sortBy,
  sources,
  templateFormats,
  templateOptions,
  watchOnlyOption,
  watchOption,
} from './shared-options.ts';

const statuses = ['OK', 'Degraded', 'Drift', 'NoAddress', 'Pending', 'NoEndpoints', 'NoVMs', 'NoService', 'Unknown', 'Deleting'];

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
    ['What a manifest would be, without a cluster', 'kubectl vmsvc get --offline -f world.yaml'],
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
      text: 'With --watch: what happened, as a first column or around each object.',
    },
    {
      name: 'status',
      kind: 'list',
      completes: statuses,
      text: `Only services of these statuses: ${statuses.join(', ')}.`,
    },
    { name: 'ignore-not-found', kind: 'boolean', fallback: 'false', text: 'A name that does not exist is not an error.' },
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
