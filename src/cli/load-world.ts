import { loadSnapshot } from '../cluster/load-snapshot.ts';
import { holesOf, isSeen, itemsOf, type LegName, type Snapshot, type Unavailable } from '../core/snapshot.ts';
import { type World, worldOf } from '../core/world.ts';
import { ApiError, isNotFound } from '../model/status.ts';
import { unavailableSentence } from '../render/messages.ts';
import { sanitize } from '../render/sanitize.ts';
import { explainError } from './error-words.ts';
import { usageError } from './errors.ts';
import type { ExitCode, Io } from './io.ts';
import type { ManifestNames } from './manifest-names.ts';
import { openSource, type Source } from './source.ts';
import type { CommandInput } from './spec.ts';
import { parseTargets, type Targets } from './targets.ts';

/** Everything that a reading command starts from. */
export interface LoadedWorld {
  readonly source: Source;
  readonly world: World;
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
  readonly targets: Targets;
  readonly notFound: readonly { readonly name: string; readonly error: ApiError }[];
}

/**
 * Reads what a command line names: opens the source, and asks for the legs at once.
 * @throws CliError, ApiError and ConnectionError when there is nothing to go on with
 */
export async function withWorld(
  input: CommandInput,
  io: Io,
  command: string,
  legs: readonly LegName[],
  use: (loaded: LoadedWorld) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { args, flags } = input;
  const fromFiles = flags.on('offline') ? nothingNamed : await namesInFiles(input, io, command);
  const targets = parseTargets([...args, ...fromFiles.names], command);
  const all = flags.on('all-namespaces');
  if (all && args.length > 0) throw usageError('a resource cannot be retrieved by name across all namespaces', command);
  const labelSelector = flags.text('selector');
  if (labelSelector !== undefined && args.length > 0) throw usageError('selectors and names cannot be given together', command);
  const chunkSize = flags.number('chunk-size', 0);

  const source = await openSource(input, io, command);
  try {
    const namespace = all ? undefined : (fromFiles.namespace ?? source.namespace);
    const request = {
      namespace,
      names: targets.vms.length > 0 ? [] : targets.vmServices,
      ...(labelSelector !== undefined && { labelSelector }),
      ...(chunkSize !== undefined && { chunkSize }),
      version: source.version,
      legs,
    };
    const [{ snapshot, notFound }, facts] = await Promise.all([
      loadSnapshot(source.cluster, request).catch((error: unknown) => refuseSelector(error, labelSelector, command)),
      source.facts(),
    ]);
    const seen = source.origin.type === 'files' ? withoutSilentControllers(snapshot) : snapshot;
    return await use({ source, world: worldOf(seen, facts), namespace, targets, notFound });
  } finally {
    await source.close();
  }
}

/** The server reads the selector; what it cannot read is a mistake on the command line. */
function refuseSelector(error: unknown, labelSelector: string | undefined, command: string): never {
  if (error instanceof ApiError && error.code === 400 && labelSelector !== undefined) {
    throw usageError(`--selector ${JSON.stringify(labelSelector)}: ${error.message}`, command);
  }
  throw error;
}

/** Files seldom hold slices, and nothing mirrors Endpoints there: without any, none are missed. */
function withoutSilentControllers(snapshot: Snapshot): Snapshot {
  if (itemsOf(snapshot.slices).length > 0) return snapshot;
  return {
    ...snapshot,
    slices: {
      unavailable: {
        verb: 'list',
        resource: 'endpointslices',
        group: 'discovery.k8s.io',
        namespace: snapshot.namespace,
        because: 'NotAsked',
        message: '',
      },
    },
  };
}

const nothingNamed: ManifestNames = { names: [], namespace: undefined };

/** `-f` names live objects, as for kubectl: the VirtualMachineServices and VMs in the files. */
async function namesInFiles({ flags }: CommandInput, io: Io, command: string): Promise<ManifestNames> {
  if (flags.list('filename').length === 0) return nothingNamed;
  const { namesOfManifests } = await import('./manifest-names.ts');
  return namesOfManifests(flags, io, command);
}

/** Says which names do not exist, a line each; exit 3 when there is one. */
export function reportNotFound(notFound: LoadedWorld['notFound'], io: Io): ExitCode {
  for (const { error } of notFound) io.stderr.write(`${explainError(error, io.argv).lines.map(sanitize).join('\n')}\n`);
  return notFound.length > 0 ? 3 : 0;
}

/** The legs without which the answer is not whole; events, slices and NetworkSettings only add to it. */
const essential: readonly string[] = ['virtualmachineservices', 'virtualmachines', 'services', 'endpoints'];

/** What could not be looked at, each once on stderr; exit 3 when the answer is not whole without it. */
export function reportHoles(world: World, io: Io): ExitCode {
  const holes = holesOf(world.snapshot).filter(isEssential);
  for (const line of new Set(holes.flatMap(holeLines))) io.stderr.write(`${sanitize(line)}\n`);
  return holes.length > 0 ? 3 : 0;
}

/** As kubectl says it, and what to ask for. */
function holeLines(hole: Unavailable): string[] {
  if (hole.because !== 'Forbidden') return [`error: ${unavailableSentence(hole)}`];
  const where = hole.namespace === undefined ? '--all-namespaces' : `-n ${hole.namespace}`;
  return [
    `Error from server (Forbidden): ${hole.message}`,
    `  ask for ${hole.verb} on ${qualified(hole)}; what you may do: kubectl auth can-i --list ${where}`,
  ];
}

function qualified({ resource, group }: Unavailable): string {
  return group === '' ? resource : `${resource}.${group}`;
}

export function isEssential(hole: Unavailable): boolean {
  return essential.includes(hole.resource);
}

/** The services of the snapshot, sorted by namespace and name. @throws CliError when they could not be looked at */
export function sortedServices(world: World) {
  const leg = world.snapshot.vmServices;
  const items = isSeen(leg) ? leg.items : [];
  const key = (item: (typeof items)[number]) => `${item.metadata.namespace ?? ''}\0${item.metadata.name}`;
  return items.toSorted((left, right) => (key(left) < key(right) ? -1 : key(left) > key(right) ? 1 : 0));
}

/** `No resources found in prod namespace.`, and that the namespace does not exist where that is so. */
export async function reportNothing({ source, namespace }: LoadedWorld, io: Io): Promise<void> {
  if (namespace === undefined) return io.stderr.write('No resources found\n');
  io.stderr.write(`No resources found in ${sanitize(namespace)} namespace.\n`);
  if (await isMissingNamespace(source, namespace))
    io.stderr.write(`Warning: the namespace ${sanitize(JSON.stringify(namespace))} does not exist\n`);
}

/** Sure only where the server lets us look: a user of one namespace may often not read namespaces. */
async function isMissingNamespace({ cluster, origin }: Source, namespace: string): Promise<boolean> {
  if (origin.type === 'files') return false;
  try {
    await cluster.get({ apiVersion: 'v1', kind: 'Namespace', namespace: undefined, name: namespace });
    return false;
  } catch (error) {
    return isNotFound(error);
  }
}

/** The worst of several exit codes. */
export function worst(codes: readonly ExitCode[]): ExitCode {
  return codes.toSorted((left, right) => right - left)[0] ?? 0;
}
