import type { Service } from '../../model/service.ts';
import { advice, type Fix } from '../finding.ts';
import { commandOn } from './fixes.ts';
import { providerErrors } from './provider-errors.ts';
import { isNsx } from './provider-traces.ts';
import type { ServiceSubject } from './subject.ts';

/** Load balancers give an address within a minute or so. Seconds. */
export const addressGrace = 120;

/**
 * The Service of a VirtualMachineService that a load balancer should serve; undefined where there is none, it is somebody else's, or of
 * another type.
 */
export function balancedService({ vmService, trace }: ServiceSubject): Service | undefined {
  if (vmService.spec.type !== 'LoadBalancer' || !('service' in trace.service) || trace.service.state === 'Refused') return undefined;
  const { service } = trace.service;
  return service.spec.type === 'LoadBalancer' ? service : undefined;
}

/** The Service that has no address yet, and for how long. */
export function waitedForAddress(subject: ServiceSubject) {
  const { trace, around } = subject;
  const service = balancedService(subject);
  if (service === undefined || trace.vip.state !== 'Pending') return undefined;
  return { service, seconds: around.times.age(service.metadata.creationTimestamp) ?? 0 };
}

/** It gives no address, and says nothing about it where that could be looked at. */
export function isSilent(subject: ServiceSubject): boolean {
  const waited = waitedForAddress(subject);
  return waited !== undefined && waited.seconds > addressGrace && providerErrors(waited.service, subject).length === 0;
}

/** NSX takes a Service up again only when it is made anew; nothing like that is said about objects of a workload cluster. */
export function recreation({ vmService, around, cluster }: ServiceSubject, first: string): readonly Fix[] {
  if (cluster !== undefined || !isNsx(around, vmService.metadata.namespace ?? '')) return [advice(first)];
  return [
    advice(
      `${first}; afterwards NSX needs the Service made anew: delete and create VirtualMachineService ${vmService.metadata.name} (no address is lost: it has none)`,
    ),
  ];
}

/** The namespace's Services of type LoadBalancer. */
export function balancersOf({ vmService, around }: Pick<ServiceSubject, 'vmService' | 'around'>): readonly Service[] {
  return around.contentsOf(vmService.metadata.namespace).balancers;
}

/** So many are named. */
const mostNamed = 3;

/** Those of people, behind which nobody answers: whoever needs an address may ask their owners. */
export function freeingOthers({ vmService, around }: ServiceSubject): readonly Fix[] {
  const { times } = around;
  const idle = around.contentsOf(vmService.metadata.namespace).idle.slice(0, mostNamed + 1);
  return idle
    .filter((other) => other !== vmService)
    .slice(0, mostNamed)
    .flatMap((other) =>
      commandOn(
        other,
        ['kubectl', 'vmsvc', 'delete', other.metadata.name],
        `0 endpoints, created ${times.ago(other.metadata.creationTimestamp ?? '')}`,
      ),
    );
}
