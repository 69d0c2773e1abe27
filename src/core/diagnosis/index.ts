import { deletionStuck } from './admission.ts';
import { endpointNoLongerSelected, endpointStale, endpointsMissing, noReadyEndpoints } from './endpoints.ts';
import { addressPending, noLoadBalancer } from './load-balancer.ts';
import { ownedByCloudProvider, ownedByClusterApi } from './ownership.ts';
import { probeRules } from './reachability.ts';
import type { Rule } from './rule.ts';
import { noMatchingVms, selectorNearMiss } from './selection.ts';
import { serviceDiffers, serviceHasSelector, serviceNameTaken, serviceNeverCreated } from './service-child.ts';
import { addressFamilyMismatch, vmHasNoAddress } from './vm-address.ts';
import { vmBeingDeleted } from './vm-life.ts';
import { readinessProbeFails, readinessProbeNeverRan } from './vm-readiness.ts';

/** Every rule, by family. Their order here means nothing: `root-cause.ts` has the order in which findings are told. */
export const rules: readonly Rule[] = [
  // 1xx: spec and admission.
  deletionStuck,
  // 2xx: selection, and the life of the VMs.
  noMatchingVms,
  selectorNearMiss,
  vmBeingDeleted,
  // 3xx: a VM's address and readiness.
  vmHasNoAddress,
  addressFamilyMismatch,
  readinessProbeFails,
  readinessProbeNeverRan,
  // 4xx: the child Service.
  serviceNeverCreated,
  serviceNameTaken,
  serviceHasSelector,
  serviceDiffers,
  // 5xx: Endpoints and slices.
  endpointsMissing,
  endpointNoLongerSelected,
  endpointStale,
  noReadyEndpoints,
  // 6xx: the load balancer.
  addressPending,
  noLoadBalancer,
  // 7xx: the way there.
  ...probeRules,
  // 9xx: ownership, rights, versions, environment. VMS910 is made by the engine.
  ownedByClusterApi,
  ownedByCloudProvider,
];
