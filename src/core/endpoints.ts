import type { EndpointAddress, EndpointPort, EndpointSubset, Endpoints, IpFamily, Service, TargetRef } from '../model/service.ts';
import { primaryAddresses, probeAction, readyCondition, type VirtualMachine } from '../model/virtual-machine.ts';
import type { ProfileTraits } from './profile.ts';
import { repackSubsets } from './subsets.ts';

/** Why a VM is in, and counts as ready. `WasReady`: its probe has no verdict yet, and it was a ready endpoint before. */
export type ReadyBecause = 'NoProbe' | 'ProbePassing' | 'WasReady';
/** Why a VM is in, but not ready. */
export type NotReadyBecause = 'ProbeFailing' | 'ProbeUnknown' | 'ProbePending';
/** Why a selected VM is in neither list. */
export type OutBecause = 'BeingDeleted' | 'NoAddress' | 'NoAddressOfFamily' | 'ServiceHasNoFamilies';

/**
 * Why one selected VM is in or out. The subsets are a fold over these, and the trace prints them: one computation, so they
 * cannot disagree.
 */
export type EndpointDecision =
  | { readonly vm: VirtualMachine; readonly outcome: 'ready'; readonly because: ReadyBecause; readonly addresses: readonly string[] }
  | { readonly vm: VirtualMachine; readonly outcome: 'notReady'; readonly because: NotReadyBecause; readonly addresses: readonly string[] }
  | { readonly vm: VirtualMachine; readonly outcome: 'out'; readonly because: OutBecause; readonly addresses: readonly string[] };

/** What a decision needs besides the VM, the same for all VMs of one service. */
export interface EndpointRules {
  readonly traits: ProfileTraits;
  /** The Service's families; where the release publishes one address only, they do not matter. */
  readonly families: ReadonlySet<string>;
  /** The uids that are ready in the stored Endpoints. */
  readonly readyBefore: ReadonlySet<string>;
}

/**
 * The rules for a Service's endpoints.
 * Beware: `service` must be as the API server returned it. Before defaulting, `ipFamilies` is empty and no address passes.
 */
export function endpointRules(service: Service, stored: Endpoints | undefined, traits: ProfileTraits): EndpointRules {
  return { traits, families: new Set(service.spec.ipFamilies ?? []), readyBefore: readyUids(stored) };
}

/**
 * Whether one selected VM is an endpoint, and why.
 * Mirrors generateSubsetsForService in VM Operator's VirtualMachineService controller. Power, Tools and creation conditions
 * are not looked at, as they are not there.
 */
export function decideEndpoint(vm: VirtualMachine, rules: EndpointRules): EndpointDecision {
  if (vm.metadata.deletionTimestamp !== undefined) return { vm, outcome: 'out', because: 'BeingDeleted', addresses: [] };
  const addresses = candidateAddresses(vm, rules);
  if (addresses.length === 0) return { vm, outcome: 'out', because: whyNoAddress(vm, rules), addresses: [] };
  if (!probeGates(vm, rules.traits)) return { vm, outcome: 'ready', because: 'NoProbe', addresses };
  const condition = readyCondition(vm);
  if (condition === undefined) {
    return rules.readyBefore.has(vm.metadata.uid ?? '')
      ? { vm, outcome: 'ready', because: 'WasReady', addresses }
      : { vm, outcome: 'notReady', because: 'ProbePending', addresses };
  }
  if (condition.status === 'True') return { vm, outcome: 'ready', because: 'ProbePassing', addresses };
  return { vm, outcome: 'notReady', because: condition.status === 'False' ? 'ProbeFailing' : 'ProbeUnknown', addresses };
}

/** Whether the VM's probe decides its readiness in this release. */
export function probeGates(vm: VirtualMachine, traits: ProfileTraits): boolean {
  const { action } = probeAction(vm);
  return action !== 'none' && (traits.probeCounts === 'present' || action !== 'empty');
}

/** The subsets that follow from the decisions, in the controller's order. */
export function computeSubsets(decisions: readonly EndpointDecision[], service: Service): EndpointSubset[] {
  const entries = decisions.flatMap((decision) => {
    if (decision.outcome === 'out') return [];
    const targetRef = targetRefOf(decision.vm);
    return decision.addresses.map((ip) => ({ address: { ip, targetRef } satisfies EndpointAddress, ready: decision.outcome === 'ready' }));
  });
  return repackSubsets(entries, endpointPorts(service));
}

/** One endpoint port for each Service port: its target, which the controller never resolves by name. */
function endpointPorts(service: Service): EndpointPort[] {
  return (service.spec.ports ?? []).map((port) => ({
    ...(port.name !== undefined && port.name !== '' && { name: port.name }),
    port: typeof port.targetPort === 'number' ? port.targetPort : port.port,
    protocol: port.protocol ?? 'TCP',
  }));
}

function targetRefOf(vm: VirtualMachine): TargetRef {
  const { name, namespace, uid } = vm.metadata;
  return {
    apiVersion: vm.apiVersion,
    kind: 'VirtualMachine',
    name,
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
  };
}

function candidateAddresses(vm: VirtualMachine, { traits, families }: EndpointRules): string[] {
  const { ip4, ip6 } = primaryAddresses(vm);
  const present = (ip: string | undefined): ip is string => ip !== undefined;
  if (traits.addresses === 'first') return [ip4 ?? ip6].filter(present);
  const allowed = (family: IpFamily, ip: string | undefined) => (families.has(family) ? ip : undefined);
  return [allowed('IPv4', ip4), allowed('IPv6', ip6)].filter(present);
}

function whyNoAddress(vm: VirtualMachine, { families, traits }: EndpointRules): OutBecause {
  const { ip4, ip6 } = primaryAddresses(vm);
  if (ip4 === undefined && ip6 === undefined) return 'NoAddress';
  if (traits.addresses === 'all' && families.size === 0) return 'ServiceHasNoFamilies';
  return 'NoAddressOfFamily';
}

function readyUids(stored: Endpoints | undefined): Set<string> {
  const uids = new Set<string>();
  for (const subset of stored?.subsets ?? []) {
    for (const address of subset.addresses ?? []) if (address.targetRef?.uid !== undefined) uids.add(address.targetRef.uid);
  }
  return uids;
}
