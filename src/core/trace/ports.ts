import type { EndpointSlice } from '../../model/service.ts';
import { compareText } from '../../model/text-order.ts';
import { isSeen, itemsOf, type Leg } from '../snapshot.ts';
import { memberAddresses, memberName } from './members.ts';
import type { ServiceTrace } from './trace.ts';

/** One port of a service, and who receives its traffic: by the slices, which are what kube-proxy and most load balancers read. */
export interface PortTrace {
  /** Empty for a port without a name. */
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  /** Sorted by name and address. */
  readonly members: readonly PortMember[];
}

export interface PortMember {
  /** The VM, or the address where no object is named. */
  readonly name: string;
  readonly address: string;
  /** `Absent`: a member of the service that no slice of this port has. */
  readonly state: 'Ready' | 'NotReady' | 'Absent';
  /** Where the traffic goes to; undefined where there is none. */
  readonly targetPort: number | undefined;
}

/** The members of each port, as the slices have them. A slice belongs to a port by its name and protocol, as kube-proxy sees it. */
export function portTraces(trace: ServiceTrace): Leg<PortTrace> {
  if (!isSeen(trace.slices)) return trace.slices;
  const slices = trace.slices.items.map(({ slice }) => slice);
  const expected = itemsOf(trace.members).flatMap((member) =>
    member.kind === 'decided' && member.decision.outcome === 'out'
      ? []
      : memberAddresses(member).map((address) => ({ name: memberName(member), address })),
  );
  const names = new Map(expected.map(({ name, address }) => [address, name]));
  const ports = (trace.vmService.spec.ports ?? []).map((port): PortTrace => {
    const { name = '', protocol = 'TCP' } = port;
    const listed = slices.flatMap((slice) => membersOfPort(slice, name, protocol, names));
    const known = new Set(listed.map(({ address }) => address));
    const absent = expected
      .filter(({ address }) => !known.has(address))
      .map((member): PortMember => ({ ...member, state: 'Absent', targetPort: undefined }));
    return { name, protocol, port: port.port, members: [...listed, ...absent].toSorted(byNameAndAddress) };
  });
  return { items: ports };
}

function membersOfPort(slice: EndpointSlice, name: string, protocol: string, names: ReadonlyMap<string, string>): PortMember[] {
  const ports = (slice.ports ?? []).filter((port) => (port.name ?? '') === name && (port.protocol ?? 'TCP') === protocol);
  return ports.flatMap(({ port }) =>
    (slice.endpoints ?? []).flatMap(({ addresses, conditions, targetRef }) =>
      addresses.map(
        (address): PortMember => ({
          name: targetRef?.name ?? names.get(address) ?? address,
          address,
          state: conditions?.ready === false ? 'NotReady' : 'Ready',
          targetPort: port,
        }),
      ),
    ),
  );
}

function byNameAndAddress(left: PortMember, right: PortMember): number {
  return compareText(left.name, right.name) || compareText(left.address, right.address) || (left.targetPort ?? 0) - (right.targetPort ?? 0);
}

/** Whether the same members stand in the same state behind every port. */
export function arePortsAlike(ports: readonly PortTrace[]): boolean {
  return new Set(ports.map(({ members }) => JSON.stringify(members.map(({ name, address, state }) => [name, address, state])))).size < 2;
}
