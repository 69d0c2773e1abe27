import type { CommandSpec, OptionSpec } from '../spec.ts';
import { noHeaders, reportOutputOf, templateFormats, templateOptions } from './output-options.ts';
import { allNamespacesOption, chunkSize, failOn, minSeverity, selectorOption } from './shared-options.ts';
import { releaseOptions, sources } from './source-options.ts';

const probeOptions: readonly OptionSpec[] = [
  {
    name: 'probe',
    kind: 'optional',
    bare: 'auto',
    choices: ['auto', 'tcp', 'tls', 'app'],
    text: 'Connect to the addresses and VMs of the named services: auto (TLS on the ports that are usual for it), tcp, tls, app (HTTP as well).',
  },
  {
    name: 'from',
    kind: 'text',
    fallback: 'laptop',
    choices: ['laptop', 'pod'],
    text: 'Probe from this machine, or from a pod in the namespace as well.',
  },
  {
    name: 'from-context',
    kind: 'text',
    completes: 'contexts',
    text: 'The context of another cluster, such as a workload cluster: for the pod of --from=pod, and to look for mirrors there.',
  },
  { name: 'probe-image', kind: 'text', text: 'Image of the pod, with sh and bash, or busybox; there is no default.' },
  { name: 'to', kind: 'text', text: 'One more HOST:PORT to try.' },
  {
    name: 'hold',
    kind: 'text',
    fallback: '5s',
    text: 'How long a connection has to stay open without an answer until it counts as silent.',
  },
  { name: 'send', kind: 'text', text: String.raw`What to say on each connection, with \r \n \t \0 \\ \xHH.` },
  { name: 'expect', kind: 'text', text: 'What an answer must hold to count as one.' },
  { name: 'max-endpoints', kind: 'text', fallback: '3', text: 'How many VMs of a service to connect to.' },
];

export const debugCommand: CommandSpec = {
  name: 'debug',
  aliases: [],
  group: 'Understand',
  summary: 'what is wrong: root causes with evidence, and what mends them',
  description:
    'Ask every rule about a VirtualMachineService, its VMs, its Service, Endpoints and slices, and what stands around them, and print the root causes: what was seen, how it mends, and what follows from it. With vm/NAME about one VM. Without a name about every service of the namespace, worst first. Nothing is changed, and no traffic is sent but to the API server; with --probe also to what the objects name. Where a Service is missing, the server is asked to rehearse making it (a dry run), if you may.',
  examples: [
    ['What is wrong with web', 'kubectl vmsvc debug web'],
    ['Which of mine needs work', 'kubectl vmsvc debug'],
    ['Why does this VM get no traffic', 'kubectl vmsvc debug vm/web-1'],
    ['Fail a pipeline on warnings, too', 'kubectl vmsvc debug -A --strict -o json'],
    ['Does anybody answer', 'kubectl vmsvc debug web --probe'],
    ['Only the rules about VM addresses and readiness', "kubectl vmsvc debug web --rules='VMS3*' --all"],
  ],
  argument: '[NAME…|vm/NAME…]',
  completes: 'targets',
  options: [
    reportOutputOf(
      ['json', 'yaml', 'sarif', ...templateFormats],
      'FORMAT=FILE writes to a file, and may be given several times. Documents are of kind Diagnosis.',
    ),
    ...templateOptions,
    allNamespacesOption,
    selectorOption,
    { name: 'all', kind: 'boolean', fallback: 'false', text: 'Name the rules that passed, and show what is only worth knowing.' },
    {
      name: 'rules',
      kind: 'list',
      completes: 'codes',
      text: 'Only these rules, by code or word, with * for anything: VMS3*,SelectorNearMiss.',
    },
    minSeverity,
    failOn,
    { name: 'strict', kind: 'boolean', fallback: 'false', text: 'The same as --fail-on=warning.' },
    {
      name: 'also-namespaces',
      kind: 'list',
      completes: 'namespaces',
      text: "Where else to look for VMs that a selector fits, when it fits none in its own namespace. If not given, in the namespaces of the kubeconfig's contexts of this cluster, and in all of files.",
    },
    {
      name: 'show-dangerous',
      kind: 'boolean',
      fallback: 'false',
      text: 'Also print commands that leave something behind or take something away.',
    },
    {
      name: 'watch',
      short: 'w',
      kind: 'boolean',
      fallback: 'false',
      text: 'Look again after every change, and say what appeared, what cleared and what cannot be seen any more.',
    },
    ...probeOptions,
    {
      name: 'write-bundle',
      kind: 'text',
      completes: 'files',
      text: 'Write what was looked at to this file, as kubectl vmsvc bundle does.',
    },
    { name: 'redact', kind: 'boolean', fallback: 'false', text: 'In that file, replace names, addresses, hosts and users.' },
    noHeaders,
    chunkSize,
    ...sources,
    ...releaseOptions,
  ],
  run: async (input, io) => (await import('../commands/debug.ts')).debug(input, io),
};
