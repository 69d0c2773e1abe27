import type { Condition, KubeObject } from './object.ts';
import { conditionShape, objectFields } from './object-shape.ts';
import { asDeclared, type ShapeOf } from './shape.ts';

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

/** discovery.k8s.io/v1 EndpointSlice. */
export interface EndpointSlice extends KubeObject {
  readonly addressType: string;
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly conditions?: { readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean };
    readonly targetRef?: TargetRef;
  }[];
  readonly ports?: readonly { readonly name?: string; readonly port?: number; readonly protocol?: string }[];
}

/**
 * Where a load balancer serves: IP addresses, or host names where it has none. Of a Service, or of the VirtualMachineService that copies it.
 * An empty text is none: a definition stores it as it came, and of a Service's point it leaves one without either, which is pending.
 */
export function ingressAddresses({
  status,
}: {
  readonly status?: Pick<NonNullable<Service['status']>, 'loadBalancer'>;
}): readonly string[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip || hostname || []);
}

/** Every address of Endpoints, ready or not, in their order. */
export function endpointAddresses(endpoints: Pick<Endpoints, 'subsets'> | undefined): readonly EndpointAddress[] {
  return (endpoints?.subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [] }) => [...addresses, ...notReadyAddresses]);
}

/**
 * A Service read from a cluster or a file; a missing spec reads as an empty one.
 * @throws UnreadableObject; Error when the object is of another kind
 */
export function serviceOf(object: KubeObject): Service {
  const service = object.kind === 'Service' ? asDeclared(object, serviceShape) : object;
  if (!isService(service)) throw new Error(`expected a Service, got ${object.apiVersion} ${object.kind}`);
  return service;
}

function isService(object: KubeObject): object is Service {
  return object.kind === 'Service' && 'spec' in object;
}

/** Endpoints read from a cluster or a file. @throws UnreadableObject; Error when the object is of another kind */
export function endpointsOf(object: KubeObject): Endpoints {
  const endpoints = object.kind === 'Endpoints' ? asDeclared(object, endpointsShape) : object;
  if (!isEndpoints(endpoints)) throw new Error(`expected Endpoints, got ${object.apiVersion} ${object.kind}`);
  return endpoints;
}

function isEndpoints(object: KubeObject): object is Endpoints {
  return object.kind === 'Endpoints';
}

/** An EndpointSlice read from a cluster or a file. @throws UnreadableObject; Error when the object is of another kind */
export function endpointSliceOf(object: KubeObject): EndpointSlice {
  const slice = object.kind === 'EndpointSlice' ? asDeclared(object, sliceShape) : object;
  if (!isEndpointSlice(slice)) throw new Error(`expected an EndpointSlice, got ${object.apiVersion} ${object.kind}`);
  return slice;
}

function isEndpointSlice(object: KubeObject): object is EndpointSlice {
  return object.kind === 'EndpointSlice' && 'addressType' in object;
}

/** Of Services and VirtualMachineServices alike. */
export const loadBalancerStatusShape: ShapeOf<NonNullable<Service['status']>> = {
  fields: {
    loadBalancer: { fields: { ingress: { listOf: { fields: { ip: 'text', hostname: 'text', ipMode: 'text' } } } } },
    conditions: { listOf: conditionShape },
  },
};

const serviceShape: ShapeOf<Service> = {
  fields: {
    ...objectFields,
    spec: {
      always: {
        fields: {
          type: 'text',
          selector: 'texts',
          clusterIP: 'text',
          clusterIPs: { listOf: 'text' },
          ipFamilies: { listOf: 'text' },
          ipFamilyPolicy: 'text',
          ports: {
            listOf: {
              fields: {
                name: 'text',
                protocol: 'text',
                port: { always: 'number' },
                targetPort: 'numberOrText',
                nodePort: 'number',
                appProtocol: 'text',
              },
            },
          },
          externalName: 'text',
          loadBalancerIP: 'text',
          loadBalancerSourceRanges: { listOf: 'text' },
          allocateLoadBalancerNodePorts: 'flag',
          externalTrafficPolicy: 'text',
          internalTrafficPolicy: 'text',
          healthCheckNodePort: 'number',
          sessionAffinity: 'text',
          sessionAffinityConfig: { fields: { clientIP: { fields: { timeoutSeconds: 'number' } } } },
          externalIPs: { listOf: 'text' },
          loadBalancerClass: 'text',
          publishNotReadyAddresses: 'flag',
          trafficDistribution: 'text',
        },
      },
    },
    status: loadBalancerStatusShape,
  },
};

const targetRefShape: ShapeOf<TargetRef> = {
  fields: { apiVersion: 'text', kind: 'text', namespace: 'text', name: 'text', uid: 'text' },
};

const addressesShape: ShapeOf<readonly EndpointAddress[]> = {
  listOf: { fields: { ip: { always: 'text' }, hostname: 'text', nodeName: 'text', targetRef: targetRefShape } },
};

const endpointsShape: ShapeOf<Endpoints> = {
  fields: {
    ...objectFields,
    subsets: {
      listOf: {
        fields: {
          addresses: addressesShape,
          notReadyAddresses: addressesShape,
          ports: { listOf: { fields: { name: 'text', port: { always: 'number' }, protocol: 'text', appProtocol: 'text' } } },
        },
      },
    },
  },
};

const sliceShape: ShapeOf<EndpointSlice> = {
  fields: {
    ...objectFields,
    addressType: { always: 'text' },
    endpoints: {
      listOf: {
        fields: {
          addresses: { always: { listOf: 'text' } },
          conditions: { fields: { ready: 'flag', serving: 'flag', terminating: 'flag' } },
          targetRef: targetRefShape,
        },
      },
    },
    ports: { listOf: { fields: { name: 'text', port: 'number', protocol: 'text' } } },
  },
};
