import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { listAt, mapAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import { type LoadBalancerIngress, type ServicePort, type ServiceSpec, serviceOf } from '../../model/service.ts';
import { storedObject } from '../json.ts';
import type { ServedResource } from '../request.ts';
import { isExternallyAccessible, plainSpec, type SpecDraft } from './service-spec.ts';

/**
 * Fills in what a client may leave out of a built-in object. Looks at the new object alone, never at the stored one: a PUT
 * without a field that has a default sets the default.
 */
export function applyDefaults(object: JsonObject, resource: ServedResource): JsonObject {
  switch (`${resource.group}/${resource.kind}`) {
    case '/Service':
      return serviceDefaults(object);
    case '/Endpoints':
      return endpointsDefaults(object);
    case 'discovery.k8s.io/EndpointSlice':
      return endpointSliceDefaults(object);
    case '/Secret':
      return secretDefaults(object);
    default:
      return object;
  }
}

function serviceDefaults(object: JsonObject): JsonObject {
  const service = serviceOf(storedObject(object));
  const spec = specDefaults(service.spec);
  const ingress = service.status?.loadBalancer?.ingress;
  if (ingress === undefined || spec['type'] !== 'LoadBalancer') return { ...object, spec };
  const status = mapAt(object, 'status');
  const loadBalancer = { ...mapAt(status, 'loadBalancer'), ingress: ingress.map(withIpMode) };
  return { ...object, spec, status: { ...status, loadBalancer } };
}

function specDefaults(sent: ServiceSpec): JsonObject {
  const sessionAffinity = sent.sessionAffinity ?? 'None';
  const type = sent.type ?? 'ClusterIP';
  const hasClusterIp = type === 'ClusterIP' || type === 'NodePort' || type === 'LoadBalancer';
  const typed: SpecDraft = {
    ...sent,
    type,
    sessionAffinity,
    sessionAffinityConfig: affinityConfig(sessionAffinity, sent.sessionAffinityConfig),
  };
  return plainSpec({
    ...typed,
    ports: sent.ports?.map(portDefaults),
    externalTrafficPolicy: sent.externalTrafficPolicy ?? (isExternallyAccessible(typed) ? 'Cluster' : undefined),
    internalTrafficPolicy: sent.internalTrafficPolicy ?? (hasClusterIp ? 'Cluster' : undefined),
    allocateLoadBalancerNodePorts: sent.allocateLoadBalancerNodePorts ?? (type === 'LoadBalancer' ? true : undefined),
  });
}

function affinityConfig(affinity: string, config: ServiceSpec['sessionAffinityConfig']): ServiceSpec['sessionAffinityConfig'] {
  if (affinity === 'None') return undefined;
  if (affinity === 'ClientIP' && config?.clientIP?.timeoutSeconds === undefined) return { clientIP: { timeoutSeconds: 10800 } };
  return config;
}

function portDefaults(port: ServicePort): ServicePort {
  const target = port.targetPort;
  return {
    ...port,
    protocol: port.protocol ?? 'TCP',
    targetPort: target === undefined || target === 0 || target === '' ? port.port : target,
  };
}

function withIpMode(ingress: LoadBalancerIngress): JsonObject {
  return ingress.ip && ingress.ipMode === undefined ? { ...ingress, ipMode: 'VIP' } : { ...ingress };
}

function endpointsDefaults(object: JsonObject): JsonObject {
  const subsets = listAt(object, 'subsets');
  if (subsets.length === 0) return object;
  return { ...object, subsets: subsets.map((subset) => withTcpPorts(isMap(subset) ? subset : {})) };
}

function endpointSliceDefaults(object: JsonObject): JsonObject {
  if (!isList(object['ports'])) return object;
  return { ...withTcpPorts(object), ports: listAt(object, 'ports').map((port) => ({ name: '', protocol: 'TCP', ...asObject(port) })) };
}

function withTcpPorts(object: JsonObject): JsonObject {
  const ports = listAt(object, 'ports');
  return ports.length === 0 ? object : { ...object, ports: ports.map((port) => ({ protocol: 'TCP', ...asObject(port) })) };
}

function asObject(value: unknown): JsonObject {
  return isMap(value) ? value : {};
}

/** Texts become data: they are a way to write, and are never read back. */
function secretDefaults(object: JsonObject): JsonObject {
  const { stringData, ...rest } = object;
  const type = { type: object['type'] ?? 'Opaque' };
  if (!isMap(stringData)) return { ...rest, ...type };
  const data: JsonObject = { ...mapAt(object, 'data'), ...mapped(stringData, (text) => base64Of(String(text))) };
  return { ...rest, data, ...type };
}

function mapped(object: JsonObject, change: (value: Json | undefined) => string): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function base64Of(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
