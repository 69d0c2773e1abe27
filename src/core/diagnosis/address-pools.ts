import { conditionsOf } from '../../model/raw-fields.ts';
import { ingressAddresses } from '../../model/service.ts';
import { itemsOf } from '../snapshot.ts';
import { balancedService, freeingOthers, isSilent, recreation, waitedForAddress } from './balanced-service.ts';
import { found } from './found.ts';
import { isExhausted, providerErrors } from './provider-errors.ts';
import { hasBalancedService } from './questions.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

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
    if (ingressAddresses(service).length > 0) {
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
        // Somebody writes it on the Service for it alone; others may speak of another pool.
        errors.some(({ on }) => on === 'Service') ? 'certain' : 'likely',
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

/** What the allocators of addresses say: an allocation that is not ready, a pool that is full. */
function exhaustedPools({ vmService, around }: ServiceSubject): readonly string[] {
  const allocations = itemsOf(around.surroundings.ipAddressAllocations)
    .filter(({ metadata }) => metadata.namespace === vmService.metadata.namespace)
    .flatMap((allocation) =>
      conditionsOf(allocation)
        .filter(
          (condition) =>
            condition.type === 'Ready' && condition.status === 'False' && isExhausted(`${condition.reason} ${condition.message}`),
        )
        .map((condition) => `IPAddressAllocation ${allocation.metadata.name}: ${condition.reason} ${condition.message}`.trimEnd()),
    );
  const pools = itemsOf(around.surroundings.ipPools)
    .filter((pool) => conditionsOf(pool).some((condition) => condition.type.toLowerCase() === 'full' && condition.status === 'True'))
    .map((pool) => `IPPool ${pool.metadata.name} is full`);
  return [...allocations, ...pools];
}
