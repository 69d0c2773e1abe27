import type { Service } from '../../model/service.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { trafficPolicyAnnotation } from '../load-balancer.ts';
import type { ServiceStatus } from '../service-status.ts';
import { isSeen, type Leg } from '../snapshot.ts';
import type { EndpointsHop, ServiceHop, VipHop } from './hops.ts';
import type { Member } from './members.ts';

/** How long a load balancer may take before a missing address is called missing. */
const addressGraceSeconds = 120;

/**
 * How many VMs receive traffic.
 * @param beyond the addresses that Kubernetes does not mirror, as there are too many: what reads slices sends them nothing
 */
export function readyCount(endpoints: EndpointsHop, members: Leg<Member>, beyond: ReadonlySet<string>): number | undefined {
  if (endpoints.state === 'Unknown' || !isSeen(members)) return undefined;
  if (endpoints.state === 'LeftAlone') return endpoints.ready;
  return members.items.filter(
    (member) =>
      member.kind === 'decided' &&
      member.decision.outcome === 'ready' &&
      member.stored === 'AsComputed' &&
      member.decision.addresses.some((ip) => !beyond.has(ip)),
  ).length;
}

export interface StatusFacts {
  readonly vmService: VirtualMachineService;
  readonly service: ServiceHop;
  readonly endpoints: EndpointsHop;
  readonly members: Leg<Member>;
  readonly vip: VipHop;
  readonly ready: number | undefined;
  readonly selected: number | undefined;
  readonly leftAlone: boolean;
  readonly now: Date;
}

export function statusOf(facts: StatusFacts): ServiceStatus {
  const { vmService, service, endpoints, members, vip, ready, selected, leftAlone } = facts;
  if (vmService.metadata.deletionTimestamp !== undefined) return 'Deleting';
  if (service.state === 'Unknown' || endpoints.state === 'Unknown' || !isSeen(members) || vip.state === 'Unknown') return 'Unknown';
  if (service.state === 'Missing') return 'NoService';
  if (!leftAlone && selected === 0) return 'NoVMs';
  if (vmService.spec.type !== 'ExternalName' && ready === 0) return 'NoEndpoints';
  if (vip.state === 'Pending') return waitedSeconds(service.service, facts.now) > addressGraceSeconds ? 'NoAddress' : 'Pending';
  if (endpoints.state === 'Missing' || endpoints.state === 'Differs') return 'Drift';
  if (selected !== undefined && ready !== undefined && ready < selected && !isNodeLocal(vmService)) return 'Degraded';
  return 'OK';
}

function waitedSeconds(service: Service, now: Date): number {
  const created = Date.parse(service.metadata.creationTimestamp ?? '');
  return Number.isNaN(created) ? 0 : (now.getTime() - created) / 1000;
}

/** Services that a workload cluster's cloud provider made: under policy Local only the nodes with a pod are ready. */
function isNodeLocal({ metadata }: VirtualMachineService): boolean {
  const local = metadata.annotations?.[trafficPolicyAnnotation] === 'Local';
  return local && metadata.ownerReferences?.some((owner) => /cluster/i.test(owner.kind)) === true;
}
