import { isUnanswered } from '../../cluster/cluster.ts';
import type { CreatePlan } from '../../core/create/create-plan.ts';
import { quotaComplaints } from '../../core/validation/quota.ts';
import { jsonOf } from '../../model/object.ts';
import { resourceQuotaOf } from '../../model/resource-quota.ts';
import { resourceQuotas } from '../../model/resources.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The quotas that its Service would not fit in, a sentence each: the object itself is stored all the same, and VM Operator tries again
 * until there is room. None where quotas may not be looked at.
 */
export async function quotasWithoutRoom({ object }: CreatePlan, { source, world, namespace }: Surroundings): Promise<readonly string[]> {
  try {
    const { items } = await source.cluster.list(resourceQuotas, 'v1', { namespace, withoutManagedFields: true });
    const complaints = quotaComplaints(jsonOf(object), items.map(resourceQuotaOf), world.facts.traits);
    return complaints.map(({ code, message }) => `${message}: VM Operator fails on it until there is room, and tells nobody (${code})`);
  } catch (error) {
    if (isUnanswered(error)) return [];
    throw error;
  }
}
