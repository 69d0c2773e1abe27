import type { JsonObject } from '../../model/object.ts';
import type { ResourceQuota } from '../../model/resource-quota.ts';
import type { ProfileTraits } from '../profile.ts';
import { exceeds, quotaCounts, serviceUse } from '../quota.ts';
import { at, type Complaint } from './refusal.ts';
import { readSpec } from './written-spec.ts';

/**
 * The quotas of a namespace that one more Service would exceed, as their status counts them: a LoadBalancer also counts as such, and
 * where it gets node ports, by its ports.
 */
export function quotaComplaints(object: JsonObject, quotas: readonly ResourceQuota[], traits: ProfileTraits): readonly Complaint[] {
  const { type, ports } = readSpec(object);
  const requested = serviceUse(type, type === 'LoadBalancer' && !traits.disablesNodePorts ? ports.length : 0);
  return quotas.flatMap((quota) => {
    const exceeded = exceeds(requested, quotaCounts(quota));
    if (exceeded === undefined) return [];
    return [
      {
        code: 'VMS606',
        confidence: 'likely',
        field: 'spec.type',
        at: at(['spec', 'type']),
        message: `the Service would be refused: ${exceeded}`,
        fix: 'delete a service that is not needed, or ask for a larger quota',
      } satisfies Complaint,
    ];
  });
}
