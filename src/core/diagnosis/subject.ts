import { jsonOf, type KubeObject } from '../../model/object.ts';
import type { Service } from '../../model/service.ts';
import type { Status } from '../../model/status.ts';
import type { VirtualMachine } from '../../model/virtual-machine.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import type { EndpointDecision } from '../endpoints.ts';
import type { Finding } from '../finding.ts';
import { lazyIndex } from '../lazy-index.ts';
import type { NearMiss } from '../near-miss.ts';
import type { ProbeReport } from '../probe/probe.ts';
import { asControllerSees, leavesEndpointsAlone } from '../reconcile.ts';
import { isEmptySelector, type Selector } from '../selector.ts';
import { itemsOf, type LegName, type Unavailable } from '../snapshot.ts';
import type { SurroundingName, Surroundings } from '../surroundings.ts';
import { type ServiceTrace, traceService } from '../trace/trace.ts';
import { validateVmService } from '../webhook/webhook.ts';
import { type WorkloadClusterUse, workloadClusterOf } from '../workload-cluster.ts';
import type { World } from '../world.ts';
import type { AddressHolder } from './address-holders.ts';
import { isSettled } from './changes.ts';
import type { MirrorIndex } from './mirror-index.ts';
import type { MirrorPlace } from './mirror-place.ts';
import type { NamespaceContents } from './namespace-contents.ts';
import type { ProbeIndex } from './probe-index.ts';
import type { Times } from './times.ts';
import type { ProviderInterface } from './vm-network.ts';

/**
 * What the server said to a write that it was asked to rehearse: the Service that the controller would create, or a change of the
 * VirtualMachineService that changes nothing.
 */
export type Rehearsal =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'refused'; readonly status: Status }
  /** Nobody asked, or the user may not. */
  | { readonly outcome: 'notTried'; readonly why: string };

/** Rehearsals of one service; what is absent was not tried. */
export interface Proofs {
  readonly createService?: Rehearsal;
  /** The change of the Service that the controller would make. */
  readonly patchService?: Rehearsal;
  readonly patchVmService?: Rehearsal;
}

/** A part of the world that a rule cannot do without. */
export type Need = LegName | SurroundingName;

/** Everything that rules may look at, besides the service itself. */
export interface Around {
  readonly world: World;
  readonly surroundings: Surroundings;
  /** The API groups that the server has; undefined where nobody asked or knows. */
  readonly groups: readonly string[] | undefined;
  readonly now: Date;
  readonly times: Times;
  /** By `namespace/name`. */
  readonly proofs: ReadonlyMap<string, Proofs>;
  /** The VMs that a selector would select, of all namespaces that were looked at: of others, too, where it selects nothing in its own. */
  selectedAnywhere(selector: Selector): readonly VirtualMachine[];
  /** The VMs of a namespace that may have a pair of a selector where no selector looks. */
  mayBeMisplaced(namespace: string | undefined, selector: Selector): readonly VirtualMachine[];
  /** The objects that made a VM, as far as they were looked at. */
  parentsOf(vm: VirtualMachine): readonly KubeObject[];
  /** Whether the user may write Endpoints; undefined where nobody asked. */
  readonly mayWriteEndpoints: boolean | undefined;
  /** The clock of this machine; undefined where only one clock is known. */
  readonly localClock: Date | undefined;
  /** Copies of services in other places, each as it was seen there. */
  readonly mirrors: readonly MirrorPlace[];
  /** The same copies, to be asked by what they are copies of. */
  copies(): MirrorIndex;
  /** Who has, or asks for, an address. */
  holdersOf(address: string): readonly AddressHolder[];
  /** What stands in a namespace. */
  contentsOf(namespace: string | undefined): NamespaceContents;
  /** The objects that stand for the same Service inside a workload cluster, by the labels that say so. */
  twinsOf(vmService: VirtualMachineService): readonly VirtualMachineService[];
  /** What waits for the controller in a namespace, a line each. */
  pendingIn(namespace: string | undefined): readonly string[];
  /** What connections came to, from each place that they were tried from; empty where nobody asked for it. */
  readonly probes: readonly ProbeReport[];
  /** The same, by service and by address. */
  readonly connections: ProbeIndex;
  /** The services that select a VM. */
  servicesOf(vm: VirtualMachine): readonly VirtualMachineService[];
  /** The Services that a load balancer serves there. */
  servicesAt(address: string, protocol: string, port: number): readonly Service[];
  /** The VMs that a service's selector misses by very little. */
  nearMissesOf(vmService: VirtualMachineService): readonly NearMiss[];
  /** What of some parts of the world could not be looked at. A kind that the server does not have is no hole: there is none of it. */
  missing(needs: readonly Need[]): readonly Unavailable[];
  /** The live VMs that have an address as a primary one. */
  vmsWithAddress(namespace: string | undefined, address: string): readonly VirtualMachine[];
  /** What the network provider keeps of the interfaces of a VM. */
  providerInterfacesOf(vm: VirtualMachine): readonly ProviderInterface[];
  /** The tool that keeps an object, named as in commands (`vmservice`, `vm`); undefined where nothing does. */
  keeperAt(type: string, namespace: string | undefined, name: string): string | undefined;
}

/** One VirtualMachineService and all that was found out about it. */
export interface ServiceSubject {
  readonly vmService: VirtualMachineService;
  readonly trace: ServiceTrace;
  readonly around: Around;
  /** Of the VMs that the selector selects; empty where VMs could not be looked at, and for type ExternalName. */
  readonly decisions: readonly EndpointDecision[];
  /** Who keeps it on behalf of a workload cluster; undefined for one that people keep. */
  readonly cluster: WorkloadClusterUse | undefined;
  /** No Endpoints are made of its selector, or nobody looks at them. */
  readonly leftAlone: boolean;
  readonly proofs: Proofs;
  /**
   * Nothing that the controller computes from has changed for a while, so that a difference is a fault. This looks at all that was written
   * to its VMs: worked out once, when somebody first asks.
   */
  isSettled(): boolean;
  /** The VMs that the selector misses by very little; worked out when somebody first asks. */
  nearMisses(): readonly NearMiss[];
  /** What VM Operator's webhook would refuse of it today; likewise. */
  refusals(): readonly Finding[];
}

/** A namespace of which the services are diagnosed. */
export interface NamespaceSubject {
  readonly namespace: string;
  readonly around: Around;
  readonly services: readonly ServiceSubject[];
}

/** Follows one service through the world, and keeps what several rules ask for. */
export function serviceSubject(vmService: VirtualMachineService, around: Around): ServiceSubject {
  const { world, now } = around;
  const trace = traceService(vmService, world, { now, others: false, compareService: true });
  return subjectOfTrace(trace, around);
}

/** The same for a trace that is there already. */
export function subjectOfTrace(trace: ServiceTrace, around: Around): ServiceSubject {
  const { vmService } = trace;
  const hasEndpoints = vmService.spec.type !== 'ExternalName';
  let near: readonly NearMiss[] | undefined;
  let refused: readonly Finding[] | undefined;
  let settled: boolean | undefined;
  const decisions = hasEndpoints ? itemsOf(trace.members).flatMap((member) => (member.kind === 'decided' ? [member.decision] : [])) : [];
  return {
    isSettled: () => {
      settled ??= isSettled(trace, decisions, around.times);
      return settled;
    },
    proofs: around.proofs.get(keyOf(vmService)) ?? {},
    refusals: () => {
      refused ??= refusalsOf(vmService, around);
      return refused;
    },
    nearMisses: () => {
      near ??= around.nearMissesOf(vmService);
      return near;
    },
    vmService,
    trace,
    around,
    decisions,
    cluster: workloadClusterOf(vmService),
    leftAlone: !hasEndpoints || leavesEndpointsAlone(asControllerSees(vmService), around.world.facts.traits),
  };
}

/** The same service, after something more was found out. */
export function withAround(subject: ServiceSubject, around: Around): ServiceSubject {
  return { ...subject, around, proofs: around.proofs.get(keyOf(subject.vmService)) ?? {} };
}

function refusalsOf(vmService: VirtualMachineService, { world }: Around): readonly Finding[] {
  const { traits, workloadIPv6, workloadIPv6Unknown = false } = world.facts;
  // What is stored came past a webhook: that the feature was switched off since then is not said unless it could be seen.
  const families = workloadIPv6 || workloadIPv6Unknown;
  return validateVmService(jsonOf(asControllerSees(vmService)), {
    traits,
    workloadIPv6: families,
    namespace: vmService.metadata.namespace,
  });
}

/** `namespace/name`. */
export function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** The services of the snapshot that select each VM: worked out once, when somebody first asks. */
export function reverseSelection(world: World): (vm: VirtualMachine) => readonly VirtualMachineService[] {
  return lazyIndex(() => selections(world));
}

function selections({ vms, snapshot }: World): readonly (readonly [vm: VirtualMachine, by: VirtualMachineService])[] {
  if ('unavailable' in vms) return [];
  return itemsOf(snapshot.vmServices).flatMap((vmService) => {
    const selector = vmService.spec.selector ?? {};
    if (isEmptySelector(selector)) return [];
    return vms.index.select(vmService.metadata.namespace, selector).map((vm) => [vm, vmService] as const);
  });
}
