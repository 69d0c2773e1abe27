import type { CommandSpec } from '../spec.ts';
import { noHeaders, outputOf, templateFormats, templateOptions } from './output-options.ts';
import { allNamespacesOption, chunkSize, selectorOption } from './shared-options.ts';
import { releaseOptions, sources } from './source-options.ts';

export const waitCommand: CommandSpec = {
  name: 'wait',
  aliases: [],
  group: 'Check',
  summary: 'until an address, endpoints or deletion',
  description:
    'Wait until something holds of VirtualMachineServices, watching them and all that stands behind them. --for may be given several times: then all must hold at the same time. An object that does not exist yet is waited for. When the time is over it says what was missing, and exits with 1.',
  examples: [
    ['Until clients can reach it', 'kubectl vmsvc wait web --for=address'],
    ['Until two VMs receive traffic behind an address', 'kubectl vmsvc wait web --for=address --for=endpoints=2 --timeout=5m'],
    ['Until nothing is wrong with any service of the namespace', 'kubectl vmsvc wait --all --for=healthy'],
    [
      'Until a field has a value, as kubectl wait',
      "kubectl vmsvc wait web --for=jsonpath='{.status.loadBalancer.ingress[0].ip}'=10.20.0.15",
    ],
  ],
  argument: '[NAME…]',
  completes: 'vmServices',
  options: [
    {
      name: 'for',
      kind: 'list',
      whole: true,
      completes: ['address', 'endpoints', 'endpoints=all', 'reconciled', 'healthy', 'create', 'delete', 'jsonpath=', 'condition='],
      text: 'address, endpoints[=N|all] (VMs that receive traffic), reconciled (diff has nothing to do), healthy (no finding is an error), create, delete, jsonpath={.a.b}[=VALUE], condition=TYPE[=STATUS].',
    },
    { name: 'timeout', kind: 'text', fallback: '30s', text: 'How long to wait; 0 looks once, a negative time means a week.' },
    { name: 'must-exist', kind: 'boolean', fallback: 'false', text: 'A name that does not exist is an error, as for kubectl wait.' },
    { name: 'all', kind: 'boolean', fallback: 'false', text: 'All services that are in the namespace now.' },
    allNamespacesOption,
    selectorOption,
    outputOf(['json', 'yaml', 'name', ...templateFormats]),
    ...templateOptions,
    noHeaders,
    chunkSize,
    ...sources,
    ...releaseOptions,
  ],
  run: async (input, io) => (await import('../commands/wait.ts')).wait(input, io),
};
