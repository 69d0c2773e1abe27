import { formatIp, parseIp } from '../../core/ip-address.ts';
import { services } from '../../model/resources.ts';
import { serviceOf } from '../../model/service.ts';
import { type State, type StoredObject, tableOf } from '../store.ts';
import { nodePortsOf } from './service-spec.ts';

/** Which cluster IPs and node ports the Services of a state hold. */
export interface Allocations {
  hasIp(ip: string): boolean;
  hasNodePort(port: number): boolean;
}

/**
 * What is taken follows from the Services themselves, so nothing can leak: a Service that is gone has released everything.
 * Counted once for each unchanged namespace.
 */
export function allocationsOf(state: State): Allocations {
  const namespaces = [...tableOf(state, services).values()].map(holdingsOf);
  return {
    hasIp: (ip) => {
      const canonical = canonicalIp(ip);
      return namespaces.some(({ ips }) => ips.has(canonical));
    },
    hasNodePort: (port) => namespaces.some(({ ports }) => ports.has(port)),
  };
}

interface Holdings {
  readonly ips: ReadonlySet<string>;
  readonly ports: ReadonlySet<number>;
}

const counted = new WeakMap<ReadonlyMap<string, StoredObject>, Holdings>();

function holdingsOf(objects: ReadonlyMap<string, StoredObject>): Holdings {
  const known = counted.get(objects);
  if (known !== undefined) return known;
  const ips = new Set<string>();
  const ports = new Set<number>();
  for (const object of objects.values()) {
    const { spec } = serviceOf(object);
    for (const ip of spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : [])) ips.add(canonicalIp(ip));
    for (const port of nodePortsOf(spec)) ports.add(port);
    if (spec.healthCheckNodePort) ports.add(spec.healthCheckNodePort);
  }
  const holdings = { ips, ports };
  counted.set(objects, holdings);
  return holdings;
}

function canonicalIp(ip: string): string {
  const parsed = parseIp(ip);
  return parsed === undefined ? ip : formatIp(parsed);
}
