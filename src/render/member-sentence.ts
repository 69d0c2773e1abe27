import type { EndpointDecision } from '../core/endpoints.ts';
import { selectorText } from '../core/selector.ts';
import type { Member, StaleBecause } from '../core/trace/members.ts';
import {
  conditionOf,
  observedPower,
  primaryAddresses,
  probeAction,
  readyCondition,
  type VirtualMachine,
} from '../model/virtual-machine.ts';
import type { VirtualMachineService } from '../model/virtual-machine-service.ts';
import type { TimeWords } from './age.ts';

/** `tcp:8080`, `heartbeat:green`, `guestInfo:ready`; `<none>` without a probe. */
export function probeText(vm: VirtualMachine): string {
  const probe = probeAction(vm);
  switch (probe.action) {
    case 'none':
      return '<none>';
    case 'empty':
      return 'empty';
    case 'tcpSocket':
      return probe.host === undefined ? `tcp:${probe.port}` : `tcp:${probe.host}:${probe.port}`;
    case 'guestHeartbeat':
      return `heartbeat:${probe.threshold}`;
    case 'guestInfo':
      return `guestInfo:${probe.keys.join(',')}`;
  }
}

/** One sentence on why a member is in or out, without its name. `duration` turns a time into `for 12m`. */
export function memberSentence(member: Member, vmService: VirtualMachineService, duration: TimeWords): string {
  if (member.kind === 'stale') return staleSentence(member.because, member.vm, vmService);
  const sentence = decisionSentence(member.decision, duration);
  if (member.stored === 'Missing') return `${sentence}; not in the Endpoints yet`;
  if (member.stored === 'Differs')
    return `${sentence}; the Endpoints still have it as ${member.decision.outcome === 'ready' ? 'not ready' : 'ready'}`;
  return sentence;
}

function decisionSentence({ vm, because }: EndpointDecision, duration: TimeWords): string {
  const probe = `readiness probe ${probeText(vm)}`;
  const since = (timestamp: string | undefined) => (timestamp === undefined ? '' : ` for ${duration(timestamp)}`);
  const condition = readyCondition(vm);
  const said = condition?.message ? `: ${condition.message}` : '';
  switch (because) {
    case 'NoProbe':
      return probeAction(vm).action === 'empty'
        ? 'its readiness probe has nothing to run, so it always counts as ready'
        : 'has no readiness probe, so it always counts as ready';
    case 'ProbePassing':
      return `${probe} passes`;
    case 'WasReady':
      return `${probe} has no verdict; it was a ready endpoint before, so it stays one`;
    case 'ProbeFailing':
      return `${probe} fails${since(condition?.lastTransitionTime)}${said}`;
    case 'ProbeUnknown':
      return `${probe} is unknown${since(condition?.lastTransitionTime)}${said}`;
    case 'ProbePending':
      return `${probe} has no verdict yet`;
    case 'BeingDeleted':
      return `is being deleted${vm.metadata.deletionTimestamp === undefined ? '' : ` (${duration(vm.metadata.deletionTimestamp)})`}`;
    case 'NoAddress':
      return `no IP address: ${whyNoAddress(vm, since)}`;
    case 'NoAddressOfFamily':
      return `has no address of the Service's IP families, only ${addressesText(vm)}`;
    case 'ServiceHasNoFamilies':
      return `the Service has no IP families, so its address ${addressesText(vm)} does not count`;
  }
}

/** The first thing on the way to an address that is known not to have happened. */
function whyNoAddress(vm: VirtualMachine, since: (timestamp: string | undefined) => string): string {
  for (const type of createdConditions) {
    const condition = conditionOf(vm, type);
    if (condition?.status === 'False')
      return `${type} is False${condition.reason ? ` (${condition.reason})` : ''}${condition.message ? `: ${condition.message}` : ''}`;
  }
  const power = observedPower(vm);
  if (power === 'PoweredOff') return 'the VM is powered off';
  if (power === 'Suspended') return 'the VM is suspended';
  const tools = conditionOf(vm, 'VirtualMachineTools');
  if (tools !== undefined && tools.status !== 'True') return `VMware Tools not running${since(tools.lastTransitionTime)}`;
  const network = conditionOf(vm, 'VirtualMachineGuestNetworkConfigSynced');
  if (network?.status === 'False') return network.message || 'the guest has not reported its network';
  return 'the guest has reported none';
}

const createdConditions = [
  'VirtualMachineClassReady',
  'VirtualMachineImageReady',
  'VirtualMachineStorageReady',
  'VirtualMachineBootstrapReady',
  'VirtualMachineNetworkReady',
  'VirtualMachineConditionPlacementReady',
  'VirtualMachineCreated',
  'VirtualMachinePrereqReady',
];

function addressesText(vm: VirtualMachine): string {
  const { ip4, ip6 } = primaryAddresses(vm);
  return [ip4, ip6].filter((ip) => ip !== undefined).join(' and ') || 'none';
}

function staleSentence(because: StaleBecause, vm: VirtualMachine | undefined, vmService: VirtualMachineService): string {
  switch (because) {
    case 'NoLongerSelected':
      return `still an endpoint; its labels no longer match ${selectorText(vmService.spec.selector)}`;
    case 'VirtualMachineGone':
      return 'still an endpoint; there is no such VM any more';
    case 'AddressChanged':
      return `still an endpoint with an old address; the VM now has ${vm === undefined ? 'none' : addressesText(vm)}`;
    case 'NoLongerEligible':
      return 'still an endpoint; it should be out';
    case 'NotAVirtualMachine':
      return 'an endpoint that the controller did not write and will remove';
  }
}

/** Of a VM in Endpoints that nobody computes. */
export const listedMessage = 'in the Endpoints, which the controller leaves alone without a selector';
