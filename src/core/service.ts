import type { Service, ServicePort, ServiceSpec } from '../model/service.ts';
import type { VirtualMachineService } from '../model/virtual-machine-service.ts';
import { absentWhenEmpty, type Maybe } from './absent.ts';
import { healthCheckAnnotation, type ProviderMetadata, trafficPolicyAnnotation } from './load-balancer.ts';
import { withController } from './ownership.ts';
import type { ProfileTraits } from './profile.ts';

export interface ServiceRules {
  readonly traits: ProfileTraits;
  /** The capability `supports_workload_ipv6`. */
  readonly workloadIPv6: boolean;
  readonly provider: ProviderMetadata;
}

/**
 * The Service that should be there: the existing one with everything changed that the controller owns, or a new one.
 *
 * Mirrors the mutate function of createOrUpdateService in VM Operator's controller. Never touched, and therefore kept:
 * selector, sessionAffinity, externalIPs, internalTrafficPolicy, loadBalancerClass, finalizers, status and foreign metadata.
 * `vmService` must already carry the provider's labels and annotations, as the controller writes them there first.
 */
export function desiredService(vmService: VirtualMachineService, existing: Service | undefined, rules: ServiceRules): Service {
  const { metadata } = vmService;
  const annotations = mergedMetadata(existing?.metadata.annotations, metadata.annotations, [
    ...rules.provider.annotationsToRemove,
    ...[trafficPolicyAnnotation, healthCheckAnnotation].filter((key) => metadata.annotations?.[key] === undefined),
  ]);
  const labels = mergedMetadata(existing?.metadata.labels, metadata.labels, rules.provider.labelsToRemove);
  const base = existing?.metadata ?? { name: metadata.name, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) };
  return {
    ...(existing ?? { apiVersion: 'v1', kind: 'Service' }),
    metadata: absentWhenEmpty({ ...base, annotations, labels, ownerReferences: withController(base.ownerReferences, vmService) }),
    spec: desiredSpec(vmService, existing, annotations, rules),
  };
}

function desiredSpec(
  vmService: VirtualMachineService,
  existing: Service | undefined,
  annotations: Readonly<Record<string, string>>,
  rules: ServiceRules,
): ServiceSpec {
  const { spec } = vmService;
  const isLoadBalancer = spec.type === 'LoadBalancer';
  const externallyAccessible = isLoadBalancer || spec.type === 'NodePort';
  const askedPolicy = annotations[trafficPolicyAnnotation];
  return absentWhenEmpty({
    ...existing?.spec,
    type: spec.type,
    externalName: spec.externalName,
    loadBalancerIP: spec.loadBalancerIP,
    loadBalancerSourceRanges: spec.loadBalancerSourceRanges,
    ...(rules.traits.copiesIpFamilies && rules.workloadIPv6 && desiredFamilies(vmService, existing)),
    ...(rules.traits.disablesNodePorts && { allocateLoadBalancerNodePorts: isLoadBalancer ? false : undefined }),
    ...(existing === undefined && { clusterIP: spec.clusterIp }),
    ports: desiredPorts(vmService, existing),
    ...(externallyAccessible && { externalTrafficPolicy: 'Cluster' }),
    // Whatever the type: on a ClusterIP Service the API server refuses it, and the controller fails in the same way.
    ...((askedPolicy === 'Local' || askedPolicy === 'Cluster') && { externalTrafficPolicy: askedPolicy }),
  });
}

/** Overwritten where the VirtualMachineService says something, cleared only for ExternalName. */
function desiredFamilies({ spec }: VirtualMachineService, existing: Service | undefined): Maybe<ServiceSpec> {
  if (spec.type === 'ExternalName') return { ipFamilies: undefined, ipFamilyPolicy: undefined };
  return {
    ipFamilies: spec.ipFamilies && spec.ipFamilies.length > 0 ? spec.ipFamilies : existing?.spec.ipFamilies,
    ipFamilyPolicy: spec.ipFamilyPolicy ?? existing?.spec.ipFamilyPolicy,
  };
}

/** Rebuilt in the VirtualMachineService's order; node ports follow the port's name, the empty name included. */
function desiredPorts({ spec }: VirtualMachineService, existing: Service | undefined): ServicePort[] {
  const nodePorts = new Map((existing?.spec.ports ?? []).map((port) => [port.name ?? '', port.nodePort]));
  return (spec.ports ?? []).map((port) =>
    absentWhenEmpty({
      name: port.name,
      protocol: port.protocol,
      port: port.port,
      targetPort: port.targetPort,
      nodePort: nodePorts.get(port.name ?? ''),
    }),
  );
}

/** The VirtualMachineService's keys win, foreign keys stay, the named keys go. */
function mergedMetadata(
  existing: Readonly<Record<string, string>> | undefined,
  own: Readonly<Record<string, string>> | undefined,
  remove: readonly string[],
): Record<string, string> {
  const merged = new Map([...Object.entries(existing ?? {}), ...Object.entries(own ?? {})]);
  for (const key of remove) merged.delete(key);
  return Object.fromEntries(merged);
}
