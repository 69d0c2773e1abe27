import { addressFamilyMismatch } from './address-family.ts';
import { addressPoolExhausted } from './address-pools.ts';
import { familiesRefused, headlessRequested, refusedFields, typeUnsupported, unknownField, webhookUnreachable } from './admission.ts';
import { announcedAddressUnreachable } from './announced-address.ts';
import { addressNotCopied, addressWithoutEndpoints, loadBalancerIpNotHonoured } from './balanced-address.ts';
import { deletionStuck } from './deletion-stuck.ts';
import { addressDuplicated } from './duplicate-address.ts';
import { endpointSlicesLeftOver, endpointsNotMirrored, notReadyMirroredAsReady, tooManyAddresses } from './endpoint-slices.ts';
import { endpointPortDiffers, endpointsMissing, noReadyEndpoints } from './endpoints.ts';
import { endpointAddressInvalid, endpointsDeprecated, endpointsFrozen, handEditReverted } from './endpoints-by-hand.ts';
import { apiVersionSkew, clockSkew, controllerStuck, endpointsWriteNotPermitted, upgradeInProgress } from './environment.ts';
import { guestTookNoAddress, vmHasNoAddress } from './guest-address.ts';
import { addressPending, loadBalancerError, noLoadBalancer } from './load-balancer.ts';
import { networkAnnotationMismatch } from './load-balancer-network.ts';
import { addressHairpin, addressPortConflict, clusterIpNotRoutable, noHealthCheck, protocolUnsupported } from './load-balancer-use.ts';
import { mirrorNotPermitted } from './mirror-rights.ts';
import { mirrorHasSelector, mirrorMissing, mirrorPortMismatch } from './mirror-service.ts';
import { mirrorSourceGone } from './mirror-source.ts';
import { mirrorChain, mirrorStale, mirrorTargetWrong } from './mirror-target.ts';
import { namespaceTerminating } from './namespace-terminating.ts';
import { networkInterfaceNotReady, networkingDisabled } from './network-interface.ts';
import {
  clusterLabelMismatch,
  duplicateForGuestService,
  managedByGitOps,
  ownedByCloudProvider,
  ownedByClusterApi,
  vmServiceOrphaned,
} from './ownership.ts';
import { primaryAddressAmbiguous, primaryAddressStale } from './primary-address.ts';
import { readinessProbeCannotWork } from './probe-that-cannot-work.ts';
import { quotaExhausted } from './quota-exhausted.ts';
import { probeRules } from './reachability.ts';
import type { Rule } from './rule.ts';
import { policySelectsVm } from './security-policies.ts';
import { noMatchingVms, selectorNearMiss } from './selection.ts';
import { selectorLabelNotYours, selectorOverlap } from './selection-breadth.ts';
import { labelsMisplaced, matchInOtherNamespace, selectorPairsNeverTogether } from './selection-elsewhere.ts';
import { emptySelectorMatchesAll, selectorlessWithoutEndpoints } from './selectorless.ts';
import { kubeProxyBypassed, serviceDiffers, serviceHasSelector, serviceNameTaken } from './service-child.ts';
import { clusterIpUnavailable, controllerNeverActed, serviceNeverCreated } from './service-creation.ts';
import {
  leftServiceTerminating,
  nodePortsLeftOver,
  serviceMetadataLeftOver,
  serviceOrphaned,
  serviceTerminating,
} from './service-left-over.ts';
import { dnsRecordFailed, serviceReadyUnknown } from './service-ready.ts';
import { familiesOfNoService, nameOfNoService } from './service-refusal.ts';
import { sourceRangesExcludeClient, sourceRangesNotEnforced } from './source-ranges.ts';
import { endpointNoLongerSelected, endpointStale } from './stale-endpoints.ts';
import { supervisorServiceReserved } from './supervisor-service.ts';
import { trafficPolicyLocal, trafficPolicyMisused } from './traffic-policy.ts';
import { oneEndpoint, vmBeingDeleted, vmNotCreated, vmPaused, vmPoweredOff, vmQuotaOrPlacement } from './vm-life.ts';
import {
  noReadinessProbe,
  readinessProbeFails,
  readinessProbeNeverRan,
  readinessProbePortDiffers,
  readyConditionLeftOver,
} from './vm-readiness.ts';

/** Every rule, by family. Their order here means nothing: `root-cause.ts` has the order in which findings are told. */
export const rules: readonly Rule[] = [
  // 1xx: spec and admission. VMS105 takes a manifest beside the object.
  ...refusedFields,
  unknownField,
  typeUnsupported,
  headlessRequested,
  selectorlessWithoutEndpoints,
  trafficPolicyMisused,
  familiesRefused,
  nameOfNoService,
  familiesOfNoService,
  deletionStuck,
  webhookUnreachable,
  emptySelectorMatchesAll,
  // 2xx: selection, and the life of the VMs.
  noMatchingVms,
  selectorNearMiss,
  matchInOtherNamespace,
  labelsMisplaced,
  selectorPairsNeverTogether,
  selectorOverlap,
  selectorLabelNotYours,
  vmBeingDeleted,
  vmPoweredOff,
  vmNotCreated,
  vmQuotaOrPlacement,
  vmPaused,
  oneEndpoint,
  // 3xx: a VM's address and readiness.
  vmHasNoAddress,
  networkInterfaceNotReady,
  guestTookNoAddress,
  primaryAddressAmbiguous,
  addressFamilyMismatch,
  primaryAddressStale,
  addressDuplicated,
  readinessProbeFails,
  readinessProbeNeverRan,
  readinessProbeCannotWork,
  readinessProbePortDiffers,
  readyConditionLeftOver,
  noReadinessProbe,
  networkingDisabled,
  // 4xx: the child Service.
  controllerNeverActed,
  serviceNeverCreated,
  serviceNameTaken,
  serviceHasSelector,
  serviceOrphaned,
  serviceDiffers,
  serviceTerminating,
  leftServiceTerminating,
  serviceMetadataLeftOver,
  clusterIpUnavailable,
  kubeProxyBypassed,
  nodePortsLeftOver,
  // 5xx: Endpoints and slices.
  endpointsMissing,
  endpointNoLongerSelected,
  endpointStale,
  endpointsFrozen,
  noReadyEndpoints,
  endpointsNotMirrored,
  tooManyAddresses,
  endpointSlicesLeftOver,
  endpointPortDiffers,
  notReadyMirroredAsReady,
  endpointsDeprecated,
  handEditReverted,
  endpointAddressInvalid,
  // 6xx: the load balancer.
  addressPending,
  noLoadBalancer,
  loadBalancerError,
  addressPoolExhausted,
  loadBalancerIpNotHonoured,
  quotaExhausted,
  sourceRangesExcludeClient,
  sourceRangesNotEnforced,
  addressPortConflict,
  addressNotCopied,
  serviceReadyUnknown,
  dnsRecordFailed,
  protocolUnsupported,
  addressWithoutEndpoints,
  trafficPolicyLocal,
  networkAnnotationMismatch,
  addressHairpin,
  noHealthCheck,
  // 7xx: the way there.
  ...probeRules,
  announcedAddressUnreachable,
  policySelectsVm,
  clusterIpNotRoutable,
  // 8xx: copies elsewhere.
  mirrorMissing,
  mirrorStale,
  mirrorPortMismatch,
  mirrorTargetWrong,
  mirrorHasSelector,
  mirrorNotPermitted,
  mirrorSourceGone,
  mirrorChain,
  supervisorServiceReserved,
  // 9xx: ownership, rights, versions, environment. VMS910 is made by the engine.
  ownedByClusterApi,
  ownedByCloudProvider,
  duplicateForGuestService,
  vmServiceOrphaned,
  clusterLabelMismatch,
  managedByGitOps,
  endpointsWriteNotPermitted,
  apiVersionSkew,
  clockSkew,
  controllerStuck,
  upgradeInProgress,
  namespaceTerminating,
];
