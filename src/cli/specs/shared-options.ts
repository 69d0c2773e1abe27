import { ownFieldManager } from '../../core/field-manager.ts';
import type { OptionSpec } from '../spec.ts';
import { releaseOptions, sources } from './source-options.ts';

/** Options that several commands have in common, and which have no room of their own. */
export const allNamespacesOption: OptionSpec = {
  name: 'all-namespaces',
  short: 'A',
  kind: 'boolean',
  fallback: 'false',
  text: 'All namespaces.',
};

export const selectorOption: OptionSpec = {
  name: 'selector',
  short: 'l',
  kind: 'text',
  completes: 'vmServiceLabels',
  text: "Label query for VirtualMachineServices, with kubectl's operators: =, ==, !=, in, notin, exists.",
};

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
  text: 'Like --watch, but without what is there at first.',
};

export const absoluteTime: OptionSpec = { name: 'absolute-time', kind: 'boolean', fallback: 'false', text: 'Print times instead of ages.' };

export const yesOption: OptionSpec = { name: 'yes', short: 'y', kind: 'boolean', fallback: 'false', text: 'Do not ask.' };

/** `--dry-run`, as kubectl has it; `text` says what is sent. */
export function dryRunOf(text: string): OptionSpec {
  return { name: 'dry-run', kind: 'optional', bare: 'client', fallback: 'none', choices: ['none', 'client', 'server'], text };
}

export const fieldManager: OptionSpec = {
  name: 'field-manager',
  kind: 'text',
  fallback: ownFieldManager,
  text: 'The name under which the server keeps what was written.',
};

export const ignoreNotFound: OptionSpec = {
  name: 'ignore-not-found',
  kind: 'boolean',
  fallback: 'false',
  text: 'A name that does not exist is not an error.',
};

export const failOn: OptionSpec = {
  name: 'fail-on',
  kind: 'text',
  fallback: 'error',
  choices: ['error', 'warning', 'info', 'never'],
  text: 'Exit with 1 for findings of this severity or worse: error, warning, info, never.',
};

export const minSeverity: OptionSpec = {
  name: 'min-severity',
  kind: 'text',
  fallback: 'info',
  choices: ['error', 'warning', 'info'],
  text: 'Leave out what is less severe: error, warning, info.',
};

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

export const serviceOnly: OptionSpec = {
  name: 'service-only',
  kind: 'boolean',
  fallback: 'false',
  text: 'Leave the Endpoints alone, for somebody who may not write them.',
};

/** Of the commands that compute what the controller would do. */
export const planOptions: readonly OptionSpec[] = [
  allNamespacesOption,
  selectorOption,
  asController,
  { name: 'adopt', kind: 'boolean', fallback: 'false', text: 'Take over a Service or Endpoints of that name that nobody owns.' },
  skipStatus,
  serviceOnly,
  fieldManager,
  chunkSize,
  ...sources,
  ...releaseOptions,
];
