import { found } from './found.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/** Load balancers give an address within a minute or so. Seconds. */
const addressGrace = 120;

/** VMS601: the load balancer has some time left. */
export const addressPending: ServiceRule = {
  about: 'service',
  code: 'VMS601',
  worst: 'info',
  needs: ['services'],
  find: (subject) => {
    const waited = waitedForAddress(subject);
    if (waited === undefined || waited.seconds > addressGrace) return [];
    return [found('VMS601', 'info', 'certain', waited.service, 'Waiting for an address of the load balancer')];
  },
};

/** VMS602: nobody seems to give addresses. */
export const noLoadBalancer: ServiceRule = {
  about: 'service',
  code: 'VMS602',
  worst: 'error',
  needs: ['services'],
  find: (subject) => {
    const waited = waitedForAddress(subject);
    if (waited === undefined || waited.seconds <= addressGrace) return [];
    return [found('VMS602', 'error', 'likely', waited.service, 'Nothing gives the Service an address: is a load balancer at work here?')];
  },
};

/** The Service that has no address yet, and for how long. */
function waitedForAddress({ vmService, trace, around }: ServiceSubject) {
  if (trace.vip.state !== 'Pending' || !('service' in trace.service) || trace.service.state === 'Refused') return undefined;
  if (vmService.metadata.deletionTimestamp !== undefined) return undefined;
  const { service } = trace.service;
  return { service, seconds: around.times.age(service.metadata.creationTimestamp) ?? 0 };
}
