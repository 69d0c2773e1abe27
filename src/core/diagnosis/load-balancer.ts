import { conditionsOf, textAt } from '../../model/raw-fields.ts';
import { services } from '../../model/resources.ts';
import type { Service } from '../../model/service.ts';
import { compareText } from '../../model/text-order.ts';
import { fewLines } from '../few-names.ts';
import type { Finding, Fix } from '../finding.ts';
import { parseIp } from '../ip-address.ts';
import { objectUse, type QuotaCounts, type QuotaUse, quotaStatus, serviceUse } from '../quota.ts';
import { isMirrored } from '../slice-manager.ts';
import { itemsOf } from '../snapshot.ts';
import { workloadClusterOf } from '../workload-cluster.ts';
import { advice, commandOn } from './fixes.ts';
import { childOf, found } from './found.ts';
import { serviceToCreate } from './planned-service.ts';
import { isExhausted, type ProviderError, providerErrors } from './provider-errors.ts';
import { isNsx, providerTrace } from './provider-traces.ts';
import { hasBalancedService } from './questions.ts';
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
    const others = balancersOf(subject).filter((other) => other !== service && addressesOf(other).length > 0);
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
    if (addressesOf(service).length > 0) return besideAddress(service, errors);
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

/** VMS604: there is no address left to give. */
export const addressPoolExhausted: ServiceRule = {
  about: 'service',
  code: 'VMS604',
  worst: 'error',
  needs: ['services'],
  applies: hasBalancedService,
  mayHideIn: (subject) => (isSilent(subject) && exhaustedPools(subject).length === 0 ? ['ipAddressAllocations', 'ipPools'] : []),
  find: (subject) => {
    const service = balancedService(subject);
    if (service === undefined) return [];
    const errors = providerErrors(service, subject).filter(({ text }) => isExhausted(text));
    const { around, trace } = subject;
    if (addressesOf(service).length > 0) {
      const lasting = errors.filter(({ on }) => on !== 'event');
      if (lasting.length === 0) return [];
      return [
        found('VMS604', 'info', 'certain', service, 'An old error annotation: the Service has its address', {
          evidence: lasting.map(({ text }) => text),
        }),
      ];
    }
    const pools = errors.length > 0 ? [] : exhaustedPools(subject);
    if (errors.length === 0 && (pools.length === 0 || waitedForAddress(subject) === undefined)) return [];
    const ready = trace.ready === undefined ? [] : [`endpoints: ${trace.ready} ready`];
    const pending = `pending ${around.times.since(service.metadata.creationTimestamp)}`.trimEnd();
    return [
      found(
        'VMS604',
        'error',
        errors.length > 0 ? 'certain' : 'likely',
        service,
        'No address: the address pool of the load balancer is exhausted',
        {
          evidence: [...errors.map(({ text }) => text), ...pools, [pending, ...ready].join('; ')],
          fix: [...freeingOthers(subject), ...recreation(subject, 'free an address, or ask the platform owner to extend the pool')],
          follows: ['VMS601', 'VMS602', 'VMS603', 'VMS605', 'VMS610'],
        },
      ),
    ];
  },
};

/** VMS605: another address than the one that was asked for, or none. */
export const loadBalancerIpNotHonoured: ServiceRule = {
  about: 'service',
  code: 'VMS605',
  worst: 'error',
  needs: ['services'],
  applies: (subject) => hasBalancedService(subject) && (subject.vmService.spec.loadBalancerIP ?? '') !== '',
  find: (subject) => {
    const service = balancedService(subject);
    const wanted = subject.vmService.spec.loadBalancerIP ?? '';
    // NCP takes the name of a pool there, too.
    const ip = parseIp(wanted);
    if (service === undefined || ip === undefined) return [];
    const has = addressesOf(service);
    if (has.some((address) => parseIp(address)?.value === ip.value)) return [];
    const waited = waitedForAddress(subject);
    if (has.length === 0 && (waited === undefined || waited.seconds <= addressGrace)) return [];
    const takers = itemsOf(subject.around.world.snapshot.services).filter(
      (other) => other !== service && (addressesOf(other).includes(wanted) || other.spec.loadBalancerIP === wanted),
    );
    const taken = takers.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name} has, or asks for, ${wanted}`);
    const message =
      has.length > 0 ? `The address is ${has.join(', ')}, not ${wanted} as asked for` : `The load balancer does not give ${wanted}`;
    return [
      found('VMS605', 'error', has.length > 0 ? 'certain' : 'likely', service, message, {
        field: 'spec.loadBalancerIP',
        evidence: [
          `spec.loadBalancerIP ${wanted}; status ${has.length > 0 ? has.join(', ') : 'without an address'}`,
          ...fewLines(taken, 4),
        ],
        why: 'VM Operator copies the field, and the load balancer decides: the address may be taken, out of range, or fixed at creation',
        fix: [advice('free the address, or ask for one that is free; AVI takes it only from a Service that is made anew')],
        follows: ['VMS601', 'VMS602'],
      }),
    ];
  },
};

/** VMS606: a quota of the namespace forbids the Service. */
export const quotaExhausted: ServiceRule = {
  about: 'service',
  code: 'VMS606',
  worst: 'error',
  needs: ['services'],
  applies: ({ trace }) => trace.service.state === 'Missing',
  // A rehearsal tells what a quota says without showing the quota.
  mayHideIn: ({ proofs: { createService } }) => (createService === undefined || createService.outcome === 'notTried' ? ['quotas'] : []),
  find: (subject) => {
    const { vmService, around, proofs } = subject;
    const { name, namespace } = vmService.metadata;
    const balanced = vmService.spec.type === 'LoadBalancer';
    const planned = serviceToCreate(subject);
    const use = planned === undefined ? serviceUse(vmService.spec.type, 0) : objectUse(planned, services);
    const full = itemsOf(around.surroundings.quotas)
      .filter((quota) => quota.metadata.namespace === namespace)
      .flatMap((quota) => fullKeys(quotaStatus(quota), use));
    const { createService: proof } = proofs;
    const said = proof?.outcome === 'refused' ? (proof.status.message ?? '') : '';
    const proven = said.includes('exceeded quota');
    const [first] = full;
    if ((first === undefined || (proof !== undefined && proof.outcome !== 'notTried')) && !proven) return [];
    const what =
      first === undefined
        ? ''
        : `: quota ${first.quota} ${first.key} ${first.used}/${first.hard}${first.more > 1 ? `, and it takes ${first.more}` : ''}`;
    const others = freeingOthers(subject);
    const another = balanced ? 'another load balancer' : 'another Service';
    return [
      found(
        'VMS606',
        'error',
        proven ? 'certain' : 'likely',
        childOf(vmService, 'Service'),
        `The namespace may not have ${another}${what}`,
        {
          evidence: [
            `no Service ${name} ${around.times.since(vmService.metadata.creationTimestamp)}; the controller writes no event when it fails`,
          ],
          ...(proven && { proof: ['the same Service, sent as a server-side dry run, is refused:', `  ${said}`] }),
          fix: [...others, advice(others.length === 0 ? 'ask for a higher limit' : 'or ask for a higher limit')],
          ...clusterNote(subject),
          follows: ['VMS402', 'VMS501', 'VMS601', 'VMS602', 'VMS614'],
        },
      ),
    ];
  },
};

/** VMS610: whoever waits for the VirtualMachineService's own status waits in vain. */
export const addressNotCopied: ServiceRule = {
  about: 'service',
  code: 'VMS610',
  worst: 'error',
  needs: ['services'],
  applies: hasBalancedService,
  find: (subject) => {
    const { vmService, around } = subject;
    const service = balancedService(subject);
    if (service === undefined) return [];
    const own = sorted((vmService.status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []));
    const has = sorted(addressesOf(service));
    if (has.length === 0 || own.join() === has.join()) return [];
    if ((around.times.age(service.metadata.creationTimestamp) ?? 0) < 60) return [];
    return [
      found('VMS610', 'error', 'certain', vmService, 'The address of the Service is not in the status of the VirtualMachineService', {
        field: 'status.loadBalancer',
        evidence: [`Service ${has.join(', ')}; VirtualMachineService ${own.length === 0 ? 'none' : own.join(', ')}`],
        why: 'the controller copies it last: it fails before, as a rule at the Endpoints, or does not run',
        fix: commandOn(vmService, ['kubectl', 'vmsvc', 'nudge', vmService.metadata.name]),
      }),
    ];
  },
};

/** VMS614: clients connect to an address behind which there is nobody. */
export const addressWithoutEndpoints: ServiceRule = {
  about: 'service',
  code: 'VMS614',
  worst: 'error',
  needs: ['services', 'endpoints'],
  applies: hasBalancedService,
  find: (subject) => {
    const { vmService, trace, around, cluster } = subject;
    const service = balancedService(subject);
    const addresses = service === undefined ? [] : addressesOf(service);
    if (addresses.length === 0) return [];
    const ready = 'ready' in trace.endpoints ? trace.endpoints.ready : trace.endpoints.state === 'Missing' ? 0 : undefined;
    if (ready !== 0 || hasSlicesByHand(subject)) return [];
    const age = around.times.age(vmService.metadata.creationTimestamp) ?? 0;
    // Cluster API asks for the address first, and makes the first VM afterwards.
    if (cluster?.use === 'ControlPlane' && age < clusterStart) return [];
    const idle = trace.selected === 0 && age > idleAfter;
    // Whoever makes the service first has some time for its VMs.
    const early = trace.selected === 0 && age < vmsGrace;
    const message = idle
      ? `The address ${addresses.join(', ')} is taken, and nobody is behind it ${around.times.since(vmService.metadata.creationTimestamp)}`.trimEnd()
      : `The address ${addresses.join(', ')} has no ready endpoint`;
    return [
      found('VMS614', idle || early ? 'warning' : 'error', 'certain', service ?? vmService, message, {
        evidence: [`status.loadBalancer ${addresses.join(', ')}; Endpoints without a ready address`],
        why: 'a load balancer without members accepts and hangs up, refuses, or does not answer at all',
        follows: ['VMS703'],
      }),
    ];
  },
};

/** Without a selector somebody may keep slices instead of Endpoints, and load balancers send there. */
function hasSlicesByHand({ trace, leftAlone }: ServiceSubject): boolean {
  const byHand = leftAlone ? itemsOf(trace.slices).filter(({ slice }) => !isMirrored(slice)) : [];
  return byHand.some(({ slice }) => (slice.endpoints ?? []).some(({ conditions }) => conditions?.ready !== false));
}

/** Seconds. */
const clusterStart = 20 * 60;
const idleAfter = 7 * 24 * 60 * 60;
const vmsGrace = 10 * 60;

/** The Service of a VirtualMachineService that a load balancer should serve; undefined where there is none, it is
 * somebody else's, or of another type. */
export function balancedService({ vmService, trace }: ServiceSubject): Service | undefined {
  if (vmService.spec.type !== 'LoadBalancer' || !('service' in trace.service) || trace.service.state === 'Refused') return undefined;
  const { service } = trace.service;
  return service.spec.type === 'LoadBalancer' ? service : undefined;
}

export function addressesOf({ status }: Service): readonly string[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
}

/** The Service that has no address yet, and for how long. */
function waitedForAddress(subject: ServiceSubject) {
  const { trace, around } = subject;
  const service = balancedService(subject);
  if (service === undefined || trace.vip.state !== 'Pending') return undefined;
  return { service, seconds: around.times.age(service.metadata.creationTimestamp) ?? 0 };
}

/** It gives no address, and says nothing about it where that could be looked at. */
function isSilent(subject: ServiceSubject): boolean {
  const waited = waitedForAddress(subject);
  return waited !== undefined && waited.seconds > addressGrace && providerErrors(waited.service, subject).length === 0;
}

/** What the allocators of addresses say: an allocation that is not ready, a pool that is full. */
function exhaustedPools({ vmService, around }: ServiceSubject): readonly string[] {
  const allocations = itemsOf(around.surroundings.ipAddressAllocations)
    .filter(({ metadata }) => metadata.namespace === vmService.metadata.namespace)
    .flatMap((allocation) =>
      conditionsOf(allocation)
        .filter(
          (condition) =>
            condition.type === 'Ready' &&
            condition.status === 'False' &&
            isExhausted(`${textAt(condition, 'reason')} ${textAt(condition, 'message')}`),
        )
        .map((condition) =>
          `IPAddressAllocation ${allocation.metadata.name}: ${textAt(condition, 'reason')} ${textAt(condition, 'message')}`.trimEnd(),
        ),
    );
  const pools = itemsOf(around.surroundings.ipPools)
    .filter((pool) =>
      conditionsOf(pool).some((condition) => textAt(condition, 'type').toLowerCase() === 'full' && condition.status === 'True'),
    )
    .map((pool) => `IPPool ${pool.metadata.name} is full`);
  return [...allocations, ...pools];
}

/** NSX takes a Service up again only when it is made anew; nothing like that is said about objects of a workload cluster. */
function recreation({ vmService, around, cluster }: ServiceSubject, first: string): readonly Fix[] {
  if (cluster !== undefined || !isNsx(around, vmService.metadata.namespace ?? '')) return [advice(first)];
  return [
    advice(
      `${first}; afterwards NSX needs the Service made anew: delete and create VirtualMachineService ${vmService.metadata.name} (no address is lost: it has none)`,
    ),
  ];
}

/** The namespace's Services of type LoadBalancer. */
function balancersOf({ vmService, around }: Pick<ServiceSubject, 'vmService' | 'around'>): readonly Service[] {
  return itemsOf(around.world.snapshot.services).filter(
    ({ metadata, spec }) => spec.type === 'LoadBalancer' && metadata.namespace === vmService.metadata.namespace,
  );
}

/** Those of people, behind which nobody answers: whoever needs an address may ask their owners. */
function freeingOthers({ vmService, around }: ServiceSubject): readonly Fix[] {
  const { world, times } = around;
  const idle = itemsOf(world.snapshot.vmServices)
    .filter((other) => other !== vmService && other.metadata.namespace === vmService.metadata.namespace)
    .filter((other) => other.spec.type === 'LoadBalancer' && workloadClusterOf(other) === undefined)
    .filter((other) => {
      const endpoints = world.endpoints(other);
      return (
        'missing' in endpoints ||
        ('found' in endpoints && (endpoints.found.subsets ?? []).every(({ addresses = [] }) => addresses.length === 0))
      );
    })
    .toSorted((left, right) => compareText(left.metadata.creationTimestamp ?? '', right.metadata.creationTimestamp ?? ''));
  return idle
    .slice(0, 3)
    .flatMap((other) =>
      commandOn(
        other,
        ['kubectl', 'vmsvc', 'delete', other.metadata.name],
        `0 endpoints, created ${times.ago(other.metadata.creationTimestamp ?? '')}`,
      ),
    );
}

function clusterNote({ vmService, around }: ServiceSubject): Pick<Finding, 'notes'> {
  const clusters = itemsOf(around.world.snapshot.vmServices)
    .filter((other) => other.metadata.namespace === vmService.metadata.namespace && other.spec.type === 'LoadBalancer')
    .flatMap((other) => workloadClusterOf(other)?.cluster ?? []);
  if (clusters.length === 0) return {};
  const all = balancersOf({ vmService, around }).length;
  return { notes: [`${clusters.length} of the ${all} belong to workload cluster ${[...new Set(clusters)].join(', ')} and must stay`] };
}

interface FullKey {
  readonly quota: string;
  readonly key: string;
  readonly used: number;
  readonly hard: number;
  /** How much the Service would take of it. */
  readonly more: number;
}

/** What the Service finds no room in, that which it has most to do with first. */
function fullKeys({ name, used: counted, hard: limits }: QuotaCounts, use: QuotaUse): readonly FullKey[] {
  return ['services.loadbalancers', 'services.nodeports', 'services', 'count/services'].flatMap((key) => {
    const [more, used, hard] = [use.get(key), counted.get(key), limits.get(key)];
    if (more === undefined || used === undefined || hard === undefined || used + more <= hard) return [];
    return [{ quota: name, key, used, hard, more }];
  });
}

function sorted(texts: readonly string[]): readonly string[] {
  return texts.toSorted(compareText);
}
