import { randomUUID } from 'node:crypto';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { type Profile, traitsOf } from '../../src/core/profile.ts';
import { type JsonObject, type KubeObject, refOf } from '../../src/model/object.ts';
import { endpoints, services, virtualMachineServices } from '../../src/model/resources.ts';
import { isNotFound } from '../../src/model/status.ts';
import { loadObjects, mapStrings, renamed } from './real-worlds.ts';
import { endStateOf, type ReconcileCase } from './reconcile-cases.ts';

/** The world of a case on a real API server, in a namespace of its own. */
export interface RealWorld {
  readonly cluster: Cluster;
  /** The case as it is there. */
  readonly how: ReconcileCase;
  /** VirtualMachineServices, Services and Endpoints, in the words of the case: its namespace, its uids. */
  end(): Promise<readonly JsonObject[]>;
  /** Those that are there, as the server has them. */
  objects(): Promise<readonly KubeObject[]>;
}

/** Loads the world of a case. */
export async function realWorld(how: ReconcileCase, cluster: Cluster): Promise<RealWorld> {
  const namespace = `case-${randomUUID().slice(0, 8)}`;
  const moved = how.objects.map((object) => mapStrings(object, (text) => (text === how.namespace ? namespace : text)));
  const { uids } = await loadObjects(cluster, moved, namespace);
  const back = new Map([...[...uids].map(([written, given]) => [given, written] as const), [namespace, how.namespace] as const]);
  const objects = async (): Promise<readonly KubeObject[]> => {
    const { hubVersion } = traitsOf(how.profile);
    const kinds = [
      [virtualMachineServices, hubVersion],
      [services, 'v1'],
      [endpoints, 'v1'],
    ] as const;
    const lists = await Promise.all(kinds.map(([kind, version]) => cluster.list(kind, version, { namespace })));
    return lists.flatMap(({ items }) => items);
  };
  return {
    cluster,
    how: { ...how, namespace },
    objects,
    end: async () => endStateOf((await objects()).map((object) => renamed(withoutClock(object), back))),
  };
}

/** Deletes what holds addresses; namespaces are left to whoever stops the server. */
export async function leaveWorld({ cluster, objects }: RealWorld): Promise<void> {
  for (const object of await objects()) {
    if (object.kind !== 'Service') continue;
    try {
      await cluster.delete(refOf(object), { dryRun: 'none' });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

/** The cases that a server of this release and with two families can hold. */
export function casesFor(cases: readonly ReconcileCase[], profile: Profile): readonly ReconcileCase[] {
  return cases.filter((how) => how.profile === profile);
}

/** A deletion happens at the server's own time. */
function withoutClock(object: KubeObject): KubeObject {
  const { deletionTimestamp, deletionGracePeriodSeconds: _, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, ...(deletionTimestamp !== undefined && { deletionTimestamp: 'some time' }) } };
}
