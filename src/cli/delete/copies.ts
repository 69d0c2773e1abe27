import { type Cluster, isUnanswered } from '../../cluster/cluster.ts';
import { mirrorName, mirrorsIn } from '../../core/diagnosis/mirror-place.ts';
import { endpoints } from '../../model/resources.ts';
import { type Endpoints, endpointsOf } from '../../model/service.ts';
import { sanitize } from '../../render/sanitize.ts';
import type { Deletable } from './deletion-preview.ts';

/**
 * The lines about who points at the addresses that go: Endpoints of this cluster that somebody wrote for a Service without a selector,
 * and that there may be others where this user cannot look. None where no address of a load balancer goes.
 */
export async function copiesText(deletables: readonly Deletable[], cluster: Cluster, namespace: string | undefined): Promise<string> {
  const going = new Set(deletables.flatMap(({ deletion }) => deletion.vips));
  if (going.size === 0) return '';
  const seen = await endpointsSeen(cluster, namespace);
  const own = new Set(deletables.map(({ vmService: { metadata } }) => `${metadata.namespace ?? ''}/${metadata.name}`));
  const services = { unavailable: { verb: 'list', resource: 'services', group: '', namespace, because: 'NotAsked', message: '' } } as const;
  const place = { context: undefined, services, endpoints: { items: seen.items }, mayWrite: undefined };
  const copies = mirrorsIn(place).flatMap((mirror): Row[] => {
    const kept = mirror.addresses.filter((address) => going.has(address));
    if (kept.length === 0 || own.has(mirrorName(mirror))) return [];
    return [[`mirror ${mirrorName(mirror)}`, `would keep pointing at ${kept.join(', ')}`]];
  });
  const left = `mirrors in other ${seen.everywhere ? 'clusters' : 'namespaces and clusters'}`;
  const rows: readonly Row[] = [
    ...copies,
    [left, `cannot be seen from here, and would keep pointing at ${going.size === 1 ? 'it' : 'them'}`],
  ];
  const width = Math.max(...rows.map(([place]) => place.length));
  return `used by\n${rows.map(([place, what]) => `  ${sanitize(`${place.padEnd(width)}   ${what}`)}\n`).join('')}`;
}

type Row = readonly [left: string, right: string];

/** Of all namespaces where that is allowed, else of the one, else none. */
async function endpointsSeen(
  cluster: Cluster,
  namespace: string | undefined,
): Promise<{ readonly items: readonly Endpoints[]; readonly everywhere: boolean }> {
  for (const place of namespace === undefined ? [undefined] : [undefined, namespace]) {
    try {
      const { items } = await cluster.list(endpoints, 'v1', { namespace: place, withoutManagedFields: true });
      return { items: items.map(endpointsOf), everywhere: place === undefined };
    } catch (error) {
      if (!isUnanswered(error)) throw error;
    }
  }
  return { items: [], everywhere: false };
}
