import type { Cluster } from '../cluster/cluster.ts';
import { preferredVersionOfGroup, servedVersionOfGroup } from '../cluster/preferred-version.ts';
import { traitsOf } from '../core/profile.ts';
import type { ReleaseFacts } from '../core/world.ts';
import { type Resource, virtualMachineServices, vmOperatorGroup } from '../model/resources.ts';
import { ApiError } from '../model/status.ts';
import { accessWords } from './access-words.ts';
import { usageError } from './errors.ts';
import type { Io } from './io.ts';
import { manifestFlag } from './manifest-input.ts';
import type { OpenCluster, Origin } from './open-cluster.ts';
import { activatedCapabilities, capabilityNames, parseCapabilities, profileFor, releaseFacts } from './release-facts.ts';
import type { CommandInput, Flags } from './spec.ts';

/** Where a command's objects come from: a server, or files that play one. Every command works with either. */
export interface Source {
  readonly cluster: Cluster;
  readonly origin: Origin;
  /** What leads another command to the same server, as the same user, as words of a command line; empty for files. */
  readonly access: readonly string[];
  /** What has another command read the same, and judge it alike: the server likewise, or the files, and the release. */
  readonly again: readonly string[];
  /** How many warnings the server has sent so far. */
  warnings(): number;
  /** The namespace to work in when `-A` was not given. */
  readonly namespace: string;
  /** Those of the kubeconfig's contexts of this cluster. */
  readonly contextNamespaces?: readonly string[];
  /** The version of VM Operator's API to use: the one that the server prefers. */
  readonly version: Promise<string>;
  /** What it was when kubectl last looked, to be going on with. */
  readonly likelyVersion: string | undefined;
  /** The version itself. @throws ConnectionError where the server does not serve it, or we do not know it */
  served(version: string, resource: Resource): Promise<string>;
  /** How this cluster's controller behaves, by flags and by what can be seen. Asks the server at most once. */
  facts(options: { readonly askCapabilities: boolean }): Promise<ReleaseFacts>;
  /** The server's clock where it is known. */
  now(): Date;
  close(): Promise<void>;
}

/**
 * Opens the cluster that flags and environment name, the files of `--offline -f`, or a bundle.
 * @throws CliError when the flags contradict each other, or the server has no VM Operator
 * @throws ConnectionError when the server could not be asked
 */
export async function openSource(input: CommandInput, io: Io, command: string, through: Through = unchanged): Promise<Source> {
  const { flags } = input;
  if (flags.on('recursive') && manifestFlag(flags) === undefined) throw usageError('-R says how deep -f reads: give both', command);
  if (flags.given('bundle')) {
    if (flags.on('offline')) throw usageError('--bundle and --offline: the cluster is the one or the other', command);
    return sourceOf(await (await import('./bundle-source.ts')).openBundle(flags, io, command), flags, io);
  }
  if (flags.on('partial')) throw usageError('--partial goes with --bundle', command);
  if (!flags.on('offline')) return openLiveSource(input, io, through);
  if (flags.given('kustomize')) {
    throw usageError(
      `a kustomization may fetch its parts from elsewhere: kubectl kustomize DIR | kubectl vmsvc ${command} --offline -f -`,
      command,
    );
  }
  if (flags.list('filename').length === 0) throw usageError('--offline needs files: -f FILE', command);
  return sourceOf(await (await import('./offline-source.ts')).openFiles(flags, io), flags, io);
}

/** The same for a command that files cannot answer. */
export async function openLiveSource({ flags }: CommandInput, io: Io, through: Through = unchanged): Promise<Source> {
  const opened = await (await import('./live-source.ts')).openLive(flags, io);
  return sourceOf({ ...opened, cluster: through(opened.cluster) }, flags, io);
}

/** Files that play a cluster, as words of a command line. */
function fileWords(flags: Flags): readonly string[] {
  if (flags.given('bundle')) return ['--bundle', flags.text('bundle') ?? '', ...(flags.on('partial') ? ['--partial'] : [])];
  return ['--offline', ...flags.list('filename').flatMap((file) => ['-f', file]), ...(flags.on('recursive') ? ['-R'] : [])];
}

/** What was said of the controller, likewise: in another release the same may be no mistake. */
function controllerWords(flags: Flags): readonly string[] {
  return [
    ...['release', 'provider'].flatMap((flag) => (flags.given(flag) ? [`--${flag}=${flags.text(flag) ?? ''}`] : [])),
    ...flags.list('capability').map((value) => `--capability=${value}`),
  ];
}

/** Stands between a command and a live cluster, and sees what it asks. */
export type Through = (cluster: Cluster) => Cluster;

const unchanged: Through = (cluster) => cluster;

/** Asks for the version at once, and lets what does not depend on it be asked meanwhile. */
function sourceOf(opened: OpenCluster, flags: Flags, io: Io): Source {
  const { cluster, origin } = opened;
  checkNamespace(opened.namespace);
  const place = origin.type === 'cluster' ? origin.context : origin.files.join(', ');
  const discovered = cluster.discoverGroup(vmOperatorGroup);
  const version = discovered.then(async (group) => {
    if (group !== undefined) return preferredVersionOfGroup(group, virtualMachineServices, place);
    const { whyNotServed } = await import('../cluster/missing-definition.ts');
    return preferredVersionOfGroup(group, virtualMachineServices, place, await whyNotServed(cluster, virtualMachineServices));
  });
  // Whoever needs the version hears of its failure; until then nobody has missed it.
  version.catch(() => {});
  let facts: Promise<ReleaseFacts> | undefined;
  return {
    ...opened,
    access: origin.type === 'cluster' ? accessWords(flags) : [],
    again: [...(origin.type === 'cluster' ? accessWords(flags) : fileWords(flags)), ...controllerWords(flags)],
    version,
    likelyVersion: likelyVersion(opened, place),
    served: (named, resource) => discovered.then((group) => servedVersionOfGroup(group, named, resource, place)),
    facts: ({ askCapabilities }: { readonly askCapabilities: boolean }) => {
      facts ??= version.then((known) => readFacts(cluster, known, flags, askCapabilities));
      return facts;
    },
    now: () => cluster.serverTime() ?? io.now(),
    close: () => cluster.close(),
  };
}

/**
 * What cannot stand in a path is no namespace that merely does not exist. Mirrors kubectl.
 * @throws CliError
 */
function checkNamespace(namespace: string): void {
  const odd = /[/%]/.exec(namespace)?.[0];
  const why =
    namespace === '.' || namespace === '..' ? `may not be '${namespace}'` : odd === undefined ? undefined : `may not contain '${odd}'`;
  if (why !== undefined) throw usageError(`invalid namespace ${JSON.stringify(namespace)}: ${why}`);
}

function likelyVersion({ remembered }: OpenCluster, place: string): string | undefined {
  if (remembered === undefined) return undefined;
  try {
    return preferredVersionOfGroup(remembered, virtualMachineServices, place);
  } catch {
    return undefined;
  }
}

async function readFacts(cluster: Cluster, version: string, flags: Flags, askCapabilities: boolean): Promise<ReleaseFacts> {
  const said = parseCapabilities(flags.list('capability'));
  // Only releases that know the capabilities are asked about them.
  const knows = traitsOf(profileFor(version, flags)).providerPerNamespace;
  const asksServer = askCapabilities && knows && capabilityNames.some((name) => !said.has(name));
  return releaseFacts(version, flags, asksServer ? await readCapabilities(cluster) : new Map());
}

/** The Supervisor's capabilities; undefined where they cannot be seen, as often by a user of one namespace. */
async function readCapabilities(cluster: Cluster): Promise<ReadonlyMap<string, boolean> | undefined> {
  const found = await lookAtCapabilities(cluster);
  return found instanceof ApiError ? undefined : found;
}

/** The same, or why they cannot be seen: there are none, or nobody lets us. */
export async function lookAtCapabilities(cluster: Cluster): Promise<ReadonlyMap<string, boolean> | ApiError> {
  try {
    const object = await cluster.get({
      apiVersion: 'iaas.vmware.com/v1alpha1',
      kind: 'Capabilities',
      namespace: undefined,
      name: 'supervisor-capabilities',
    });
    return activatedCapabilities(object);
  } catch (error) {
    if (error instanceof ApiError && (error.code === 404 || error.code === 403)) return error;
    throw error;
  }
}
