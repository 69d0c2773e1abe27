import { beyondQuotas, type QuotaCounts, type QuotaUse, quotaCounts } from '../../core/quota.ts';
import type { ReconcileError } from '../../core/step.ts';
import { surroundingKinds } from '../../core/surroundings.ts';
import { resourceQuotaOf } from '../../model/resource-quota.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { type Cluster, isUnanswered } from '../cluster.ts';
import { limits } from '../limits.ts';
import { atOnce } from './at-once.ts';

/** A service, and what its writes take of quotas. */
interface Planned {
  readonly vmService: VirtualMachineService;
  readonly use: QuotaUse;
}

/**
 * Why some services of a plan find no room in the quotas of their namespaces once those before them are done. Where one service alone
 * takes something the server has said so already; quotas that may not be read are met when it is time to write.
 */
export async function beyondRoom(
  planned: readonly Planned[],
  cluster: Cluster,
): Promise<ReadonlyMap<VirtualMachineService, ReconcileError>> {
  const takers = planned.filter(({ use }) => [...use.values()].some((amount) => amount > 0));
  const crowded = [...Map.groupBy(takers, ({ vmService }) => vmService.metadata.namespace ?? '')].filter(([, own]) => own.length > 1);
  const found = await atOnce(crowded, limits.sockets, async ([namespace, own]) => {
    const sentences = beyondQuotas(
      own.map(({ use }) => use),
      await quotasIn(namespace, cluster),
    );
    return own.flatMap(({ vmService }, index) => {
      const sentence = sentences[index];
      return sentence === undefined ? [] : [[vmService, noRoom(vmService, sentence)] as const];
    });
  });
  return new Map(found.flat());
}

async function quotasIn(namespace: string, cluster: Cluster): Promise<readonly QuotaCounts[]> {
  try {
    const { items } = await cluster.list(surroundingKinds.quotas, 'v1', { namespace, withoutManagedFields: true });
    return items.map(resourceQuotaOf).map(quotaCounts);
  } catch (error) {
    if (isUnanswered(error)) return [];
    throw error;
  }
}

function noRoom({ metadata }: VirtualMachineService, sentence: string): ReconcileError {
  const message = `no room for ${metadata.namespace}/${metadata.name} once the services before it are done: ${sentence}`;
  return { reason: 'QuotaExceeded', message, exitCode: 3 };
}
