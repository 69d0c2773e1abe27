import type { KubeObject } from '../../model/object.ts';
import { ingressAddresses } from '../../model/service.ts';
import { advice } from '../finding.ts';
import {
  type Cidr,
  contains,
  type IpAddress,
  isLinkLocalMulticast,
  isLinkLocalUnicast,
  isUnspecified,
  parseCidr,
  parseIp,
} from '../ip-address.ts';
import { balancedService } from './balanced-service.ts';
import { found } from './found.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/**
 * VMS705: the load balancer gave out an address that no client can reach, whoever announces it. A probe finds the others out: those
 * that look like any address, and lead nowhere.
 */
export const announcedAddressUnreachable: ServiceRule = {
  about: 'service',
  code: 'VMS705',
  worst: 'error',
  needs: ['services'],
  applies: hasAddress,
  find: (subject) => {
    const service = balancedService(subject);
    if (service === undefined) return [];
    const { around } = subject;
    const { namespace } = service.metadata;
    return ingressAddresses(service).flatMap((address) => {
      const ip = parseIp(address);
      if (ip === undefined || around.connections.answered(address)) return [];
      const nowhere = unreachable(ip);
      const seen = [`Service ${service.metadata.name}: status.loadBalancer.ingress has ${address}`, ...announcements(service)];
      if (nowhere !== undefined) {
        return [
          found('VMS705', 'error', 'certain', service, `${address} was given out and nobody can reach it: it is ${nowhere}`, {
            evidence: seen,
            fix: [advice("give the load balancer a pool of addresses that clients have a route to: that is its administrator's to do")],
            follows: ['VMS706', 'VMS702'],
          }),
        ];
      }
      const [taken] = around.vmsWithAddress(namespace, address);
      if (taken === undefined) return [];
      const { name } = taken.metadata;
      return [
        found('VMS705', 'error', 'likely', service, `${address} was given out, and it is the address of VM ${name}, too`, {
          evidence: [...seen, `VM ${name} reports ${address} as its own`],
          why: 'two machines answer for one address: clients reach now the one and now the other',
          fix: [advice(`take the addresses of VMs out of the load balancer's pool, or give VM ${name} another address`)],
          follows: ['VMS706', 'VMS702'],
        }),
      ];
    });
  },
};

function hasAddress(subject: ServiceSubject): boolean {
  const service = balancedService(subject);
  return service !== undefined && ingressAddresses(service).length > 0;
}

/**
 * Why there is no way to an address; undefined where there may be one. Clusters on one machine give loopback addresses, which work there.
 */
function unreachable(ip: IpAddress): string | undefined {
  if (isUnspecified(ip)) return 'no address at all';
  if (isLinkLocalUnicast(ip)) return 'a link-local address, which no router forwards';
  if (isLinkLocalMulticast(ip) || ranges.multicast.some((range) => contains(range, ip))) return 'a multicast address';
  return ranges.reserved.some((range) => contains(range, ip)) ? 'of a range that is not used on any network' : undefined;
}

const ranges = { multicast: cidrs('224.0.0.0/4', 'ff00::/8'), reserved: cidrs('0.0.0.0/8', '240.0.0.0/4') };

function cidrs(...texts: readonly string[]): readonly Cidr[] {
  return texts.flatMap((text) => parseCidr(text) ?? []);
}

/** `metallb.io/ip-allocated-from-pool` since 0.15, under `metallb.universe.tf` before: the pool that an address was taken from. */
const poolAnnotations = ['metallb.io/ip-allocated-from-pool', 'metallb.universe.tf/ip-allocated-from-pool'] as const;

/** The pool that MetalLB took a Service's address from; undefined for other load balancers. */
export function metalLbPool({ metadata }: KubeObject): string | undefined {
  return poolAnnotations.map((key) => metadata.annotations?.[key]).find((pool) => pool !== undefined);
}

function announcements(service: KubeObject): readonly string[] {
  const pool = metalLbPool(service);
  return pool === undefined ? [] : [`MetalLB took it from its pool ${pool}`];
}
