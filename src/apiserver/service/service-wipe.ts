import type { ServicePort } from '../../model/service.ts';
import { isExternallyAccessible, needsClusterIp, needsHealthCheckPort, nodePortsOf, type SpecDraft, sameTexts } from './service-spec.ts';

/**
 * Wipes what the new type of a Service does not use, if the request did not also change it: a changed value stays, and
 * validation then refuses it. Updates only. Mirrors dropTypeDependentFields.
 */
export function wipeUnused(sent: SpecDraft, existing: SpecDraft): SpecDraft {
  let spec = sent;
  if (needsClusterIp(existing) && !needsClusterIp(sent)) {
    const sameIps = (sent.clusterIP ?? '') === (existing.clusterIP ?? '') && sameTexts(sent.clusterIPs, existing.clusterIPs);
    if (sameIps) spec = { ...spec, clusterIP: undefined, clusterIPs: undefined };
    if (sameTexts(sent.ipFamilies, existing.ipFamilies)) spec = { ...spec, ipFamilies: undefined };
    if (sent.ipFamilyPolicy === existing.ipFamilyPolicy) spec = { ...spec, ipFamilyPolicy: undefined };
  }
  if (hasNodePorts(existing) && !hasNodePorts(sent) && namesNoNewNodePort(sent, existing)) {
    spec = { ...spec, ports: sent.ports?.map(withoutNodePort) };
  }
  if (needsHealthCheckPort(existing) && !needsHealthCheckPort(sent) && sent.healthCheckNodePort === existing.healthCheckNodePort) {
    spec = { ...spec, healthCheckNodePort: undefined };
  }
  if (existing.type === 'LoadBalancer' && sent.type !== 'LoadBalancer') {
    if (sent.allocateLoadBalancerNodePorts === existing.allocateLoadBalancerNodePorts) {
      spec = { ...spec, allocateLoadBalancerNodePorts: undefined };
    }
    if (sent.loadBalancerClass === existing.loadBalancerClass) spec = { ...spec, loadBalancerClass: undefined };
  }
  if (isExternallyAccessible(existing) && !isExternallyAccessible(sent) && sent.externalTrafficPolicy === existing.externalTrafficPolicy) {
    spec = { ...spec, externalTrafficPolicy: undefined };
  }
  return spec;
}

function hasNodePorts(spec: SpecDraft): boolean {
  return spec.type === 'NodePort' || spec.type === 'LoadBalancer';
}

function namesNoNewNodePort(sent: SpecDraft, existing: SpecDraft): boolean {
  const before = new Set(nodePortsOf(existing));
  return nodePortsOf(sent).every((port) => before.has(port));
}

function withoutNodePort(port: ServicePort): ServicePort {
  const { nodePort: _wiped, ...rest } = port;
  return rest;
}
