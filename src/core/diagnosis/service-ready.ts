import type { Condition } from '../../model/object.ts';
import { ingressAddresses } from '../../model/service.ts';
import { serviceReadyType } from '../conditions.ts';
import { advice } from '../finding.ts';
import { found } from './found.ts';
import { asksForBalancer } from './questions.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/** VMS611: the normal state of a condition that few load balancers set. */
export const serviceReadyUnknown: ServiceRule = {
  about: 'service',
  code: 'VMS611',
  worst: 'info',
  needs: [],
  applies: ({ vmService }) => (vmService.status?.conditions ?? []).some(({ type }) => type === serviceReadyType),
  find: ({ vmService }) => {
    const condition = vmService.status?.conditions?.find(({ type }) => type === serviceReadyType);
    if (condition?.status !== 'Unknown' || condition.reason !== 'ServiceReadyNotPresent') return [];
    return [
      found('VMS611', 'info', 'certain', vmService, 'The condition of the Service is not known, which is normal', {
        evidence: [`${serviceReadyType}=Unknown ServiceReadyNotPresent`],
        why: 'only NSX VPC sets a Ready condition on Services, and that one is about DNS alone: address and endpoints say how it is',
      }),
    ];
  },
};

/** VMS612: the name was not published; the address works all the same. */
export const dnsRecordFailed: ServiceRule = {
  about: 'service',
  code: 'VMS612',
  worst: 'warning',
  needs: [],
  applies: (subject) => asksForBalancer(subject) && readyConditions(subject).length > 0,
  find: (subject) => {
    const { vmService, trace } = subject;
    const service = 'service' in trace.service ? trace.service.service : undefined;
    const failed = readyConditions(subject).find(({ status, reason }) => status === 'False' && reason === 'DNSRecordFailed');
    if (failed === undefined) return [];
    const addresses = service === undefined ? [] : ingressAddresses(service);
    const ready = trace.ready === undefined ? '' : ` has ${trace.ready} ready ${trace.ready === 1 ? 'endpoint' : 'endpoints'}`;
    return [
      found(
        'VMS612',
        'warning',
        'certain',
        service ?? vmService,
        `The DNS record was not published: ${failed.message ?? ''}`.replace(/: $/, ''),
        {
          evidence: [`${failed.type}=False DNSRecordFailed`],
          notes: [`this condition is about DNS only${addresses.length === 0 ? '' : `; address ${addresses.join(', ')}${ready}`}`],
          fix: [advice('use a host name in an allowed zone (annotation on the VirtualMachineService), or the address')],
          follows: ['VMS611', 'VMS709'],
        },
      ),
    ];
  },
};

/** What the load balancer says of the Service, there and in the copy. */
function readyConditions({ vmService, trace }: ServiceSubject): readonly Condition[] {
  const service = 'service' in trace.service ? trace.service.service : undefined;
  return [...(service?.status?.conditions ?? []), ...(vmService.status?.conditions ?? [])].filter(({ type }) =>
    ['Ready', serviceReadyType].includes(type),
  );
}
