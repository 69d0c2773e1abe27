import { services } from '../../model/resources.ts';
import { advice, type Finding } from '../finding.ts';
import { objectUse, type QuotaCounts, type QuotaUse, quotaStatus, serviceUse } from '../quota.ts';
import { itemsOf } from '../snapshot.ts';
import { workloadClusterOf } from '../workload-cluster.ts';
import { balancersOf, freeingOthers } from './balanced-service.ts';
import { childOf, found } from './found.ts';
import { serviceToCreate } from './planned-service.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

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
