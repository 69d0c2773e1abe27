import { type Cluster, ConnectionError } from '../../cluster/cluster.ts';
import { itemsOf, type Snapshot } from '../../core/snapshot.ts';
import type { KubeObject } from '../../model/object.ts';
import { namespaces, type Resource, resourceQuotas, services } from '../../model/resources.ts';
import { ApiError } from '../../model/status.ts';
import type { Flags } from '../spec.ts';
import { minorOf } from './kubernetes-version.ts';

/** What of a cluster a child Service meets, besides what VirtualMachineServices are read with. */
export interface ClusterContext {
  readonly objects: readonly KubeObject[];
  readonly kubernetesMinor: number | undefined;
}

const serviceCidrs: Resource = {
  group: 'networking.k8s.io',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  singular: 'servicecidr',
  shortNames: [],
  namespaced: false,
};

/**
 * Reads quotas, the namespace, service ranges and the version of Kubernetes, each on its own: what may not be read is not known, and
 * nothing follows from it.
 */
export async function clusterContext(cluster: Cluster, snapshot: Snapshot, flags: Flags): Promise<ClusterContext> {
  const { namespace } = snapshot;
  const [ownQuotas, ranges, own, version] = await Promise.all([
    known(cluster.list(resourceQuotas, 'v1', { namespace, withoutManagedFields: true })),
    serviceRangesOf(cluster),
    namespace === undefined
      ? known(cluster.list(namespaces, 'v1', { namespace: undefined }))
      : known(cluster.get({ apiVersion: 'v1', kind: 'Namespace', namespace: undefined, name: namespace })),
    minorOf(flags) ?? known(cluster.kubernetesVersion()),
  ]);
  return {
    objects: [
      ...itemsOf(snapshot.services),
      ...itemsOf(snapshot.endpoints),
      ...(ownQuotas?.items ?? []),
      ...ranges,
      ...(own === undefined ? [] : 'items' in own && Array.isArray(own.items) ? own.items : 'kind' in own ? [own] : []),
    ],
    kubernetesMinor: typeof version === 'string' ? Number(version.split('.')[1]) : version,
  };
}

/** The ServiceCIDRs, which say from where Services get their addresses; none where they may not be read. */
async function serviceRangesOf(cluster: Cluster): Promise<readonly KubeObject[]> {
  return (await known(cluster.list(serviceCidrs, 'v1', { namespace: undefined })))?.items ?? [];
}

/** What decides whether a Service gets the cluster IP that it asks for: the ranges, and the Services that may be seen. */
export async function addressContext(cluster: Cluster, namespace: string): Promise<readonly KubeObject[]> {
  const servicesOf = (place: string | undefined) => known(cluster.list(services, 'v1', { namespace: place, withoutManagedFields: true }));
  const [ranges, all, own] = await Promise.all([serviceRangesOf(cluster), servicesOf(undefined), servicesOf(namespace)]);
  return [...ranges, ...((all ?? own)?.items ?? [])];
}

/** The answer, or nothing where the server gives none. @throws what is no answer of a server, and that nobody is logged in */
async function known<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if ((error instanceof ApiError && error.code !== 401) || error instanceof ConnectionError) return undefined;
    throw error;
  }
}
