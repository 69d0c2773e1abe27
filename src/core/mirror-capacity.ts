import type { EndpointAddress, EndpointSubset } from '../model/service.ts';
import { compareText } from '../model/text-order.ts';

/** How many addresses of one subset Kubernetes mirrors to EndpointSlices unless its controller manager is told otherwise. */
export const mirrorCapacity = 1000;

/**
 * The addresses that Kubernetes leaves out of slices because their subset has too many: it takes those that are ready, in the order
 * of their text, and then those that are not, until it is full. Mirrors addrsByIPAndUID of Kubernetes' pkg/api/v1/endpoints.
 */
export function addressesBeyondCapacity(subsets: readonly EndpointSubset[]): ReadonlySet<string> {
  return new Set(
    subsets.flatMap(({ addresses = [], notReadyAddresses = [] }) =>
      addresses.length + notReadyAddresses.length > mirrorCapacity
        ? [...inOrder(addresses), ...inOrder(notReadyAddresses)].slice(mirrorCapacity).map(({ ip }) => ip)
        : [],
    ),
  );
}

/** As Kubernetes sorts the addresses of a subset before it mirrors them. */
export function inOrder(addresses: readonly EndpointAddress[]): readonly EndpointAddress[] {
  return addresses.toSorted(
    (left, right) => compareText(left.ip, right.ip) || compareText(left.targetRef?.uid ?? '', right.targetRef?.uid ?? ''),
  );
}
