import { controllerNames } from '../../apiserver/controllers/controller-name.ts';
import { releaseNames, releaseWords } from '../../core/profile.ts';
import type { CommandSpec } from '../spec.ts';

export const sandboxCommand: CommandSpec = {
  name: 'sandbox',
  aliases: [],
  group: 'Offline',
  summary: 'a small API server for trying things',
  description:
    "Serve an in-memory Kubernetes API with VM Operator's kinds on loopback, for this tool and for kubectl itself. With -- it runs a command with KUBECONFIG set and passes its exit code on; otherwise it serves until Ctrl-C. Everyone with the token in its kubeconfig is an administrator. Quotas limit numbers of objects, node ports and load balancers, and not CPU, memory or storage.",
  examples: [
    ['Try a world from files with kubectl', 'kubectl vmsvc sandbox --load world.yaml'],
    ['Run one command against it', 'kubectl vmsvc sandbox --load world.yaml -- kubectl vmsvc get -A'],
    ['As an older release, storage only', 'kubectl vmsvc sandbox --release 8.0.1 --controllers=none --write-kubeconfig sandbox.kubeconfig'],
  ],
  argument: '[-- COMMAND [ARGUMENT…]]',
  takesCommand: true,
  options: [
    {
      name: 'load',
      kind: 'list',
      completes: 'files',
      text: 'File or folder of objects: YAML, JSON, JSON lines, Lists. uid, times, finalizers and status stay as written. Objects of networks and policies, such as SecurityPolicy and Gateway, are left out, and named.',
    },
    {
      name: 'release',
      kind: 'text',
      fallback: 'main',
      choices: releaseWords,
      completes: releaseNames,
      text: `Whose definitions are served: ${releaseNames.join(', ')}.`,
    },
    { name: 'port', kind: 'text', fallback: '0', text: 'Port on 127.0.0.1; 0 takes a free one.' },
    { name: 'write-kubeconfig', kind: 'text', completes: 'files', text: 'File for the kubeconfig; it must not exist yet.' },
    {
      name: 'controllers',
      kind: 'list',
      completes: [...controllerNames, 'none'],
      text: `What runs besides the storage: ${controllerNames.join(', ')} (all by default), or none.`,
    },
  ],
  run: async (input, io) => (await import('../commands/sandbox.ts')).sandboxCommand(input, io),
};
