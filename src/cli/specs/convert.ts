import type { CommandSpec } from '../spec.ts';
import { outputOf } from './output-options.ts';
import { filenameOption, kustomizeOption, recursiveOption, releaseOptions } from './source-options.ts';

export const convertCommand: CommandSpec = {
  name: 'convert',
  aliases: [],
  group: 'Basic',
  summary: 'a core Service to this kind, and back',
  description:
    'Print manifests of core Services as VirtualMachineServices; with --to=service those of VirtualMachineServices as Services and Endpoints that run without VM Operator. Nothing is written to a cluster. What cannot be carried over is named on stderr, and makes the exit code 1. The API version is that of --release, else the one that the server prefers, if it can be asked, else the newest. The VMs behind Endpoints are those in the files, or else those of the cluster.',
  examples: [
    ['A Service for VMs instead of Pods', 'kubectl vmsvc convert -f service.yaml'],
    ['Straight from a cluster, for release 9.1', 'kubectl get service web -o yaml | kubectl vmsvc convert -f - --release=9.1'],
    ['What would keep running without VM Operator', 'kubectl get vmservice web -o yaml | kubectl vmsvc convert -f - --to=service'],
  ],
  argument: '-f FILE…',
  options: [
    { ...filenameOption, text: 'Files, folders or - (stdin) with the manifests; other kinds in them are left alone.' },
    { ...kustomizeOption, text: 'A folder with a kustomization, to convert what it makes; kubectl builds it.' },
    recursiveOption,
    {
      name: 'to',
      kind: 'text',
      fallback: 'virtualmachineservice',
      choices: ['virtualmachineservice', 'vmservice', 'vmsvc', 'service', 'svc'],
      completes: ['virtualmachineservice', 'service'],
      text: 'What to make: virtualmachineservice or service.',
    },
    outputOf(['json', 'yaml', 'name'], 'Without it, yaml.'),
    { name: 'offline', kind: 'boolean', fallback: 'false', text: 'Ask no server: what is not in the files is not known.' },
    ...releaseOptions,
  ],
  run: async (input, io) => (await import('../commands/convert.ts')).convert(input, io),
};
