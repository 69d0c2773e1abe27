import { inOrder } from '../../core/mirror-capacity.ts';
import type { EndpointAddress, EndpointPort, EndpointSubset } from '../../model/service.ts';

interface Member {
  readonly address: EndpointAddress;
  readonly ready: boolean;
}

/**
 * Subsets such that every combination of address and port stands in one of them: ports that reach the same addresses share
 * a subset. An address that is both ready and not ready is not ready. Mirrors Kubernetes' RepackSubsets, but for the order of the subsets.
 */
export function repackAllSubsets(subsets: readonly EndpointSubset[]): readonly EndpointSubset[] {
  const addresses = new Map<string, EndpointAddress>();
  const byPort = new Map<string, { readonly port: EndpointPort | undefined; readonly members: Map<string, Member> }>();
  for (const subset of subsets) {
    const ports = subset.ports?.length ? subset.ports : [undefined];
    for (const port of ports) {
      const key = JSON.stringify([port?.name ?? '', port?.port, port?.protocol, port?.appProtocol]);
      const known = byPort.get(key) ?? { port, members: new Map<string, Member>() };
      byPort.set(key, known);
      for (const address of subset.addresses ?? []) add(known.members, addresses, address, true);
      for (const address of subset.notReadyAddresses ?? []) add(known.members, addresses, address, false);
    }
  }
  const byMembers = new Map<string, { readonly members: readonly Member[]; readonly ports: EndpointPort[] }>();
  for (const { port, members } of byPort.values()) {
    const key =
      [...members]
        .map(([name, { ready }]) => `${ready} ${name}`)
        .sort()
        .join('\n') + (port === undefined ? '\nno ports' : '');
    const known = byMembers.get(key) ?? { members: [...members.values()], ports: [] };
    byMembers.set(key, known);
    if (port !== undefined) known.ports.push(port);
  }
  return [...byMembers.values()].map(({ members, ports }) => ({
    addresses: inOrder(members.filter(({ ready }) => ready).map(({ address }) => address)),
    notReadyAddresses: inOrder(members.filter(({ ready }) => !ready).map(({ address }) => address)),
    ports,
  }));
}

/** What is said of an address where it is met first holds in every subset. */
function add(members: Map<string, Member>, addresses: Map<string, EndpointAddress>, address: EndpointAddress, ready: boolean): void {
  const key = JSON.stringify([address.ip, address.targetRef?.uid ?? '']);
  const first = addresses.get(key) ?? address;
  addresses.set(key, first);
  const known = members.get(key);
  if (known === undefined || (known.ready && !ready)) members.set(key, { address: first, ready });
}
