import { parseCidr } from '../../core/ip-address.ts';
import { jsonOf, type KubeObject } from '../../model/object.ts';
import { listAt, mapAt } from '../../model/raw-fields.ts';

/**
 * The ranges from which a cluster gives addresses to Services, from its ServiceCIDR objects: the one that every cluster has names its
 * families, the first the default. Undefined where there is none, or where there are more ranges of a family than one.
 */
export function serviceRanges(objects: readonly KubeObject[]): readonly string[] | undefined {
  const found = objects
    .filter(({ apiVersion, kind }) => kind === 'ServiceCIDR' && apiVersion.startsWith('networking.k8s.io/'))
    .flatMap((object) => listAt(mapAt(jsonOf(object), 'spec'), 'cidrs'))
    .filter((cidr) => typeof cidr === 'string')
    .filter((cidr) => parseCidr(cidr) !== undefined);
  const families = new Set(found.map((cidr) => parseCidr(cidr)?.family));
  return found.length > 0 && families.size === found.length ? found : undefined;
}
