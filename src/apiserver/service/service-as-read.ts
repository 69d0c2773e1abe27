import { parseIp } from '../../core/ip-address.ts';
import type { JsonObject } from '../../model/object.ts';
import { type IpFamily, serviceOf } from '../../model/service.ts';
import { storedObject } from '../json.ts';
import { needsClusterIp, plainSpec, type SpecDraft } from './service-spec.ts';

/**
 * A Service that was stored without IP families or without the plural of its cluster IP, as kube-apiserver reads it: nobody ever sees
 * one without them. Old releases stored such Services, and people write them by hand.
 * @param cluster the families of the service ranges, the default first
 */
export function serviceAsRead(object: JsonObject, cluster: readonly IpFamily[]): JsonObject {
  const { spec } = serviceOf(storedObject(object));
  if (!needsClusterIp(spec) || (spec.ipFamilies?.length ?? 0) > 0) return object;
  const clusterIPs = spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : undefined);
  const ipFamilies = familiesOf({ ...spec, clusterIPs }, cluster);
  const ipFamilyPolicy = ipFamilies.length > 1 ? 'RequireDualStack' : 'SingleStack';
  return { ...object, spec: plainSpec({ ...spec, clusterIPs, ipFamilies, ipFamilyPolicy }) };
}

/** Those of its addresses; without any, those that it would have been given. */
function familiesOf({ clusterIP, clusterIPs = [], selector = {} }: SpecDraft, cluster: readonly IpFamily[]): readonly IpFamily[] {
  const [primary = 'IPv4'] = cluster;
  const isOpen = clusterIP === 'None' && Object.keys(selector).length === 0;
  if (isOpen) return [primary, primary === 'IPv4' ? 'IPv6' : 'IPv4'];
  const families = clusterIPs.flatMap((ip) => parseIp(ip)?.family ?? []);
  return families.length > 0 ? families : [primary];
}
