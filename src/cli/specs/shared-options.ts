import {
  allNamespacesOption,
  filenameOption,
  kustomizeOption,
  offlineOption,
  recursiveOption,
  releaseOptions,
  selectorOption,
} from '../flags.ts';
import type { OptionSpec } from '../spec.ts';

/** Options that several commands have in common. */
export const noHeaders: OptionSpec = { name: 'no-headers', kind: 'boolean', fallback: 'false', text: 'Do not print the header line.' };

export const sortBy: OptionSpec = {
  name: 'sort-by',
  kind: 'text',
  text: "Sort by a field, as a JSONPath of the object: '{.metadata.name}'.",
};

export const fieldSelector: OptionSpec = {
  name: 'field-selector',
  kind: 'text',
  text: 'Field query, with =, == and !=; custom resources know metadata.name and metadata.namespace.',
};

export const labelColumns: OptionSpec = {
  name: 'label-columns',
  short: 'L',
  kind: 'list',
  completes: 'vmServiceLabelKeys',
  text: 'Labels to show as columns, separated by commas; may be given several times.',
};

export const showLabels: OptionSpec = {
  name: 'show-labels',
  kind: 'boolean',
  fallback: 'false',
  text: 'Show all labels in the last column.',
};

export const chunkSize: OptionSpec = {
  name: 'chunk-size',
  kind: 'text',
  fallback: '500',
  text: 'Objects to ask for at a time; 0 asks for all at once. If not given, all after the first 500 may come at once.',
};

/** What goes with `-o jsonpath` and `-o go-template`. */
export const templateOptions: readonly OptionSpec[] = [
  {
    name: 'template',
    kind: 'text',
    text: 'Template string or file for -o go-template and -o go-template-file.',
  },
  {
    name: 'allow-missing-template-keys',
    kind: 'boolean',
    fallback: 'true',
    text: 'A field or key that the object does not have is no error in a template.',
  },
];

export const failIfEmpty: OptionSpec = {
  name: 'fail-if-empty',
  kind: 'boolean',
  fallback: 'false',
  text: 'Exit with 1 when nothing was found.',
};

export const watchOption: OptionSpec = {
  name: 'watch',
  short: 'w',
  kind: 'boolean',
  fallback: 'false',
  text: 'Go on until Ctrl-C: in place on a terminal, with a line for each change in a pipe.',
};

export const watchOnlyOption: OptionSpec = {
  name: 'watch-only',
  kind: 'boolean',
  fallback: 'false',
  text: 'As --watch, without what is there at first.',
};

export const absoluteTime: OptionSpec = { name: 'absolute-time', kind: 'boolean', fallback: 'false', text: 'Print times instead of ages.' };

/** Those of kubectl that take a template, or a file of one. */
export const templateFormats = [
  'jsonpath=',
  'jsonpath-file=',
  'jsonpath-as-json=',
  'custom-columns=',
  'custom-columns-file=',
  'go-template=',
  'go-template-file=',
];

export const bundleOption: OptionSpec = {
  name: 'bundle',
  kind: 'text',
  completes: 'files',
  text: 'What kubectl vmsvc bundle wrote is the cluster, as it was then; no server is asked.',
};

export const partialOption: OptionSpec = {
  name: 'partial',
  kind: 'boolean',
  fallback: 'false',
  text: 'With --bundle: of a file that is cut short, read what is whole. What is not counts as not looked at.',
};

export const sources: readonly OptionSpec[] = [
  filenameOption,
  kustomizeOption,
  recursiveOption,
  offlineOption,
  bundleOption,
  partialOption,
];

export const asController: OptionSpec = {
  name: 'as-controller',
  kind: 'boolean',
  fallback: 'false',
  text: 'Exactly what the controller does: adoption, finalizers and the deletion path.',
};

export const skipStatus: OptionSpec = {
  name: 'skip-status',
  kind: 'boolean',
  fallback: 'false',
  text: 'Leave the status of the VirtualMachineService alone.',
};

export const planOptions: readonly OptionSpec[] = [
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
