import { type LoadedSnapshot, loadSnapshot, type NotFound, type SnapshotRequest } from '../cluster/load-snapshot.ts';
import type { LoadedSurroundings } from '../cluster/load-surroundings.ts';
import { counted } from '../core/counted.ts';
import { isEssential, isSeen, itemsOf, type LegName, type Snapshot } from '../core/snapshot.ts';
import { type ReleaseFacts, type World, worldOf } from '../core/world.ts';
import { virtualMachineServices, virtualMachines } from '../model/resources.ts';
import { ApiError } from '../model/status.ts';
import { sanitize } from '../render/sanitize.ts';
import type { AskedService } from './asked-services.ts';
import { usageError } from './errors.ts';
import { worst } from './exit-code.ts';
import type { ExitCode, Io } from './io.ts';
import { manifestFlag } from './manifest-input.ts';
import type { NamedPlace } from './manifest-names.ts';
import { hidesServices, loadPlaces, type Places, placesOf, severalNamespaces } from './named-places.ts';
import { withProgress } from './progress.ts';
import { openSource, type Source, type Through } from './source.ts';
import type { CommandInput, Flags } from './spec.ts';
import { parseTargets, type Targets } from './targets.ts';

/** Everything that a reading command starts from. */
export interface LoadedWorld {
  readonly source: Source;
  readonly world: World;
  /** Undefined: all namespaces, or those in which files name something. */
  readonly namespace: string | undefined;
  /** What files name, and where; empty where the command line does. */
  readonly places: Places;
  readonly targets: Targets;
  readonly asked: readonly AskedService[];
  readonly notFound: readonly NotFound[];
  /** Undefined where they were not asked for. */
  readonly surroundings: LoadedSurroundings | undefined;
}

/** What a command reads, and how it takes names. */
export interface WorldRequest {
  /** Loads what is needed when the server has answered. */
  readonly meanwhile?: () => Promise<unknown>;
  readonly command: string;
  readonly legs: readonly LegName[];
  /** Of VirtualMachineServices, in the API's syntax. */
  readonly fieldSelector?: string;
  /** The API's own objects are printed, in the version that a type word names; otherwise it only has to be served. */
  readonly inNamedVersion?: boolean;
  /** Who wrote the objects is looked at. */
  readonly writers?: boolean | 'fields';
  /** With `writers`: everything of a VM is looked at, not only what decides about its endpoint. */
  readonly wholeVms?: boolean;
  /** A name that nothing has may be the beginning of names, as kubectl's describe takes it. Never for a command that writes. */
  readonly prefixes?: boolean;
  /** Whether the Supervisor's capabilities matter; true by default. */
  readonly capabilities?: boolean;
  /** Read what stands around, too: quotas, policies, what load balancers and networks keep. */
  readonly surroundings?: boolean;
  /**
   * Everything of the namespace is looked at, whatever was named: names that nothing has are then for the command to find. Where
   * listing is denied, what was named is asked for by name.
   */
  readonly whole?: boolean;
  /** Half a picture of a namespace is of no use: where files name several, one that cannot be seen whole is left out. */
  readonly wholePlaces?: boolean;
  /** Sees what is asked of a live cluster. */
  readonly through?: Through;
}

/** What a command line names, and where, before anything of it was read. */
export interface Scope {
  readonly source: Source;
  /** Undefined: all namespaces, or those of `places`. */
  readonly namespace: string | undefined;
  readonly places: Places;
  readonly targets: Targets;
  readonly asked: readonly AskedService[];
  /** Names of VirtualMachineServices; none means all of them. */
  readonly names: readonly string[];
  /** What to read for some names, with the flags that say how. */
  request(names: readonly string[]): SnapshotRequest;
  readonly selector: string | undefined;
  readonly fieldSelector: string | undefined;
}

/**
 * Reads what a command line names: opens the source, and asks for the legs at once.
 * @throws CliError, ApiError and ConnectionError when there is nothing to go on with
 */
export async function withWorld(
  input: CommandInput,
  io: Io,
  request: WorldRequest,
  use: (loaded: LoadedWorld) => Promise<ExitCode>,
): Promise<ExitCode> {
  const takesPlaces = request.whole !== true;
  return openScope(input, io, { ...request, takesPlaces }, async (scope) => {
    const loading = loadWorld(scope, input.flags, io, request);
    // When the requests have left. Whoever needs what is loaded hears of its failure.
    if (request.meanwhile !== undefined) setImmediate(() => void request.meanwhile?.().catch(() => {}));
    return use(await loading);
  });
}

/**
 * Opens the source and reads no object: for a command that does not read once.
 * @throws CliError for words and flags that contradict each other
 */
export function withScope(input: CommandInput, io: Io, request: WorldRequest, use: (scope: Scope) => Promise<ExitCode>): Promise<ExitCode> {
  return openScope(input, io, { ...request, takesPlaces: false }, use);
}

/** @param takesPlaces whether files may name services of several namespaces */
async function openScope(
  input: CommandInput,
  io: Io,
  {
    command,
    legs,
    fieldSelector,
    inNamedVersion = false,
    writers = false,
    wholeVms = false,
    through,
    takesPlaces,
  }: WorldRequest & { readonly takesPlaces: boolean },
  use: (scope: Scope) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { args, flags } = input;
  const fromFiles = flags.on('offline') ? [] : await namesInFiles(input, io, command);
  const targets = parseTargets([...args, ...fromFiles.map(({ word }) => word)], command);
  const all = flags.on('all-namespaces');
  if (all && args.length > 0) throw usageError('a resource cannot be retrieved by name across all namespaces', command);
  const selector = flags.text('selector');
  if ((selector !== undefined || fieldSelector !== undefined) && args.length > 0) {
    throw usageError('selectors and names cannot be given together', command);
  }
  const pageSize = flags.number('chunk-size', 0);
  // Only somebody who says so gets pages and nothing else.
  const chunkSize = flags.given('chunk-size') ? pageSize : undefined;

  const source = await openSource(input, io, command, through);
  try {
    const places = placesOf(fromFiles, source.namespace, command);
    if (places.size > 1 && (!takesPlaces || targets.vms.length > 0)) throw severalNamespaces(places, command);
    const namespace = all || places.size > 1 ? undefined : ([...places.keys()][0] ?? source.namespace);
    const resource = targets.vms.length > 0 ? virtualMachines : virtualMachineServices;
    const named = targets.version === undefined ? undefined : source.served(targets.version, resource);
    // Whoever reads in it hears of its failure.
    named?.catch(() => {});
    const asNamed = inNamedVersion && named !== undefined;
    const asked = targets.said.map(({ name }, at) => ({ namespace: fromFiles[at]?.namespace ?? source.namespace, name }));
    const code = await use({
      source,
      namespace,
      places,
      targets,
      asked: targets.vms.length > 0 ? [] : asked,
      names: targets.vms.length > 0 ? [] : targets.vmServices,
      selector,
      fieldSelector,
      request: (names) => ({
        namespace,
        names,
        ...(selector !== undefined && { labelSelector: selector }),
        ...(fieldSelector !== undefined && { fieldSelector }),
        ...(chunkSize !== undefined && { chunkSize }),
        version: asNamed ? named : (named?.then(() => source.version) ?? source.version),
        likelyVersion: asNamed ? targets.version : source.likelyVersion,
        legs,
        writers,
        wholeVms,
      }),
    });
    return flags.on('warnings-as-errors') ? worst([code, countWarnings(source, io)]) : code;
  } finally {
    await source.close();
  }
}

async function readSurroundings({ cluster }: Source, namespace: string | undefined): Promise<LoadedSurroundings> {
  const { loadSurroundings } = await import('../cluster/load-surroundings.ts');
  return loadSurroundings(cluster, namespace);
}

/** Lists that are denied, replaced by what may be read by name. */
async function orByName(all: LoadedSnapshot, byName: () => Promise<LoadedSnapshot>): Promise<LoadedSnapshot> {
  const { snapshot } = all;
  if ([snapshot.vmServices, snapshot.services, snapshot.endpoints].every((leg) => isSeen<unknown>(leg))) return all;
  const named = (await byName()).snapshot;
  return {
    ...all,
    snapshot: {
      ...snapshot,
      vmServices: isSeen(snapshot.vmServices) ? snapshot.vmServices : named.vmServices,
      services: isSeen(snapshot.services) ? snapshot.services : named.services,
      endpoints: isSeen(snapshot.endpoints) ? snapshot.endpoints : named.endpoints,
    },
  };
}

/** Reads at once what is in a scope. @throws as withWorld */
export async function loadWorld(
  scope: Scope,
  flags: Flags,
  io: Io,
  { command, prefixes = false, capabilities = true, surroundings = false, whole = false, wholePlaces = false }: WorldRequest,
): Promise<LoadedWorld> {
  const { source, namespace, places, targets } = scope;
  const several = places.size > 1;
  const where = several ? `${places.size} namespaces` : namespace === undefined ? 'all namespaces' : `namespace ${namespace}`;
  const load = async (wanted: readonly string[], legs?: readonly LegName[]): Promise<LoadedSnapshot> => {
    const request = { ...scope.request(wanted), ...(legs !== undefined && { legs }) };
    const reading = several
      ? loadPlaces(source.cluster, request, places, wholePlaces ? isEssential : hidesServices)
      : loadSnapshot(source.cluster, request);
    const loading = reading.catch((error: unknown) => refuseSelector(error, scope, command));
    return withProgress(`Reading ${sanitize(where)}`, flags, io, loading);
  };
  const names = whole ? [] : scope.names;
  const [loadedFirst, facts, around] = await Promise.all([
    load(names),
    source.facts({ askCapabilities: capabilities }),
    surroundings ? readSurroundings(source, namespace) : undefined,
  ]);
  const first =
    whole && targets.vmServices.length > 0
      ? await orByName(loadedFirst, () => load(targets.vmServices, ['vmServices', 'services', 'endpoints']))
      : loadedFirst;
  const loaded = prefixes && first.notFound.length > 0 ? withPrefixes(names, first, await load([]), io) : first;
  return { ...worldIn(scope, loaded, facts), surroundings: around };
}

/** The world of a snapshot that was read in a scope, without surroundings. */
export function worldIn(
  { source, namespace, places, targets, asked }: Scope,
  { snapshot, notFound }: LoadedSnapshot,
  facts: ReleaseFacts,
): LoadedWorld {
  const seen = source.origin.type === 'files' && source.origin.bundle === undefined ? withoutSilentControllers(snapshot) : snapshot;
  return { source, world: worldOf(seen, facts), namespace, places, targets, asked, notFound, surroundings: undefined };
}

/** As kubectl: `error: 1 warning received`. */
export function countWarnings(source: Source, io: Io): ExitCode {
  const count = source.warnings();
  if (count === 0) return 0;
  io.stderr.write(`error: ${counted(count, 'warning')} received\n`);
  return 1;
}

/** Takes the names that nothing has as beginnings of names, and says so; those that begin nothing stay not found. */
function withPrefixes(names: readonly string[], first: LoadedSnapshot, everything: LoadedSnapshot, io: Io): LoadedSnapshot {
  const all = itemsOf(everything.snapshot.vmServices);
  const missing = first.notFound.map(({ name }) => name);
  const begunBy = (prefix: string) => all.filter(({ metadata }) => metadata.name.startsWith(prefix));
  const beginnings = missing.filter((name) => begunBy(name).length > 0);
  if (beginnings.length === 0) return first;
  for (const name of beginnings) {
    io.stderr.write(`no object named ${sanitize(JSON.stringify(name))}: showing ${begunBy(name).length} with that prefix\n`);
  }
  const wanted = new Set([
    ...names.filter((name) => !missing.includes(name)),
    ...beginnings.flatMap(begunBy).map((item) => item.metadata.name),
  ]);
  return {
    snapshot: { ...everything.snapshot, vmServices: { items: all.filter(({ metadata }) => wanted.has(metadata.name)) } },
    notFound: first.notFound.filter(({ name }) => !beginnings.includes(name)),
  };
}

/** The server reads the selectors; what it cannot read is a mistake on the command line. */
export function refuseSelector(
  error: unknown,
  { selector, fieldSelector }: Pick<Scope, 'selector' | 'fieldSelector'>,
  command: string,
): never {
  if (!(error instanceof ApiError) || error.code !== 400) throw error;
  const aboutFields = selector === undefined || /invalid selector|field label|field selector/.test(error.message);
  const [flag, text] = fieldSelector !== undefined && aboutFields ? ['--field-selector', fieldSelector] : ['--selector', selector];
  if (text === undefined) throw error;
  throw usageError(`${flag} ${JSON.stringify(text)}: ${error.message}`, command);
}

/** Files seldom hold slices, and nothing mirrors Endpoints there: without any, none are missed. */
function withoutSilentControllers(snapshot: Snapshot): Snapshot {
  if (itemsOf(snapshot.slices).length > 0) return snapshot;
  return {
    ...snapshot,
    ...(snapshot.parts !== undefined && { parts: snapshot.parts.map(withoutSilentControllers) }),
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

/** `-f` names live objects, as for kubectl: the VirtualMachineServices and VMs in the files. */
async function namesInFiles({ args, flags }: CommandInput, io: Io, command: string): Promise<readonly NamedPlace[]> {
  const flag = manifestFlag(flags);
  if (flag === undefined) return [];
  if (args.length > 0 || flags.on('all-namespaces') || flags.given('selector')) {
    throw usageError(`${flag} names the objects: give it without names, -A and -l`, command);
  }
  const { namesOfManifests } = await import('./manifest-names.ts');
  return namesOfManifests(flags, io, command);
}
