import type { Condition, KubeObject } from './object.ts';

export const ipFamilies = ['IPv4', 'IPv6'] as const;
export type IpFamily = (typeof ipFamilies)[number];
export const ipFamilyPolicies = ['SingleStack', 'PreferDualStack', 'RequireDualStack'] as const;

export interface ServicePort {
  /** Absent means the empty name. */
  readonly name?: string;
  readonly protocol?: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
  readonly appProtocol?: string;
}

export interface ServiceSpec {
  readonly type?: string;
  readonly selector?: Readonly<Record<string, string>>;
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  readonly ipFamilies?: readonly string[];
  readonly ipFamilyPolicy?: string;
  readonly ports?: readonly ServicePort[];
  readonly externalName?: string;
  readonly loadBalancerIP?: string;
  readonly loadBalancerSourceRanges?: readonly string[];
  readonly allocateLoadBalancerNodePorts?: boolean;
  readonly externalTrafficPolicy?: string;
  readonly internalTrafficPolicy?: string;
  readonly healthCheckNodePort?: number;
  readonly sessionAffinity?: string;
  readonly sessionAffinityConfig?: { readonly clientIP?: { readonly timeoutSeconds?: number } };
  readonly externalIPs?: readonly string[];
  readonly loadBalancerClass?: string;
  readonly publishNotReadyAddresses?: boolean;
  readonly trafficDistribution?: string;
}

export interface LoadBalancerIngress {
  readonly ip?: string;
  readonly hostname?: string;
  readonly ipMode?: string;
}

/** core/v1 Service. */
export interface Service extends KubeObject {
  readonly spec: ServiceSpec;
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly LoadBalancerIngress[] };
    readonly conditions?: readonly Condition[];
  };
}

export interface TargetRef {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
}

export interface EndpointAddress {
  readonly ip: string;
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly targetRef?: TargetRef;
}

export interface EndpointPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
}

export interface EndpointSubset {
  readonly addresses?: readonly EndpointAddress[];
  readonly notReadyAddresses?: readonly EndpointAddress[];
  readonly ports?: readonly EndpointPort[];
}

/** core/v1 Endpoints. */
export interface Endpoints extends KubeObject {
  readonly subsets?: readonly EndpointSubset[];
}

/** discovery.k8s.io/v1 EndpointSlice. The server writes empty lists of these two as null. */
export interface EndpointSlice extends KubeObject {
  readonly addressType: string;
  readonly endpoints?:
    | readonly {
        readonly addresses: readonly string[];
        readonly conditions?: { readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean };
        readonly targetRef?: TargetRef;
      }[]
    | null;
  readonly ports?: readonly { readonly name?: string; readonly port?: number; readonly protocol?: string }[] | null;
}

/** A Service read from a cluster or a file. @throws Error when the object is of another kind. */
export function serviceOf(object: KubeObject): Service {
  if (!isService(object)) throw new Error(`expected a Service, got ${object.apiVersion} ${object.kind}`);
  return object;
}

function isService(object: KubeObject): object is Service {
  return object.kind === 'Service' && 'spec' in object && typeof object.spec === 'object' && object.spec !== null;
}

/** Endpoints read from a cluster or a file. @throws Error when the object is of another kind. */
export function endpointsOf(object: KubeObject): Endpoints {
  if (!isEndpoints(object)) throw new Error(`expected Endpoints, got ${object.apiVersion} ${object.kind}`);
  return object;
}

function isEndpoints(object: KubeObject): object is Endpoints {
  return object.kind === 'Endpoints';
}

/** An EndpointSlice read from a cluster or a file. @throws Error when the object is of another kind. */
export function endpointSliceOf(object: KubeObject): EndpointSlice {
  if (!isEndpointSlice(object)) throw new Error(`expected an EndpointSlice, got ${object.apiVersion} ${object.kind}`);
  return object;
}

function isEndpointSlice(object: KubeObject): object is EndpointSlice {
  return object.kind === 'EndpointSlice' && 'addressType' in object;
}
