import { describeFormats } from '../render/output-format.ts';
import { allNamespacesOption, filenameOption, offlineOption, outputOf, recursiveOption, releaseOptions, selectorOption } from './flags.ts';
import type { CommandSpec, OptionSpec } from './spec.ts';

const noHeaders: OptionSpec = { name: 'no-headers', kind: 'boolean', fallback: 'false', text: 'Do not print the header line.' };
const sortBy: OptionSpec = { name: 'sort-by', kind: 'text', text: "Sort by a field, as a JSONPath of the object: '{.metadata.name}'." };
const labelColumns: OptionSpec = {
  name: 'label-columns',
  short: 'L',
  kind: 'list',
  completes: 'vmServiceLabelKeys',
  text: 'Labels to show as columns, separated by commas; may be given several times.',
};
const showLabels: OptionSpec = { name: 'show-labels', kind: 'boolean', fallback: 'false', text: 'Show all labels in the last column.' };
const chunkSize: OptionSpec = {
  name: 'chunk-size',
  kind: 'text',
  fallback: '500',
  text: 'Objects to ask for at a time; 0 asks for all at once.',
};
const template: OptionSpec = {
  name: 'template',
  kind: 'text',
  text: 'Template string or file for -o go-template and -o go-template-file.',
};
const failIfEmpty: OptionSpec = { name: 'fail-if-empty', kind: 'boolean', fallback: 'false', text: 'Exit with 1 when nothing was found.' };
const absoluteTime: OptionSpec = { name: 'absolute-time', kind: 'boolean', fallback: 'false', text: 'Print times instead of ages.' };

/** Those of kubectl that take a template, or a file of one. */
const templateFormats = [
  'jsonpath=',
  'jsonpath-file=',
  'jsonpath-as-json=',
  'custom-columns=',
  'custom-columns-file=',
  'go-template=',
  'go-template-file=',
];

const sources: readonly OptionSpec[] = [filenameOption, recursiveOption, offlineOption];

const statuses = ['OK', 'Degraded', 'Drift', 'NoAddress', 'Pending', 'NoEndpoints', 'NoVMs', 'NoService', 'Unknown', 'Deleting'];
const states = ['Ready', 'NotReady', 'Out', 'Stale', 'NotSelected'];

const getCommand: CommandSpec = {
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
    ['What a manifest would be, without a cluster', 'kubectl vmsvc get --offline -f world.yaml'],
  ],
  argument: '[NAME…]',
  completes: 'vmServices',
  options: [
    outputOf(['json', 'yaml', 'name', 'wide', ...templateFormats]),
    allNamespacesOption,
    selectorOption,
    labelColumns,
    showLabels,
    sortBy,
    noHeaders,
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
    template,
    ...sources,
    ...releaseOptions,
  ],
  run: async (input, io) => (await import('./commands/get.ts')).get(input, io),
};

const vmsCommand: CommandSpec = {
  name: 'vms',
  aliases: [],
  group: 'Basic',
  summary: 'the VMs behind services, one row each',
  description:
    'List the VMs behind services, one row each: whether it receives traffic, why, and its address, ports, power and probe. Without a name, for all services of the namespace.',
  examples: [
    ['Who is behind one service', 'kubectl vmsvc vms web'],
    [
      'The addresses that receive traffic, one a line',
      'kubectl vmsvc vms web --state=Ready -o jsonpath=\'{range .items[*]}{.address}{"\\n"}{end}\'',
    ],
    ['Everything that is not ready, in all namespaces', 'kubectl vmsvc vms -A --state=NotReady,Out,Stale'],
  ],
  argument: '[NAME…]',
  completes: 'vmServices',
  options: [
    outputOf(['json', 'yaml', 'name', 'wide', ...templateFormats], 'Documents are a MemberList.'),
    allNamespacesOption,
    selectorOption,
    { name: 'state', kind: 'list', completes: states, text: `Only these states: ${states.join(', ')}.` },
    { name: 'near-misses', kind: 'boolean', fallback: 'false', text: 'Also the VMs that the selector misses by very little.' },
    { name: 'all', kind: 'boolean', fallback: 'false', text: 'Also the VMs that are not selected.' },
    labelColumns,
    showLabels,
    sortBy,
    noHeaders,
    failIfEmpty,
    chunkSize,
    template,
    ...sources,
    ...releaseOptions,
  ],
  run: async (input, io) => (await import('./commands/vms.ts')).vms(input, io),
};

const describeCommand: CommandSpec = {
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
    ['The data behind the text', 'kubectl vmsvc describe web -o json'],
  ],
  argument: '[NAME…|vm/NAME…]',
  completes: 'targets',
  options: [
    outputOf(describeFormats, 'Documents are a Trace.'),
    template,
    allNamespacesOption,
    selectorOption,
    { name: 'show-events', kind: 'boolean', fallback: 'true', text: 'Show the events of all related objects.' },
    { name: 'near-misses', kind: 'boolean', fallback: 'true', text: 'Show the VMs that the selector misses by very little.' },
    { name: 'all-vms', kind: 'boolean', fallback: 'false', text: 'Show the VMs that are not selected, too.' },
    noHeaders,
    absoluteTime,
    chunkSize,
    ...sources,
    ...releaseOptions,
  ],
  run: async (input, io) => (await import('./commands/describe.ts')).describe(input, io),
};

const asController: OptionSpec = {
  name: 'as-controller',
  kind: 'boolean',
  fallback: 'false',
  text: 'Exactly what the controller does: adoption, finalizers and the deletion path.',
};
const skipStatus: OptionSpec = {
  name: 'skip-status',
  kind: 'boolean',
  fallback: 'false',
  text: 'Leave the status of the VirtualMachineService alone.',
};

const canICommand: CommandSpec = {
  name: 'can-i',
  aliases: [],
  group: 'Understand',
  summary: 'what you may run in a namespace, and what is missing',
  description:
    'Ask the server which commands you can run in a namespace, and which rights are missing for the others. partly: it runs, and leaves something out. Exits with 0 for yes and partly, 1 for no, 3 when it could not be found out; with -q the exit code is the whole answer. --as-role prints the Role with which a command can be run.',
  examples: [
    ['What can I run here', 'kubectl vmsvc can-i -n prod'],
    ['In a script: may this go on', 'kubectl vmsvc can-i reconcile -n prod -q'],
    ['For an administrator: what to grant', 'kubectl vmsvc can-i reconcile -n prod --as-role'],
    ['Every right with its answer', 'kubectl vmsvc can-i -n prod -o yaml'],
  ],
  argument: '[COMMAND]',
  completes: ['get', 'describe', 'vms', 'diff', 'nudge', 'reconcile'],
  options: [
    outputOf(['json', 'yaml'], 'Documents are a Rights, or with --as-role the Role.'),
    { name: 'as-role', kind: 'boolean', fallback: 'false', text: 'Print the Role with the rights that the COMMAND takes, and no others.' },
    { ...asController, text: 'The rights for reconcile --as-controller.' },
    { ...skipStatus, text: 'The rights for reconcile --skip-status.' },
    noHeaders,
    ...releaseOptions,
  ],
  run: async (input, io) => (await import('./commands/can-i.ts')).canI(input, io),
};

const planOptions: readonly OptionSpec[] = [
  allNamespacesOption,
  selectorOption,
  asController,
  { name: 'adopt', kind: 'boolean', fallback: 'false', text: 'Take over a Service or Endpoints of that name which nobody owns.' },
  skipStatus,
  { name: 'field-manager', kind: 'text', fallback: 'kubectl-vmsvc', text: 'The name under which the server keeps what was written.' },
  chunkSize,
  ...sources,
  ...releaseOptions,
];

const diffCommand: CommandSpec = {
  name: 'diff',
  aliases: [],
  group: 'Converge',
  summary: 'what the controller would change',
  description:
    "Show what VM Operator's controller would change now: Service, Endpoints, and the VirtualMachineService itself. Nothing is written. Exits with 0 when nothing differs, 1 when something does, above that when it could not be found out.",
  examples: [
    ['What would change for one service', 'kubectl vmsvc diff web'],
    ['Which objects differ, one a line', 'kubectl vmsvc diff -n prod -o name'],
    ['The same as patch(1) reads it', 'kubectl vmsvc diff web -o unified'],
    ['What a manifest would become, without a cluster', 'kubectl vmsvc diff --offline -f world.yaml'],
  ],
  argument: '[NAME…]',
  completes: 'vmServices',
  options: [
    outputOf(['json', 'yaml', 'name', 'unified'], 'Documents are a ReconcileReport.'),
    { name: 'exit-zero', kind: 'boolean', fallback: 'false', text: 'Differences do not make the exit code 1.' },
    ...planOptions,
  ],
  run: async (input, io) => (await import('./commands/diff.ts')).diff(input, io),
};

const reconcileCommand: CommandSpec = {
  name: 'reconcile',
  aliases: [],
  group: 'Converge',
  summary: "do the controller's work once, from here",
  description:
    "Do the work of VM Operator's controller once: Service, Endpoints, the load balancer's labels and annotations, and status. On a terminal the plan is shown and asked for; in a pipe it acts. Children that nobody owns are refused unless --adopt, and everything while VM Operator itself is at work (nudge asks it to look again) unless --force --reason; no finalizer is added or removed, unless --as-controller.",
  examples: [
    ['Do it for one service', 'kubectl vmsvc reconcile web --once'],
    ['What would happen, with the server checking', 'kubectl vmsvc reconcile web --once --dry-run=server'],
    ['A namespace, from a script', 'kubectl vmsvc reconcile -n prod --once --yes -o json'],
  ],
  argument: '[NAME…]',
  completes: 'vmServices',
  options: [
    { name: 'once', kind: 'boolean', fallback: 'false', text: 'Required: this tool does not loop.' },
    {
      name: 'dry-run',
      kind: 'optional',
      bare: 'client',
      fallback: 'none',
      choices: ['none', 'client', 'server'],
      text: 'client plans in memory and sends nothing; server sends every write with dryRun=All.',
    },
    { name: 'yes', short: 'y', kind: 'boolean', fallback: 'false', text: 'Do not ask.' },
    {
      name: 'force',
      kind: 'boolean',
      fallback: 'false',
      text: 'Go on although VM Operator itself is at work. Needs --reason, and overrides nothing else.',
    },
    { name: 'reason', kind: 'text', text: 'Why --force is right; it is stored in the report.' },
    outputOf(['json', 'yaml', 'name'], 'Documents are a ReconcileReport.'),
    {
      name: 'print',
      kind: 'boolean',
      fallback: 'false',
      text: 'Print the Services and Endpoints as they should be, for somebody who may apply them; nothing is written.',
    },
    {
      name: 'save-before',
      kind: 'text',
      completes: 'files',
      text: 'File for what was there before, which must not exist yet; nothing is written to the cluster that is not in it.',
    },
    {
      name: 'undo',
      kind: 'text',
      completes: 'files',
      text: 'Put back what the run with --save-before=FILE changed; what somebody changed since is left alone.',
    },
    {
      name: 'concurrency',
      kind: 'text',
      fallback: '16',
      text: 'How many services to work on at the same time: 1 to 64.',
    },
    { name: 'fail-fast', kind: 'boolean', fallback: 'false', text: 'Begin no other service after one has failed.' },
    { name: 'junit', kind: 'text', completes: 'files', text: 'File for a JUnit report with a test case for each service.' },
    {
      name: 'wait',
      kind: 'optional',
      bare: 'all',
      choices: ['address', 'endpoints', 'all'],
      text: 'Wait until the Service has its address, and the Endpoints are stored as they were computed.',
    },
    { name: 'timeout', kind: 'text', fallback: '5m', text: 'How long --wait waits: 30s, 5m, 1h.' },
    {
      name: 'orphans',
      kind: 'boolean',
      fallback: 'false',
      text: 'List Services and Endpoints whose VirtualMachineService is gone; with --yes delete them.',
    },
    ...planOptions,
  ],
  run: async (input, io) => (await import('./commands/reconcile.ts')).reconcile(input, io),
};

const nudgeCommand: CommandSpec = {
  name: 'nudge',
  aliases: [],
  group: 'Converge',
  summary: 'ask the running controller to look again',
  description:
    "Make VM Operator's controller look at a VirtualMachineService again, with the rights of a namespace: mark its Service with an annotation (or, where it has none, one of its VMs with a label), wait for the answer, say what changed, and take the mark off. Exits with 1 when no answer came in time.",
  examples: [
    ['Ask for one service', 'kubectl vmsvc nudge web'],
    ['For every service of a namespace', 'kubectl vmsvc nudge -n prod'],
    ['Give it more time, from a script', 'kubectl vmsvc nudge web --timeout=2m -o json'],
  ],
  argument: '[NAME…]',
  completes: 'vmServices',
  options: [
    { name: 'timeout', kind: 'text', fallback: '30s', text: 'How long to wait for the answer.' },
    { name: 'yes', short: 'y', kind: 'boolean', fallback: 'false', text: 'Also those of workload clusters, without asking.' },
    outputOf(['json', 'yaml', 'name'], 'Documents are a NudgeReport.'),
    allNamespacesOption,
    selectorOption,
    chunkSize,
    ...sources,
    ...releaseOptions,
  ],
  run: async (input, io) => (await import('./commands/nudge.ts')).nudge(input, io),
};

const sandboxCommand: CommandSpec = {
  name: 'sandbox',
  aliases: [],
  group: 'Offline',
  summary: 'a small API server for trying things',
  description:
    "Serve an in-memory Kubernetes API with VM Operator's kinds on loopback, for this tool and for kubectl itself. With -- it runs a command with KUBECONFIG set and passes its exit code on; otherwise it serves until Ctrl-C. Everyone with the token in its kubeconfig is an administrator.",
  examples: [
    ['Try a world from files with kubectl', 'kubectl vmsvc sandbox --load world.yaml'],
    ['Run one command against it', 'kubectl vmsvc sandbox --load world.yaml -- kubectl vmsvc get -A'],
    ['As an older release, storage only', 'kubectl vmsvc sandbox --release 8.0.1 --controllers=none --write-kubeconfig sandbox.kubeconfig'],
  ],
  argument: '[-- COMMAND [ARGUMENT…]]',
  options: [
    {
      name: 'load',
      kind: 'list',
      completes: 'files',
      text: 'File or folder of objects: YAML, JSON, JSON lines, Lists. uid, times, finalizers and status stay as written.',
    },
    {
      name: 'release',
      kind: 'text',
      fallback: 'main',
      choices: ['8.0.1', '8.0.2', '8.0.3', '9.0', '9.1', 'main', 'A', 'B', 'C', 'D', 'E'],
      completes: ['8.0.1', '8.0.2', '8.0.3', '9.0', '9.1', 'main'],
      text: 'Whose definitions are served: 8.0.1, 8.0.2, 8.0.3, 9.0, 9.1, main.',
    },
    { name: 'port', kind: 'text', fallback: '0', text: 'Port on 127.0.0.1; 0 takes a free one.' },
    { name: 'write-kubeconfig', kind: 'text', completes: 'files', text: 'File for the kubeconfig; it must not exist yet.' },
    {
      name: 'controllers',
      kind: 'list',
      completes: ['garbage-collector', 'endpointslice-mirroring', 'load-balancer', 'none'],
      text: 'What runs besides the storage: garbage-collector, endpointslice-mirroring, load-balancer (all by default), or none.',
    },
  ],
  run: async (input, io) => (await import('./commands/sandbox.ts')).sandboxCommand(input, io),
};

const shells = ['bash', 'zsh', 'fish', 'powershell'];

const completionCommand: CommandSpec = {
  name: 'completion',
  aliases: [],
  group: 'More',
  summary: 'what a shell needs for TAB',
  description:
    "Print the script that makes TAB work for kubectl-vmsvc in a shell. For kubectl vmsvc no script is needed but kubectl's own (1.26 or later), and kubectl_complete-vmsvc on PATH, which is installed beside kubectl-vmsvc.\nNames and labels come from the cluster if it answers within 300 ms; KUBECTL_VMSVC_COMPLETION_TIMEOUT=2000 gives it two seconds.",
  examples: [
    ['For kubectl vmsvc: put the completion of kubectl itself into ~/.bashrc', 'source <(kubectl completion bash)'],
    ['For kubectl-vmsvc in bash: the same with this script', 'source <(kubectl-vmsvc completion bash)'],
    ['In zsh, below compinit in ~/.zshrc', 'source <(kubectl-vmsvc completion zsh)'],
    ['In fish', 'kubectl-vmsvc completion fish > ~/.config/fish/completions/kubectl-vmsvc.fish'],
    ['In PowerShell, in $PROFILE', 'kubectl-vmsvc completion powershell | Out-String | Invoke-Expression'],
  ],
  argument: shells.join('|'),
  completes: shells,
  options: [],
  run: async (input, io) => (await import('./commands/completion.ts')).completion(input, io),
};

const optionsCommand: CommandSpec = {
  name: 'options',
  aliases: [],
  group: 'More',
  summary: 'the options that every command takes',
  description: 'Print the list of options that every command takes.',
  examples: [['The list', 'kubectl vmsvc options']],
  argument: '',
  options: [],
  run: async (_input, io) => (await import('./commands/options.ts')).options(io),
};

const versionCommand: CommandSpec = {
  name: 'version',
  aliases: [],
  group: 'More',
  summary: "this tool's version",
  description: "Print this tool's version, that of Node, and the platform.",
  examples: [
    ['For a bug report', 'kubectl vmsvc version'],
    ['For a script', 'kubectl vmsvc version -o json'],
  ],
  argument: '',
  options: [outputOf(['json', 'yaml'])],
  run: async (input, io) => (await import('./commands/version.ts')).version(input, io),
};

/** Every command, in the order of the root help. */
export const commands: readonly CommandSpec[] = [
  getCommand,
  vmsCommand,
  describeCommand,
  canICommand,
  diffCommand,
  reconcileCommand,
  nudgeCommand,
  sandboxCommand,
  completionCommand,
  optionsCommand,
  versionCommand,
];

export function findCommand(word: string): CommandSpec | undefined {
  return commands.find((command) => command.name === word || command.aliases.includes(word));
}
