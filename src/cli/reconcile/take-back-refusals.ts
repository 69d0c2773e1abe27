import { type LoadedSnapshot, loadSnapshot } from '../../cluster/load-snapshot.ts';
import { endingNamespaces } from '../../cluster/reconcile/operator-signs.ts';
import { isControllersWork } from '../../core/live-controller.ts';
import type { DryRun } from '../../core/reconcile-report.ts';
import { itemsOf, joinSnapshots, type LegName } from '../../core/snapshot.ts';
import type { ReconcileError } from '../../core/step.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import type { Io } from '../io.ts';
import type { Source } from '../source.ts';
import { liveControllers, liveError, noteLiveController } from './live-controllers.ts';
import { workloadClusterError } from './reconcile-run.ts';
import { endingError } from './refusals.ts';

/** The name of a VirtualMachineService, which may be gone. */
export interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

export interface TakeBackOptions {
  readonly fieldManager: string;
  /** Why it is done although VM Operator is at work. */
  readonly forced: string | undefined;
  /** A dry run only notes that VM Operator is at work. */
  readonly dryRun: DryRun;
}

/**
 * Why what belongs to some services must not be put back, or deleted: the refusals of a reconcile. By `serviceKey`.
 * The children of a service that is gone are the controller's as long as it is at work in their namespace.
 */
export async function takeBackRefusals(
  services: readonly ServiceName[],
  source: Source,
  { fieldManager, forced, dryRun }: TakeBackOptions,
  io: Io,
): Promise<ReadonlyMap<string, ReconcileError>> {
  const namespaces = [...new Set(services.map(({ namespace }) => namespace))];
  const [snapshot, ending] = await Promise.all([evidenceIn(namespaces, source), endingNamespaces(source.cluster, namespaces)]);
  const alive = await liveControllers(namespaces, snapshot, source, fieldManager);
  const stored = new Map(itemsOf(snapshot.vmServices).map((vmService) => [keyOf(vmService), vmService]));
  const now = source.now().getTime();
  const left: ServiceName[] = [];
  const refused = services.flatMap((service): (readonly [string, ReconcileError])[] => {
    const vmService = stored.get(serviceKey(service));
    const isLeft = vmService !== undefined && !isControllersWork(vmService, now);
    const sentence = isLeft ? undefined : alive.get(service.namespace);
    const end = ending.get(service.namespace);
    const error =
      (vmService && refusalOf(vmService)) ??
      (end && endingError(end)) ??
      (sentence !== undefined && forced === undefined && dryRun === 'none' ? liveError(sentence) : undefined);
    if (error === undefined && sentence !== undefined) left.push(service);
    return error === undefined ? [] : [[serviceKey(service), error]];
  });
  for (const [namespace, own] of Map.groupBy(left, (service) => service.namespace)) {
    noteLiveController(alive.get(namespace) ?? '', own, source, forced, io);
  }
  return new Map(refused);
}

export function serviceKey({ namespace, name }: ServiceName): string {
  return `${namespace}/${name}`;
}

function keyOf({ metadata }: VirtualMachineService): string {
  return serviceKey({ namespace: metadata.namespace ?? '', name: metadata.name });
}

function refusalOf(vmService: VirtualMachineService): ReconcileError | undefined {
  const kept = workloadClusterError(vmService);
  if (kept !== undefined) return kept;
  const { namespace, name, deletionTimestamp } = vmService.metadata;
  if (deletionTimestamp === undefined) return undefined;
  return {
    reason: 'BeingDeleted',
    message: `VirtualMachineService ${namespace}/${name} is being deleted: its controller has the last word`,
    exitCode: 2,
  };
}

const legs: readonly LegName[] = ['vmServices', 'vms', 'services', 'endpoints'];
/** Above this many namespaces one look at all of them is cheaper. */
const manyNamespaces = 8;

/** Who wrote what in these namespaces, as far as it may be seen. */
async function evidenceIn(namespaces: readonly string[], { cluster, version }: Source) {
  const read = (namespace: string | undefined): Promise<LoadedSnapshot> =>
    loadSnapshot(cluster, { namespace, names: [], version, legs, writers: true });
  const places = namespaces.length > manyNamespaces ? [undefined] : namespaces;
  const loaded = await Promise.all(places.map(read));
  return joinSnapshots(loaded.map(({ snapshot }) => snapshot));
}
