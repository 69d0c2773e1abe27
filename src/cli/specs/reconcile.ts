import type { CommandSpec } from '../spec.ts';
import { outputOf } from './output-options.ts';
import { dryRunOf, planOptions, yesOption } from './shared-options.ts';

export const reconcileCommand: CommandSpec = {
  name: 'reconcile',
  aliases: [],
  group: 'Converge',
  summary: "do the controller's work once, from here",
  description:
    "Do the work of VM Operator's controller once: Service, Endpoints, the load balancer's labels and annotations, and status. On a terminal it shows the plan and asks; in a pipe it acts. Children that nobody owns are refused unless --adopt, and everything while VM Operator itself is at work (nudge asks it to look again) unless --force --reason; no finalizer is added or removed, unless --as-controller.",
  examples: [
    ['Do it for one service', 'kubectl vmsvc reconcile web --once'],
    ['What would happen, with the server checking', 'kubectl vmsvc reconcile web --once --dry-run=server'],
    ['A namespace, from a script', 'kubectl vmsvc reconcile -n prod --once --yes -o json'],
  ],
  argument: '[NAME…]',
  completes: 'vmServices',
  options: [
    { name: 'once', kind: 'boolean', fallback: 'false', text: 'Required: this tool does not loop.' },
    dryRunOf('client plans in memory and sends nothing; server sends every write with dryRun=All.'),
    yesOption,
    {
      name: 'force',
      kind: 'boolean',
      fallback: 'false',
      text: 'Go on although VM Operator itself is at work. Needs --reason, and overrides nothing else.',
    },
    { name: 'reason', kind: 'text', text: 'Why --force is right; it is stored in the report.' },
    outputOf(['json', 'yaml', 'name'], 'Documents are of kind ReconcileReport.'),
    {
      name: 'print',
      kind: 'boolean',
      fallback: 'false',
      text: 'Print the Services and Endpoints as they should be, for somebody who may apply them with kubectl apply --server-side --field-manager=kubectl-vmsvc; nothing is written.',
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
    {
      name: 'fail-fast',
      kind: 'boolean',
      fallback: 'false',
      text: 'Begin no other service after one has failed; what is refused from the start does not count.',
    },
    { name: 'junit', kind: 'text', completes: 'files', text: 'File for a JUnit report with a test case for each service.' },
    {
      name: 'wait',
      kind: 'optional',
      bare: 'all',
      choices: ['address', 'endpoints', 'all'],
      text: 'Wait until the Service has its address (address), the Endpoints are stored as they were computed (endpoints), or both (all, the default).',
    },
    {
      name: 'timeout',
      kind: 'text',
      fallback: '5m',
      text: 'How long --wait waits: 30s, 5m, 1h; 0 looks once, a negative time means a week.',
    },
    {
      name: 'orphans',
      kind: 'boolean',
      fallback: 'false',
      text: 'List Services and Endpoints whose VirtualMachineService is gone; with --yes delete them.',
    },
    ...planOptions,
  ],
  run: async (input, io) => (await import('../commands/reconcile.ts')).reconcile(input, io),
};
