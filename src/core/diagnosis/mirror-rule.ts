import { ingressAddresses, type Service } from '../../model/service.ts';
import { primaryAddresses } from '../../model/virtual-machine.ts';
import type { Fix } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import { repointMirror } from './mirror-fixes.ts';
import type { Mirror } from './mirror-place.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

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

/** The copies of a service that are known: those that say whose they are, and those that point where it does. */
export function mirrorsOf(subject: ServiceSubject): readonly Mirror[] {
  const { vmService, around } = subject;
  const name = `${vmService.metadata.namespace ?? ''}/${vmService.metadata.name}`;
  const copies = around.copies();
  if (copies.all.length === 0) return [];
  const { clusterIP = 'None', clusterIPs = [] } = sourceService(subject)?.spec ?? {};
  const vmAddresses = subject.decisions.flatMap(({ vm }) => Object.values(primaryAddresses(vm)));
  const own = new Set([...ownAddresses(subject), clusterIP, ...clusterIPs, ...vmAddresses]);
  own.delete('None');
  const pointing = [...own].flatMap((address) => (address === undefined ? [] : copies.pointingAt(address)));
  return [...new Set([...copies.ofSource(name), ...pointing])];
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
