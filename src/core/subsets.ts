import type { EndpointAddress, EndpointPort, EndpointSubset } from '../model/service.ts';
import { compareText } from '../model/text-order.ts';
import { md5 } from './md5.ts';

/** One address of one VM, and the list it belongs to. */
export interface SubsetEntry {
  readonly address: EndpointAddress;
  readonly ready: boolean;
}

/**
 * The subsets for addresses that all have the same ports: none without an address, otherwise exactly one.
 *
 * Mirrors RepackSubsets in VM Operator's utils/endpoints.go. An address is known by its IP and its target's uid; where it
 * stands twice, not ready wins. Beware: the order is the controller's own and must be written as it is, since the API
 * server stores subsets as sent and the controller would patch any other order back.
 */
export function repackSubsets(entries: readonly SubsetEntry[], ports: readonly EndpointPort[]): EndpointSubset[] {
  if (entries.length === 0) return [];
  const unique = new Map<string, SubsetEntry>();
  for (const entry of entries) {
    const key = `${entry.address.ip}\0${uidOf(entry.address)}`;
    const known = unique.get(key);
    if (known === undefined || (known.ready && !entry.ready)) unique.set(key, entry);
  }
  const sorted = [...unique.values()].sort((left, right) => compareAddresses(left.address, right.address));
  const addresses = sorted.filter((entry) => entry.ready).map((entry) => entry.address);
  const notReadyAddresses = sorted.filter((entry) => !entry.ready).map((entry) => entry.address);
  const sortedPorts = canonicalPorts(ports);
  return [
    {
      ...(addresses.length > 0 && { addresses }),
      ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
      ...(sortedPorts.length > 0 && { ports: sortedPorts }),
    },
  ];
}

/** The digest by which ports are ordered: MD5 of the port as Go's spew prints it. */
export function portDigest(port: EndpointPort): string {
  return md5(
    `(v1.EndpointPort){Name:(string)${port.name ?? ''} Port:(int32)${port.port} Protocol:(v1.Protocol)${port.protocol ?? ''} AppProtocol:(*string)<nil>}`,
  );
}

/** True when both hold the same addresses, ready states and ports, in whatever order. */
export function sameMembers(left: readonly EndpointSubset[], right: readonly EndpointSubset[]): boolean {
  const [first, second] = [memberKeys(left), memberKeys(right)];
  return first.size === second.size && [...first].every((key) => second.has(key));
}

function memberKeys(subsets: readonly EndpointSubset[]): Set<string> {
  const keys = new Set<string>();
  for (const subset of subsets) {
    const ports = canonicalPorts(subset.ports ?? [])
      .map((port) => `${port.name ?? ''}/${port.port}/${port.protocol ?? ''}`)
      .join('\0');
    for (const [list, ready] of [[subset.addresses, 'ready'] as const, [subset.notReadyAddresses, 'notReady'] as const]) {
      for (const address of list ?? [])
        keys.add(`${ready}\0${address.ip}\0${uidOf(address)}\0${address.targetRef?.apiVersion ?? ''}\0${ports}`);
    }
  }
  return keys;
}

function canonicalPorts(ports: readonly EndpointPort[]): EndpointPort[] {
  if (ports.length < 2) return [...ports];
  const byDigest = new Map(ports.map((port) => [portDigest(port), port]));
  return [...byDigest].sort(([left], [right]) => compareText(left, right)).map(([, port]) => port);
}

/** By the bytes of the IP text, then of the uid; an address without a target comes first. */
function compareAddresses(left: EndpointAddress, right: EndpointAddress): number {
  return compareText(left.ip, right.ip) || compareText(uidOf(left), uidOf(right));
}

function uidOf(address: EndpointAddress): string {
  return address.targetRef?.uid ?? '';
}
