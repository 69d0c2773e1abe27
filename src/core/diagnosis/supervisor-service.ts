import { isEmptySelector } from '../selector.ts';
import { itemsOf } from '../snapshot.ts';
import { found } from './found.ts';
import { isSupervisorName } from './mirror-place.ts';
import type { NamespaceRule } from './rule.ts';

/** VMS809: the Service through which a workload cluster finds its Supervisor. */
export const supervisorServiceReserved: NamespaceRule = {
  about: 'namespace',
  code: 'VMS809',
  worst: 'info',
  needs: [],
  applies: ({ around }) => around.mirrors.length > 0,
  find: ({ around }) =>
    around.mirrors.flatMap(({ services, context }) =>
      itemsOf(services)
        .filter(
          (service) =>
            isSupervisorName(service) &&
            isEmptySelector(service.spec.selector) &&
            (service.spec.ports ?? []).some(({ port }) => port === 6443),
        )
        .map((service) =>
          found(
            'VMS809',
            'info',
            'certain',
            service,
            `Service ${context === undefined ? '' : `${context}:`}default/supervisor is Cluster API's own`,
            {
              evidence: ['without a selector, port 6443: the way of a workload cluster to its Supervisor'],
              danger: 'never adopt, edit or delete it',
            },
          ),
        ),
    ),
};
