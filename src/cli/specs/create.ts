import { ipFamilies, ipFamilyPolicies } from '../../model/service.ts';
import type { CommandSpec, OptionSpec } from '../spec.ts';
import { outputOf, templateFormats, templateOptions } from './output-options.ts';
import { dryRunOf, fieldManager, yesOption } from './shared-options.ts';
import { filenameOption, releaseOptions, sources } from './source-options.ts';

const what: readonly OptionSpec[] = [
  {
    name: 'type',
    kind: 'text',
    completes: ['LoadBalancer', 'ClusterIP'],
    text: 'LoadBalancer or ClusterIP. There is no default: it cannot be changed later.',
  },
  {
    name: 'port',
    kind: 'list',
    text: '[NAME=]PORT[:TARGET][/PROTO], as in http=80:8080 or 53/UDP; may be given several times. Without NAME the one that is usual for the port.',
  },
  {
    name: 'selector',
    kind: 'list',
    completes: 'vmLabels',
    text: 'KEY=VALUE,…: the labels of the VMs that are to receive traffic. Equality only: the API has nothing else.',
  },
  {
    name: 'from',
    kind: 'list',
    completes: 'vms',
    text: 'vm/NAME,…: the VMs that are to receive traffic; the selector is the smallest set of labels that only they have.',
  },
  {
    name: 'from-selector',
    short: 'l',
    kind: 'text',
    completes: 'vmLabels',
    text: "The same, for the VMs that a label query finds now, with kubectl's operators.",
  },
  {
    name: 'label-vm',
    kind: 'list',
    completes: 'vmLabels',
    text: 'KEY=VALUE,…: label those VMs first; taken off again if the service cannot be created. After a kill they stay: kubectl get vm -l KEY=VALUE finds them, and the same command goes on with them.',
  },
  { name: 'name', kind: 'text', text: 'The name, where the words name VMs: expose vm/web-1 --name=web.' },
  { name: 'tcp', kind: 'list', text: '[NAME=]PORT[:TARGET], as kubectl create service writes it.' },
  { name: 'udp', kind: 'list', text: '[NAME=]PORT[:TARGET], as kubectl create service writes it.' },
  { name: 'target-port', kind: 'text', text: 'The target of the one --port, as kubectl expose writes it.' },
  { name: 'protocol', kind: 'text', completes: ['TCP', 'UDP', 'SCTP'], text: 'The protocol of the one --port: TCP, UDP, SCTP.' },
  { name: 'port-name', kind: 'text', text: 'The name of the one --port.' },
];

const extras: readonly OptionSpec[] = [
  { name: 'load-balancer-ip', kind: 'text', text: 'The address to ask the load balancer for.' },
  { name: 'source-range', kind: 'list', text: 'A CIDR that clients may come from; may be given several times.' },
  { name: 'cluster-ip', kind: 'text', text: 'The cluster IP to ask for, or None for a headless service.' },
  {
    name: 'ip-family',
    kind: 'list',
    completes: ipFamilies,
    text: 'IPv4 or IPv6, the preferred one first; for servers with v1alpha6.',
  },
  {
    name: 'ip-family-policy',
    kind: 'text',
    completes: ipFamilyPolicies,
    text: 'SingleStack, PreferDualStack or RequireDualStack; for servers with v1alpha6.',
  },
  {
    name: 'external-traffic-policy',
    kind: 'text',
    completes: ['Local', 'Cluster'],
    text: 'Local or Cluster; written as the annotation that VM Operator reads.',
  },
  { name: 'health-check-node-port', kind: 'text', text: 'The port of health checks, with Local; written as an annotation.' },
  { name: 'external-name', kind: 'text', text: 'With --type=ExternalName, which is answered with the command that makes a core Service.' },
  {
    name: 'label',
    kind: 'list',
    completes: 'vmServiceLabels',
    text: 'KEY=VALUE,…: labels of the VirtualMachineService; may be given several times.',
  },
  { name: 'annotation', kind: 'list', text: 'KEY=VALUE: an annotation of the VirtualMachineService; may be given several times.' },
];

const how: readonly OptionSpec[] = [
  dryRunOf('client sends nothing; server sends the object with dryRun=All.'),
  outputOf(
    ['json', 'yaml', 'name', ...templateFormats.filter((format) => !format.startsWith('custom-columns'))],
    'The object as it was created, or would be.',
  ),
  ...templateOptions,
  { name: 'save-config', kind: 'boolean', fallback: 'false', text: 'Keep the object in an annotation, for kubectl apply.' },
  fieldManager,
  {
    name: 'validate',
    kind: 'optional',
    bare: 'strict',
    fallback: 'strict',
    choices: ['strict', 'warn', 'ignore', 'true', 'false'],
    completes: ['strict', 'warn', 'ignore'],
    text: 'What the server does with fields that it does not know.',
  },
  {
    name: 'wait',
    kind: 'optional',
    bare: 'address',
    choices: ['address', 'endpoints'],
    text: 'Wait until there is an address, or endpoints that are ready, and show the trace.',
  },
  { name: 'timeout', kind: 'text', fallback: '5m', text: 'How long --wait waits: 30s, 5m, 1h.' },
  {
    name: 'interactive',
    short: 'i',
    kind: 'boolean',
    fallback: 'false',
    text: 'Ask for what is missing, and before anything is created. On a terminal, what is missing is asked for anyway.',
  },
  { ...yesOption, text: 'Do not ask whether VMs may be labeled, or others selected as well.' },
  { ...filenameOption, text: 'With --offline: the files to look for VMs and services in.' },
  ...sources.filter(({ name }) => name !== 'filename'),
  ...releaseOptions,
];

export const createCommand: CommandSpec = {
  name: 'create',
  aliases: ['expose'],
  group: 'Basic',
  summary: 'make one: flags, prompts, or from VMs',
  description:
    'Create a VirtualMachineService, from flags, from VMs, or by answering questions. Before it is created, stderr says which VMs it selects now, which it misses by little, and which other services select them. The same command as kubectl create vmservice NAME.',
  examples: [
    [
      'A load balancer for the VMs with two labels',
      'kubectl vmsvc create web --type=LoadBalancer --port=80:8080 --selector=app=web,tier=front',
    ],
    [
      'For these two VMs, with the labels that only they have',
      'kubectl vmsvc create web --type=LoadBalancer --port=80 --from=vm/web-1,vm/web-2',
    ],
    ['As kubectl and virtctl write it', 'kubectl vmsvc expose vm/web-1 --name=web --type=ClusterIP --port=80 --target-port=8080'],
    [
      'A manifest to keep, with nothing written',
      'kubectl vmsvc create dns --type=ClusterIP --port=53/UDP --selector=app=dns --dry-run=client -o yaml',
    ],
    ['By answering questions', 'kubectl vmsvc create -i'],
  ],
  argument: '[NAME|vm/NAME…]',
  completes: 'vms',
  options: [...what, ...extras, ...how],
  run: async (input, io) => (await import('../commands/create.ts')).create(input, io),
};
