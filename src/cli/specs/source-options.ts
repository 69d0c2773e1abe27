import { releaseNames, releaseWords } from '../../core/profile.ts';
import type { OptionSpec } from '../spec.ts';

export const filenameOption: OptionSpec = {
  name: 'filename',
  short: 'f',
  kind: 'list',
  completes: 'files',
  text: 'Files, folders, URLs or - (stdin). They name live objects; with --offline they are the cluster.',
};

export const kustomizeOption: OptionSpec = {
  name: 'kustomize',
  short: 'k',
  kind: 'text',
  completes: 'files',
  text: 'A folder with a kustomization, which names live objects. Not with -f and -R.',
};

export const recursiveOption: OptionSpec = {
  name: 'recursive',
  short: 'R',
  kind: 'boolean',
  fallback: 'false',
  text: 'Read the folders of -f with all their folders.',
};

export const offlineOption: OptionSpec = {
  name: 'offline',
  kind: 'boolean',
  fallback: 'false',
  text: 'The files of -f are the cluster; no server is asked.',
};

export const bundleOption: OptionSpec = {
  name: 'bundle',
  kind: 'text',
  completes: 'files',
  text: 'A file from kubectl vmsvc bundle is the cluster, as it was then; no server is asked.',
};

export const partialOption: OptionSpec = {
  name: 'partial',
  kind: 'boolean',
  fallback: 'false',
  text: 'With --bundle: read what is whole of a file that was cut short. The rest counts as not looked at.',
};

/** Where a command's objects come from, if not from the server alone. */
export const sources: readonly OptionSpec[] = [
  filenameOption,
  kustomizeOption,
  recursiveOption,
  offlineOption,
  bundleOption,
  partialOption,
];

const releaseOption: OptionSpec = {
  name: 'release',
  kind: 'text',
  fallback: 'auto',
  choices: ['auto', ...releaseWords],
  completes: ['auto', ...releaseNames],
  text: `The release whose controller to go by: ${releaseNames.join(', ')}; auto tells it from the versions that the server has.`,
};

const providerOption: OptionSpec = {
  name: 'provider',
  kind: 'text',
  fallback: 'auto',
  choices: ['auto', 'namespace', 'nsx', 'none'],
  text: 'Load-balancer provider: namespace (its NetworkSettings decide, and must be there), nsx, none; auto looks at what is there.',
};

const capabilityValues = ['supports_workload_ipv6', 'supports_per_namespace_network_provider'].flatMap((name) => [
  `${name}=true`,
  `${name}=false`,
]);

const capabilityOption: OptionSpec = {
  name: 'capability',
  kind: 'list',
  completes: capabilityValues,
  whole: true,
  text: 'NAME=true|false: supports_workload_ipv6, supports_per_namespace_network_provider; without it the Supervisor is asked.',
};

/** What decides how the controller behaves: shared by everything that computes what it would do. */
export const releaseOptions: readonly OptionSpec[] = [releaseOption, providerOption, capabilityOption];
