import { type Cidr, formatIp, parseCidr, parseIp, sizeOf } from '../../core/ip-address.ts';
import { services } from '../../model/resources.ts';
import { type LoadBalancerIngress, type Service, serviceOf } from '../../model/service.ts';
import type { StoreEvent } from '../request.ts';
import { findKind } from '../resources.ts';
import { everyObject, findObject, type State } from '../store.ts';
import type { ControllerRequest, ControllerTools } from './controller.ts';

/** Where virtual IPs come from: example networks, so that nobody takes them for their own. */
const vipPools: readonly string[] = ['10.20.0.0/24', 'fd00:10:20::/120'];

/**
 * Gives every Service of type LoadBalancer a virtual IP of each of its families, or the `loadBalancerIP` that it asks for if
 * nobody has it. A Service that is gone, or is no LoadBalancer any more, has released its own.
 */
export function loadBalancer(state: State, events: readonly StoreEvent[], { config }: ControllerTools): readonly ControllerRequest[] {
  const resource = findKind(config.profile, 'v1', 'Service');
  if (resource === undefined || !events.some((event) => isService(event))) return [];
  const taken = vipsOf(state);
  const requests: ControllerRequest[] = [];
  for (const service of waiting(state, events)) {
    const vips = vipsFor(service, taken);
    if (vips.length === 0) continue;
    for (const vip of vips) taken.add(vip);
    const { name, namespace = '' } = service.metadata;
    const ingress = vips.map((ip) => ({ ip, ipMode: 'VIP' }));
    requests.push({
      verb: 'patch',
      resource,
      namespace,
      name,
      subresource: 'status',
      patchType: 'merge',
      body: { status: { loadBalancer: { ingress } } },
      options: { fieldManager: 'load-balancer' },
    });
  }
  return requests;
}

function isService({ resource }: StoreEvent): boolean {
  return resource.group === '' && resource.kind === 'Service';
}

/** Services without virtual IP: those of the events, or all of them where an address may have become free. */
function waiting(state: State, events: readonly StoreEvent[]): readonly Service[] {
  const released = events.some((event) => isService(event) && ingressOf(event.before).length > 0 && event.type !== 'ADDED');
  const candidates = released
    ? [...everyObject(state, services)]
    : events.flatMap((event) => {
        const { namespace = '', name } = event.object.metadata;
        return (isService(event) ? findObject(state, services, namespace, name) : undefined) ?? [];
      });
  return [...new Set(candidates)].map(serviceOf).filter(needsVip);
}

/** Another implementation looks after Services with a class; one that is being deleted needs nothing any more. */
function needsVip({ metadata, spec, status }: Service): boolean {
  const served = spec.type === 'LoadBalancer' && spec.loadBalancerClass === undefined && metadata.deletionTimestamp === undefined;
  return served && (status?.loadBalancer?.ingress?.length ?? 0) === 0;
}

function vipsOf(state: State): Set<string> {
  const taken = new Set<string>();
  for (const service of everyObject(state, services)) {
    for (const { ip } of ingressOf(service)) if (ip) taken.add(canonical(ip));
  }
  return taken;
}

function ingressOf(object: StoreEvent['before']): readonly LoadBalancerIngress[] {
  return object === undefined ? [] : (serviceOf(object).status?.loadBalancer?.ingress ?? []);
}

/** None, while the address that is asked for belongs to another Service. */
function vipsFor({ spec }: Service, taken: ReadonlySet<string>): readonly string[] {
  const asked = spec.loadBalancerIP ? parseIp(spec.loadBalancerIP) : undefined;
  if (asked !== undefined && taken.has(formatIp(asked))) return [];
  const families = spec.ipFamilies ?? ['IPv4'];
  return families.flatMap((family) => (asked?.family === family ? formatIp(asked) : (freeVip(family, taken) ?? [])));
}

function freeVip(family: string, taken: ReadonlySet<string>): string | undefined {
  const pool = vipPools.map(parseCidr).find((cidr): cidr is Cidr => cidr?.family === family);
  if (pool === undefined) return undefined;
  // The network's own address and the last one stay unused.
  for (let value = pool.first + 1n; value < pool.first + sizeOf(pool) - 1n; value += 1n) {
    const ip = formatIp({ family: pool.family, value });
    if (!taken.has(ip)) return ip;
  }
  return undefined;
}

function canonical(ip: string): string {
  const parsed = parseIp(ip);
  return parsed === undefined ? ip : formatIp(parsed);
}
