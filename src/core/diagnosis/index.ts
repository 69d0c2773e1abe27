import {
  deletionStuck,
  emptySelectorMatchesAll,
  familiesRefused,
  headlessRequested,
  refusedFields,
  selectorlessWithoutEndpoints,
  trafficPolicyMisused,
  typeUnsupported,
  unknownField,
  webhookUnreachable,
} from './admission.ts';
import {
  endpointAddressInvalid,
  endpointNoLongerSelected,
  endpointPortDiffers,
  endpointSlicesLeftOver,
  endpointStale,
  endpointsDeprecated,
  endpointsFrozen,
  endpointsMissing,
  endpointsNotMirrored,
  handEditReverted,
  noReadyEndpoints,
  notReadyMirroredAsReady,
  tooManyAddresses,
} from './endpoints.ts';
import { addressPending, noLoadBalancer } from './load-balancer.ts';
import { ownedByCloudProvider, ownedByClusterApi } from './ownership.ts';
import { probeRules } from './reachability.ts';
import type { Rule } from './rule.ts';
import { noMatchingVms, selectorNearMiss } from './selection.ts';
import { selectorLabelNotYours, selectorOverlap } from './selection-breadth.ts';
import { labelsMisplaced, matchInOtherNamespace, selectorPairsNeverTogether } from './selection-elsewhere.ts';
import {
  clusterIpUnavailable,
  controllerNeverActed,
  kubeProxyBypassed,
  leftServiceTerminating,
  nodePortsLeftOver,
  serviceDiffers,
  serviceHasSelector,
  serviceMetadataLeftOver,
  serviceNameTaken,
  serviceNeverCreated,
  serviceOrphaned,
  serviceTerminating,
} from './service-child.ts';
import {
  addressDuplicated,
  addressFamilyMismatch,
  guestTookNoAddress,
  networkInterfaceNotReady,
  networkingDisabled,
  primaryAddressAmbiguous,
  primaryAddressStale,
  vmHasNoAddress,
} from './vm-address.ts';
import { oneEndpoint, vmBeingDeleted, vmNotCreated, vmPaused, vmPoweredOff, vmQuotaOrPlacement } from './vm-life.ts';
import {
  noReadinessProbe,
  readinessProbeCannotWork,
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
  // 7xx: the way there.
  ...probeRules,
  // 9xx: ownership, rights, versions, environment. VMS910 is made by the engine.
  ownedByClusterApi,
  ownedByCloudProvider,
];
