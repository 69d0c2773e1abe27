import type { JsonObject } from '../../model/object.ts';
import type { ServiceSpec } from '../../model/service.ts';

/** A Service's spec on its way into the store: a field that was wiped is undefined until the spec is written. */
export type SpecDraft = { readonly [Field in keyof ServiceSpec]?: ServiceSpec[Field] | undefined };

export function isHeadless(spec: SpecDraft): boolean {
  return spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None';
}

/** Whether the Service has a cluster IP, `None` included. */
export function needsClusterIp(spec: SpecDraft): boolean {
  return spec.type !== 'ExternalName';
}

/** Reachable from outside the cluster, so that `externalTrafficPolicy` means something. */
export function isExternallyAccessible(spec: SpecDraft): boolean {
  return spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);
}

export function needsHealthCheckPort(spec: SpecDraft): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}

/** Whether ports without a node port are given one. */
export function allocatesNodePorts(spec: SpecDraft): boolean {
  return spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
}

export function nodePortsOf(spec: SpecDraft): readonly number[] {
  return (spec.ports ?? []).flatMap(({ nodePort }) => (nodePort ? [nodePort] : []));
}

export function sameTexts(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  const left = one ?? [];
  const right = other ?? [];
  return left.length === right.length && left.every((text, index) => text === right[index]);
}

/** The spec as plain JSON, without the fields that were wiped. */
export function plainSpec(spec: SpecDraft): JsonObject {
  const { ports, selector, sessionAffinityConfig, ...rest } = spec;
  const entries = Object.entries({
    ...rest,
    ports: ports?.map((port) => ({ ...port })),
    selector: selector === undefined ? undefined : { ...selector },
    sessionAffinityConfig: sessionAffinityConfig === undefined ? undefined : plainAffinity(sessionAffinityConfig),
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function plainAffinity({ clientIP }: NonNullable<ServiceSpec['sessionAffinityConfig']>): JsonObject {
  return clientIP === undefined ? {} : { clientIP: { ...clientIP } };
}
