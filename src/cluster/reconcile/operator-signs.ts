import type { KubeObject } from '../../model/object.ts';
import { apiVersionOf, deployments, leases, namespaces } from '../../model/resources.ts';
import { ApiError, isNotFound } from '../../model/status.ts';
import { type Cluster, ConnectionError } from '../cluster.ts';

/** What VM Operator's own namespace shows of it; a user of one namespace may usually not look there. */
export interface OperatorSigns {
  readonly leases: readonly KubeObject[];
  readonly deployment: KubeObject | undefined;
}

const operatorNamespace = 'vmware-system-vmop';

/** Reads what may be read; the rest is as if it were not there. */
export async function operatorSigns(cluster: Cluster): Promise<OperatorSigns> {
  const [seen, deployment] = await Promise.all([
    ifAllowed(async () => (await cluster.list(leases, 'v1', { namespace: operatorNamespace })).items),
    ifAllowed(() =>
      cluster.get({
        apiVersion: apiVersionOf(deployments, 'v1'),
        kind: deployments.kind,
        namespace: operatorNamespace,
        name: 'vmware-system-vmop-controller-manager',
      }),
    ),
  ]);
  return { leases: seen ?? [], deployment };
}

/**
 * The namespaces among those named that are being deleted, as far as somebody may look. One is asked for by its name, more come
 * with one list.
 */
export async function endingNamespaces(cluster: Cluster, names: readonly string[]): Promise<ReadonlyMap<string, KubeObject>> {
  const found = await ifAllowed(async () => {
    const [first, ...others] = names;
    if (first === undefined) return [];
    if (others.length > 0) return (await cluster.list(namespaces, 'v1', { namespace: undefined })).items;
    return [await cluster.get({ apiVersion: 'v1', kind: namespaces.kind, namespace: undefined, name: first })];
  });
  const wanted = new Set(names);
  const ending = (found ?? []).filter(({ metadata }) => wanted.has(metadata.name) && metadata.deletionTimestamp !== undefined);
  return new Map(ending.map((namespace) => [namespace.metadata.name, namespace]));
}

/** @throws ApiError when the server does not know who asks: every later request would fail too */
async function ifAllowed<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ConnectionError || isNotFound(error)) return undefined;
    if (error instanceof ApiError && error.code !== 401) return undefined;
    throw error;
  }
}
