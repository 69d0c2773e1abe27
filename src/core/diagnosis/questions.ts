import type { ServiceSubject } from './subject.ts';

// Whether the question of a rule comes up. What could not be looked at may be there: then it does.

export function hasService({ vmService, around: { world } }: ServiceSubject): boolean {
  return !('missing' in world.service(vmService));
}

export function hasEndpoints({ vmService, around: { world } }: ServiceSubject): boolean {
  return !('missing' in world.endpoints(vmService));
}

export function asksForBalancer({ vmService }: ServiceSubject): boolean {
  return vmService.spec.type === 'LoadBalancer';
}

/** There is a Service that a load balancer should serve. */
export function hasBalancedService(subject: ServiceSubject): boolean {
  return asksForBalancer(subject) && hasService(subject);
}
