import type { EndpointAddress, EndpointSubset } from '../model/service.ts';

/** Whom an address stands for: the uid of its VM, or the address itself where nothing is referred to. */
export function targetOf({ ip, targetRef }: EndpointAddress): string {
  return targetRef?.uid ?? ip;
}

/** VMs, not addresses: a dual-stack VM is one endpoint with two addresses. */
export function countTargets(subsets: readonly EndpointSubset[], list: 'addresses' | 'notReadyAddresses'): number {
  return new Set(subsets.flatMap((subset) => (subset[list] ?? []).map(targetOf))).size;
}
