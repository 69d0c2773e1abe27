import { usageError } from './errors.ts';
import type { Flags, OptionSpec } from './spec.ts';

/** @throws CliError for a value that an option cannot have */
export function flagsOf(values: ReadonlyMap<string, readonly string[]>, specs: readonly OptionSpec[], command: string): Flags {
  checkValues(values, specs, command);
  const specOf = (name: string) => {
    const spec = specs.find((candidate) => candidate.name === name);
    if (spec === undefined) throw new Error(`no option --${name} is declared for ${command}`);
    return spec;
  };
  const text = (name: string) => values.get(name)?.at(-1) ?? specOf(name).fallback;
  return {
    given: (name) => values.has(specOf(name).name),
    text,
    list: (name) => values.get(specOf(name).name) ?? [],
    on: (name) => text(name) === 'true',
    number(name, least) {
      const value = text(name);
      if (value === undefined) return undefined;
      if (!/^\d{1,9}$/.test(value) || Number(value) < least) {
        throw usageError(`--${name} ${JSON.stringify(value)}: must be a whole number of at least ${least}`, command);
      }
      return Number(value);
    },
  };
}

/** Before anything is asked: booleans are true or false, and an option with choices has one of them. @throws CliError */
function checkValues(values: ReadonlyMap<string, readonly string[]>, specs: readonly OptionSpec[], command: string): void {
  for (const { name, kind, choices } of specs) {
    for (const value of values.get(name) ?? []) {
      if (kind === 'boolean' && value !== 'true' && value !== 'false') {
        throw usageError(`--${name} ${JSON.stringify(value)}: must be true or false`, command);
      }
      if (choices !== undefined && !choices.includes(value)) {
        throw usageError(`--${name} ${JSON.stringify(value)}: must be one of ${choices.join(', ')}`, command);
      }
    }
  }
}

/** What every command takes. Listed by `kubectl vmsvc options` and accepted in any position. */
export const globalOptions: readonly OptionSpec[] = [
  { name: 'namespace', short: 'n', kind: 'text', completes: 'namespaces', text: 'The namespace; without it the one of the context.' },
  { name: 'context', kind: 'text', completes: 'contexts', text: 'The name of the kubeconfig context to use.' },
  { name: 'cluster', kind: 'text', completes: 'clusters', text: 'The name of the kubeconfig cluster to use.' },
  { name: 'user', kind: 'text', completes: 'users', text: 'The name of the kubeconfig user to use.' },
  {
    name: 'kubeconfig',
    kind: 'text',
    completes: 'files',
    text: 'Path to the kubeconfig file to use; without it KUBECONFIG, then ~/.kube/config.',
  },
  { name: 'server', short: 's', kind: 'text', text: 'The address and port of the Kubernetes API server.' },
  { name: 'token', kind: 'text', text: 'Bearer token for authentication to the API server.' },
  { name: 'client-certificate', kind: 'text', completes: 'files', text: 'Path to a client certificate file for TLS.' },
  { name: 'client-key', kind: 'text', completes: 'files', text: 'Path to a client key file for TLS.' },
  { name: 'certificate-authority', kind: 'text', completes: 'files', text: 'Path to a certificate file of the certificate authority.' },
  { name: 'tls-server-name', kind: 'text', text: "The name to check the server's certificate against." },
  { name: 'insecure-skip-tls-verify', kind: 'boolean', fallback: 'false', text: "Do not check the server's certificate." },
  { name: 'as', kind: 'text', text: 'User name to impersonate.' },
  { name: 'as-group', kind: 'list', text: 'Group to impersonate; may be given several times.' },
  { name: 'as-uid', kind: 'text', text: 'UID to impersonate.' },
  { name: 'as-user-extra', kind: 'list', text: 'KEY=VALUE to impersonate; may be given several times.' },
  {
    name: 'request-timeout',
    kind: 'text',
    fallback: '0',
    text: 'How long to wait for one request: 1s, 2m, or seconds; 0 does not limit it.',
  },
  { name: 'disable-compression', kind: 'boolean', fallback: 'false', text: 'Do not ask the server to compress its answers.' },
  { name: 'warnings-as-errors', kind: 'boolean', fallback: 'false', text: 'Warnings from the server make the exit code non-zero.' },
  {
    name: 'v',
    short: 'v',
    kind: 'text',
    fallback: '0',
    completes: ['0', '4', '6', '7', '8', '9'],
    text: 'How much to say on stderr: 4 choices made, 6 requests, 7 headers, 8 bodies, 9 all.',
  },
  {
    name: 'color',
    kind: 'optional',
    bare: 'always',
    fallback: 'auto',
    choices: ['auto', 'always', 'never'],
    text: 'Whether to colour the output.',
  },
  { name: 'quiet', short: 'q', kind: 'boolean', fallback: 'false', text: 'No hints on stderr.' },
];

/** `-o` with the formats that a command has, those that take something with their `=`, and what else help says of them. */
export function outputOf(formats: readonly string[], note = ''): OptionSpec {
  const list = formats.map((format) => (format.endsWith('=') ? `${format}…` : format)).join(', ');
  return {
    name: 'output',
    short: 'o',
    kind: 'text',
    completes: formats,
    filesBehind: formats.filter((format) => format.endsWith('-file=')).map((format) => format.slice(0, -1)),
    text: `${list}.${note === '' ? '' : ` ${note}`}`,
  };
}

/** The `-o` of a report, which may be given several times: `FORMAT=FILE` writes it to a file. */
export function reportOutputOf(formats: readonly string[], note: string): OptionSpec {
  const output = outputOf(formats, note);
  const toFiles = formats.filter((format) => !format.endsWith('='));
  return { ...output, kind: 'list', whole: true, filesBehind: [...toFiles, ...(output.filesBehind ?? [])] };
}

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

const releaseOption: OptionSpec = {
  name: 'release',
  kind: 'text',
  fallback: 'auto',
  choices: ['auto', '8.0.1', '8.0.2', '8.0.3', '9.0', '9.1', 'main', 'A', 'B', 'C', 'D', 'E'],
  completes: ['auto', '8.0.1', '8.0.2', '8.0.3', '9.0', '9.1', 'main'],
  text: 'Whose controller to be: auto goes by the versions that the server has; 8.0.1, 8.0.2, 8.0.3, 9.0, 9.1, main.',
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
