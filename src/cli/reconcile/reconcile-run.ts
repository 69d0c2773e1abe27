import { randomUUID } from 'node:crypto';
import { type RunOptions, reconcileAll } from '../../cluster/reconcile/reconcile-all.ts';
import type { ReconcileContext } from '../../cluster/reconcile/reconcile-context.ts';
import { type ReconcileOutcome, untouched } from '../../cluster/reconcile/reconcile-outcome.ts';
import { snapshotChildren } from '../../cluster/reconcile/snapshot-children.ts';
import { resolveProvider } from '../../core/load-balancer.ts';
import { type ReconcilePlan, reconcilePlan } from '../../core/reconcile-plan.ts';
import { holesOf, isEssential, itemsOf, type LegName, type Snapshot, type Unavailable } from '../../core/snapshot.ts';
import type { ReconcileError, ReconcileItem } from '../../core/step.ts';
import { workloadClusterOf } from '../../core/workload-cluster.ts';
import { type World, worldOf } from '../../core/world.ts';
import { services } from '../../model/resources.ts';
import { serviceOf } from '../../model/service.ts';
import { ApiError } from '../../model/status.ts';
import { compareText } from '../../model/text-order.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { unavailableSentence } from '../../render/unavailable-sentence.ts';
import { sortedServices } from '../asked-services.ts';
import { CliError } from '../errors.ts';
import type { LoadedWorld } from '../load-world.ts';
import { workloadClusterSentence } from '../workload-cluster-words.ts';
import type { ReconcileOptions } from './reconcile-options.ts';

/** A run of `diff` or `reconcile` after everything was read and before anything is done. */
export interface ReconcileRun extends LoadedWorld {
  readonly options: ReconcileOptions;
  /** Sorted by namespace and name. */
  readonly vmServices: readonly VirtualMachineService[];
  /** Those that this tool leaves alone on principle. */
  readonly refused: readonly ReconcileOutcome[];
  /** An item for each name that does not exist, or is of a namespace that could not be looked at. */
  readonly missing: readonly ReconcileItem[];
  /** Why it is done although VM Operator may be at work. */
  readonly forced?: string;
  /** `namespace/name` of those whose plan is shown, and that a real run would refuse. */
  readonly leftAlone?: ReadonlySet<string>;
}

export const reconcileLegs: readonly LegName[] = ['vmServices', 'vms', 'services', 'endpoints', 'networkSettings'];

/**
 * The run over a world of which all that matters was seen: half a picture would make wrong Endpoints.
 * @param writes what workload clusters keep may be looked at, but not written
 */
export async function reconcileRun(loaded: LoadedWorld, options: ReconcileOptions, writes: boolean): Promise<ReconcileRun> {
  return runOver({ ...loaded, world: await withProviderTraces(loaded) }, options, writes);
}

/** Whether all that matters was seen of what is in view: namespaces that were left out are no part of it. */
export function isUsable({ world: { snapshot } }: LoadedWorld): boolean {
  return !holesOf({ ...snapshot, leftOut: [] }).some(isEssential);
}

/** The same for whoever has all Services of the namespace in view, as a watch has. */
export function runOver(loaded: LoadedWorld, options: ReconcileOptions, writes: boolean): ReconcileRun {
  const missing = loaded.notFound.map(({ namespace, name, error }): ReconcileItem => {
    return { namespace, name, error: { reason: error.reason, message: error.message, exitCode: 3 }, steps: [], outcomes: [], warnings: [] };
  });
  const holes = Map.groupBy(loaded.world.snapshot.leftOut ?? [], ({ namespace }) => namespace);
  const unseen = [...holes].flatMap(([namespace = '', [hole]]) =>
    (loaded.places.get(namespace) ?? []).flatMap((name) => (hole === undefined ? [] : unseenItem(namespace, name, hole))),
  );
  const all = sortedServices(loaded.world);
  const isRefused = (vmService: VirtualMachineService) => writes && workloadClusterOf(vmService) !== undefined;
  return {
    ...loaded,
    options,
    vmServices: all.filter((vmService) => !isRefused(vmService)),
    refused: all.filter(isRefused).flatMap((vmService) => refusal(vmService) ?? []),
    missing: [...missing, ...unseen],
  };
}

/** Of a service in a namespace that could not be looked at. */
function unseenItem(namespace: string, name: string, hole: Unavailable): ReconcileItem {
  const error = { reason: hole.because, message: unavailableSentence(hole), exitCode: 3 } as const;
  return { namespace, name, error, steps: [], outcomes: [], warnings: [] };
}

/** Why what others keep for a workload cluster is left alone, which nothing overrides; undefined for all else. */
export function workloadClusterError(vmService: VirtualMachineService): ReconcileError | undefined {
  const use = workloadClusterOf(vmService);
  if (use === undefined) return undefined;
  return { reason: 'OwnedByWorkloadCluster', message: workloadClusterSentence(vmService, use), exitCode: 2 };
}

function refusal(vmService: VirtualMachineService): ReconcileOutcome | undefined {
  const error = workloadClusterError(vmService);
  return error && untouched(vmService, error);
}

/** Does it, or has the server check every write. */
export function carryOut(run: ReconcileRun, dryRun: 'none' | 'server', options: RunOptions): Promise<readonly ReconcileOutcome[]> {
  return reconcileAll(run.vmServices, liveContext(run, dryRun), options);
}

/** Everything that a reconcile on the cluster itself needs, from what was read. */
export function liveContext(run: ReconcileRun, dryRun: 'none' | 'server'): ReconcileContext {
  return contextOf(run, { cluster: run.source.cluster, children: snapshotChildren(run.world.snapshot), dryRun });
}

/** Plays the whole run on a copy in memory, where the Service gets its defaults as on a server. Nothing is sent. */
export async function simulate(run: ReconcileRun, signal: AbortSignal): Promise<readonly ReconcileOutcome[]> {
  const { planCluster, withoutResourceVersion } = await import('../../cluster/reconcile/plan-cluster.ts');
  const { snapshot } = run.world;
  const objects = [...run.vmServices, ...itemsOf(snapshot.services), ...itemsOf(snapshot.endpoints)];
  const settings = { version: await run.source.version, now: () => run.source.now(), newUid: randomUUID };
  try {
    const cluster = planCluster(objects, settings);
    const children = snapshotChildren(snapshot, withoutResourceVersion);
    const context = contextOf(run, { cluster, children, dryRun: 'none' });
    return await reconcileAll(run.vmServices.map(withoutResourceVersion), context, { signal });
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('cannot load ')) throw error;
    const hint = run.source.origin.type === 'cluster' ? ['kubectl vmsvc reconcile … --once --dry-run=server lets the server plan it'] : [];
    throw new CliError(`cannot plan this in memory: ${error.message}`, { exitCode: 3, hint, cause: error });
  }
}

/** The outcomes of a dry run with their reasons. */
export function plansOf(outcomes: readonly ReconcileOutcome[], { world }: ReconcileRun): readonly ReconcilePlan[] {
  return outcomes.map(({ vmService, item }) => reconcilePlan(vmService, item, world));
}

/** Every item of a run, names that do not exist included, sorted by namespace and name. */
export function allItems(outcomes: readonly ReconcileOutcome[], run: ReconcileRun): readonly ReconcileItem[] {
  const key = (item: ReconcileItem) => `${item.namespace}\0${item.name}`;
  return [...[...outcomes, ...run.refused].map((outcome) => outcome.item), ...run.missing].toSorted((left, right) =>
    compareText(key(left), key(right)),
  );
}

function contextOf(
  { world, options, source }: ReconcileRun,
  target: Pick<ReconcileContext, 'cluster' | 'children'> & { readonly dryRun: 'none' | 'server' },
): ReconcileContext {
  const { facts } = world;
  if (!('index' in world.vms)) throw new Error('a run was begun without its VMs: this cannot happen');
  return {
    cluster: target.cluster,
    children: target.children,
    setup: {
      traits: facts.traits,
      workloadIPv6: facts.workloadIPv6,
      role: options.asController ? 'controller' : 'guest',
      adopt: options.adopt,
    },
    providerOf: (namespace) => world.providerSource(namespace),
    vms: world.vms.index,
    write: { dryRun: target.dryRun, fieldManager: options.fieldManager },
    skipStatus: options.skipStatus,
    serviceOnly: options.serviceOnly,
    now: `${source.now().toISOString().slice(0, 19)}Z`,
  };
}

/**
 * Where nobody says which load balancer it is, traces of NSX on any Service of the namespace do. Then all are looked at, so
 * that one service by its name gets the same answer as the whole namespace.
 */
async function withProviderTraces({ world, namespace, targets, source }: LoadedWorld): Promise<World> {
  const { facts, snapshot } = world;
  if (namespace === undefined || targets.vmServices.length === 0 || facts.provider !== 'auto') return world;
  const known = world.providerSource(namespace);
  if (known.from === 'namespace') return world;
  const resolved = resolveProvider(known);
  if ('provider' in resolved && resolved.provider === 'nsx') return world;
  try {
    const { items } = await source.cluster.list(services, 'v1', { namespace });
    const wider: Snapshot = { ...snapshot, services: { items: items.map(serviceOf) } };
    return worldOf(wider, facts);
  } catch (error) {
    if (error instanceof ApiError) return world;
    throw error;
  }
}
