import { ingressAddresses, type Service } from '../../model/service.ts';
import { primaryAddresses } from '../../model/virtual-machine.ts';
import type { Fix } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import { repointMirror } from './mirror-fixes.ts';
import { type Mirror, mirrorsIn } from './mirror-place.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';
import { isSupervisorName } from './supervisor-service.ts';

/** A rule about the copies of one service; without a place where copies may be, its question does not come up. */
export function mirrorRule(
  code: FindingCode,
  worst: ServiceRule['worst'],
  find: (subject: ServiceSubject, mirrors: readonly Mirror[]) => ReturnType<ServiceRule['find']>,
): ServiceRule {
  return {
    about: 'service',
    code,
    worst,
    needs: ['services'],
    applies: ({ around }) => around.mirrors.length > 0,
    find: (subject) => find(subject, mirrorsOf(subject)),
  };
}

/** The copies of one service: those that say so, and those that point at one of its addresses. */
/** The copies of a service that are known: those that say whose they are, and those that point where it does. */
export function mirrorsOf(subject: ServiceSubject): readonly Mirror[] {
  const { vmService, around } = subject;
  const name = `${vmService.metadata.namespace ?? ''}/${vmService.metadata.name}`;
  return around.mirrors.flatMap(mirrorsIn).filter(({ source, addresses, endpoints }) => {
    if (source !== undefined) return source === name;
    if (isSupervisorName(endpoints)) return false;
    return addresses.some(
      (address) => ownAddresses(subject).includes(address) || isClusterIp(subject, address) || isVmAddress(subject, address),
    );
  });
}

function sourceService({ trace }: ServiceSubject): Service | undefined {
  return 'service' in trace.service ? trace.service.service : undefined;
}

export function ownAddresses(subject: ServiceSubject): readonly string[] {
  const service = sourceService(subject);
  return service === undefined ? [] : ingressAddresses(service);
}

export function isClusterIp(subject: ServiceSubject, address: string): boolean {
  const { clusterIP, clusterIPs = [] } = sourceService(subject)?.spec ?? {};
  return address !== 'None' && (clusterIP === address || clusterIPs.includes(address));
}

export function isVmAddress({ decisions }: ServiceSubject, address: string): boolean {
  return decisions.some(({ vm }) => {
    const { ip4, ip6 } = primaryAddresses(vm);
    return ip4 === address || ip6 === address;
  });
}

export function repoint(subject: ServiceSubject, mirror: Mirror): readonly Fix[] {
  return repointMirror(mirror, sourceService(subject));
}
