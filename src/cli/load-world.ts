import { type LoadedSnapshot, loadSnapshot, type NotFound } from '../cluster/load-snapshot.ts';
import type { LoadedSurroundings } from '../cluster/load-surroundings.ts';
import { isEssential, isSeen, itemsOf, type LegName, type Snapshot } from '../core/snapshot.ts';
import { type ReleaseFacts, type World, worldOf } from '../core/world.ts';
import { sanitize } from '../render/sanitize.ts';
import type { AskedService } from './asked-services.ts';
import type { ExitCode, Io } from './io.ts';
import { hidesServices, loadPlaces, type Places } from './named-places.ts';
import { withProgress } from './progress.ts';
import { openScope, refuseSelector, type Scope, type WorldRequest } from './scope.ts';
import type { Source } from './source.ts';
import type { CommandInput, Flags } from './spec.ts';
import type { Targets } from './targets.ts';

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
