import { ingressAddresses, type Service } from '../../model/service.ts';
import { advice, type Finding } from '../finding.ts';
import { addressGrace, balancedService, isSilent, recreation, waitedForAddress } from './balanced-service.ts';
import { commandOn } from './fixes.ts';
import { found } from './found.ts';
import { isExhausted, type ProviderError, providerErrors } from './provider-errors.ts';
import { providerTrace } from './provider-traces.ts';
import { hasBalancedService } from './questions.ts';
import type { ServiceRule } from './rule.ts';

/** VMS601: the load balancer has some time left. */
export const addressPending: ServiceRule = {
  about: 'service',
  code: 'VMS601',
  worst: 'info',
  needs: ['services'],
  applies: hasBalancedService,
  find: (subject) => {
    const waited = waitedForAddress(subject);
    if (waited === undefined || waited.seconds > addressGrace || providerErrors(waited.service, subject).length > 0) return [];
    const { vmService, around } = subject;
    return [
      found('VMS601', 'info', 'certain', waited.service, 'Waiting for an address of the load balancer', {
        evidence: [`no address in the Service's status ${around.times.since(waited.service.metadata.creationTimestamp)}`.trimEnd()],
        fix: commandOn(vmService, ['kubectl', 'vmsvc', 'wait', vmService.metadata.name, '--for=address']),
      }),
    ];
  },
};

/** Where load balancers write what is wrong, besides the Service itself. */
const whereItSpeaks = ['events', 'gateways', 'networkInfos'] as const;

/** VMS602: nobody seems to give addresses. */
export const noLoadBalancer: ServiceRule = {
  about: 'service',
  code: 'VMS602',
  worst: 'error',
  needs: ['services'],
  applies: hasBalancedService,
  find: (subject) => {
    const waited = waitedForAddress(subject);
    if (waited === undefined || waited.seconds <= addressGrace) return [];
    const { service } = waited;
    const { around } = subject;
    const trace = providerTrace(service);
    // It has none itself.
    const others = around.contentsOf(service.metadata.namespace).addressed;
    const pending = `no address ${around.times.since(service.metadata.creationTimestamp)}`.trimEnd();
    const unheard = around.missing(whereItSpeaks).filter(({ because }) => because !== 'NotAsked');
    const seen = [
      trace === undefined ? `${pending}; no trace of a load balancer on the Service` : `${pending}; ${trace} left traces on the Service`,
      others.length === 0
        ? 'no other LoadBalancer Service of the namespace has an address'
        : `${others.length} other LoadBalancer ${others.length === 1 ? 'Service has' : 'Services have'} an address: the problem is this one`,
    ];
    const message =
      trace === undefined && others.length === 0
        ? 'Nothing gives the Service an address: is a load balancer at work here?'
        : `The load balancer gives this Service no address${unheard.length === 0 ? ', and says nothing' : ''}`;
    return [
      found('VMS602', 'error', 'likely', service, message, {
        evidence: seen,
        fix: [
          advice('ask the platform owner which load balancer serves the namespace'),
          ...(trace === undefined && others.length === 0 ? [advice('on a cluster of your own: install one, or use type ClusterIP')] : []),
        ],
        follows: ['VMS610'],
      }),
    ];
  },
};

/** VMS603: the load balancer said what is wrong. */
export const loadBalancerError: ServiceRule = {
  about: 'service',
  code: 'VMS603',
  worst: 'error',
  needs: ['services'],
  applies: hasBalancedService,
  mayHideIn: (subject) => (isSilent(subject) ? whereItSpeaks : []),
  find: (subject) => {
    const service = balancedService(subject);
    if (service === undefined) return [];
    const errors = providerErrors(service, subject).filter(({ text }) => !isExhausted(text));
    if (errors.length === 0) return [];
    if (ingressAddresses(service).length > 0) return besideAddress(service, errors);
    const first = [...new Set(errors.map(({ remedy }) => remedy))].join('; ');
    return [
      found('VMS603', 'error', 'certain', service, 'The load balancer reports an error', {
        evidence: errors.map(({ text }) => text),
        fix: errors.some(({ on }) => on === 'Service') ? recreation(subject, first) : [advice(first)],
        follows: ['VMS601', 'VMS602', 'VMS605', 'VMS610', 'VMS613', 'VMS614'],
      }),
    ];
  },
};

/** With an address, what stands on an object may be old; that some ports or members are not served is told of a Service that has one. */
function besideAddress(service: Service, errors: readonly ProviderError[]): readonly Finding[] {
  const partial = errors.filter((error) => error.partial);
  const rest = errors.filter((error) => error.on !== 'event' && !error.partial);
  const evidenceOf = (some: readonly ProviderError[]) => some.map(({ text }) => text);
  return [
    ...(partial.length === 0
      ? []
      : [
          found('VMS603', 'warning', 'likely', service, 'The load balancer says that it serves the Service only in part', {
            evidence: evidenceOf(partial),
            fix: [
              advice('look at spec.ports and at the limits of the load balancer; where all of it answers, the annotation is an old one'),
            ],
          }),
        ]),
    ...(rest.length === 0
      ? []
      : [
          found(
            'VMS603',
            'info',
            'certain',
            service,
            rest.every(({ on }) => on === 'Service')
              ? 'An old error of the load balancer is still written on the Service, which has its address'
              : 'The load balancer reports an error, though the Service has its address',
            { evidence: evidenceOf(rest) },
          ),
        ]),
  ];
}
