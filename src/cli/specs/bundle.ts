import type { CommandSpec } from '../spec.ts';
import { chunkSize } from './shared-options.ts';
import { releaseOptions } from './source-options.ts';

export const bundleCommand: CommandSpec = {
  name: 'bundle',
  aliases: [],
  group: 'Offline',
  summary: 'collect what support needs',
  description:
    'Write the objects that a diagnosis looks at to one file: the VirtualMachineServices of the namespace, VMs, Services, Endpoints, slices, events, and what stands around them, as the server has them, with what could not be looked at. Every reading command takes it in place of a cluster (--bundle FILE). Secrets are never read, and what may hold one (bootstrap data, the memory of kubectl apply, environments) is left out and listed.',
  examples: [
    ['Of one service, for somebody who may look no further', 'kubectl vmsvc bundle web'],
    ['Of the namespace, with names and addresses masked', 'kubectl vmsvc bundle --redact'],
    ['Into a file of your own name', 'kubectl vmsvc bundle web -f ticket-4711.tgz'],
    ['Look at it, without a cluster', 'kubectl vmsvc debug web --bundle ticket-4711.tgz'],
  ],
  refuses: {
    '-A': 'a bundle holds one namespace: make one for each, with -n',
    '--all-namespaces': 'a bundle holds one namespace: make one for each, with -n',
  },
  argument: '[NAME…]',
  completes: 'vmServices',
  options: [
    {
      name: 'file',
      short: 'f',
      kind: 'text',
      completes: 'files',
      text: 'The file to write, which must not exist; - for stdout. Without it vmsvc-NAMESPACE-NAME-TIME.tgz.',
    },
    {
      name: 'redact',
      kind: 'boolean',
      fallback: 'false',
      text: 'Replace names, addresses, hosts and users: the same one by the same word everywhere.',
    },
    chunkSize,
    ...releaseOptions,
  ],
  run: async (input, io) => (await import('../commands/bundle.ts')).bundle(input, io),
};
