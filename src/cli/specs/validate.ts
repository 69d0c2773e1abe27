import type { CommandSpec } from '../spec.ts';
import { noHeaders, reportOutputOf, templateFormats, templateOptions } from './output-options.ts';
import { allNamespacesOption, chunkSize, failOn, minSeverity, selectorOption } from './shared-options.ts';
import {
  bundleOption,
  filenameOption,
  kustomizeOption,
  offlineOption,
  partialOption,
  recursiveOption,
  releaseOptions,
} from './source-options.ts';

export const validateCommand: CommandSpec = {
  name: 'validate',
  aliases: [],
  group: 'Check',
  summary: 'what would be refused, and what is legal but wrong',
  description:
    "Judge VirtualMachineServices in files as the API server, VM Operator's webhook and, for the Service that comes of them, Kubernetes would, and say what is legal but probably not meant. Other objects in the files are context: VMs for selectors, Services for names and addresses; no server is asked. Without -f, live objects are judged: those that are named, or all of the namespace. Exits with 0 without errors, 1 with errors (or what --fail-on says), 3 when something could not be read.",
  examples: [
    ['All manifests of a folder', 'kubectl vmsvc validate -f deploy/ -R'],
    ['What a chart makes, for a certain release', 'helm template web | kubectl vmsvc validate --release=9.1 -f -'],
    ['What a file would do in the cluster', 'kubectl vmsvc validate -f web.yaml --live -n prod'],
    ['What the cluster has, as if it were sent anew', 'kubectl vmsvc validate -A'],
    ['Whether an edit would be accepted', 'kubectl vmsvc validate -f web.yaml --old=web-before.yaml'],
    ['Mend a manifest that was copied from a Service', 'kubectl vmsvc validate -f web.yaml --fix --write'],
    ['In a pipeline: a log to read, and files for others', 'kubectl vmsvc validate -f deploy/ -o sarif=vmsvc.sarif -o junit=vmsvc.xml'],
    ['Beside the lines of a pull request, in a GitHub workflow', 'kubectl vmsvc validate -f deploy/ --fail-on=warning -o github'],
  ],
  argument: '[NAME…]',
  completes: 'vmServices',
  options: [
    { ...filenameOption, text: 'Files, folders or - (stdin) to judge.' },
    { ...kustomizeOption, text: 'A folder with a kustomization, to judge what it makes; kubectl builds it.' },
    recursiveOption,
    bundleOption,
    partialOption,
    { ...offlineOption, text: 'Ask no server: with -f that is so anyway.' },
    allNamespacesOption,
    selectorOption,
    chunkSize,
    reportOutputOf(
      ['json', 'yaml', 'sarif', 'junit', 'tap', 'github', ...templateFormats],
      'Documents are of kind ValidationReport. May be given several times: FORMAT=FILE goes to a file, and one is printed.',
    ),
    {
      name: 'live',
      kind: 'boolean',
      fallback: 'false',
      text: 'Lay the files over the cluster: which VMs come and go, which problems are new or solved, and what the server says to a dry run.',
    },
    {
      name: 'fix',
      kind: 'boolean',
      fallback: 'false',
      text: 'Mend what has one right answer, where it is written, and print the manifests; comments and layout stay. What is left is told on stderr.',
    },
    { name: 'write', kind: 'boolean', fallback: 'false', text: 'With --fix: change the files instead of printing the manifests.' },
    { name: 'old', kind: 'text', completes: 'files', text: 'A file with the stored objects: what is in -f is judged as a change of them.' },
    failOn,
    minSeverity,
    {
      name: 'ignore',
      kind: 'list',
      completes: 'codes',
      text: 'Leave out a code, or CODE=NAME on one object; may be given several times. An annotation vmsvc/ignore-CODE with the reason as its value does the same on its object.',
    },
    {
      name: 'list-rules',
      kind: 'boolean',
      fallback: 'false',
      text: 'List what is looked for, with one line each, and judge nothing.',
    },
    { name: 'allow-empty', kind: 'boolean', fallback: 'false', text: 'An input without objects is no error.' },
    {
      name: 'kubernetes-version',
      kind: 'text',
      text: "The Supervisor's version of Kubernetes, such as 1.32: some Services are refused by older ones only.",
    },
    noHeaders,
    ...templateOptions,
    ...releaseOptions,
  ],
  run: async (input, io) => (await import('../commands/validate.ts')).validate(input, io),
};
