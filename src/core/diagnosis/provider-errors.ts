import { jsonOf, type KubeObject } from '../../model/object.ts';
import { conditionsOf, textAt } from '../../model/raw-fields.ts';
import type { Service } from '../../model/service.ts';
import { itemsOf } from '../snapshot.ts';
import { gatewayFaults, gatewayOf } from './provider-traces.ts';
import type { ServiceSubject } from './subject.ts';

/** Something that a load balancer says is wrong. */
export interface ProviderError {
  readonly text: string;
  /** What is written on an object stays until somebody takes it away; an event goes by itself. */
  readonly on: 'Service' | 'Gateway' | 'NetworkInfo' | 'event';
  /** The rest of the Service is served. */
  readonly partial: boolean;
  /** What to do about it. */
  readonly remedy: string;
}

/** What load balancers write where a user can see it. */
export function providerErrors(service: Service, { around }: ServiceSubject): readonly ProviderError[] {
  const annotations = Object.entries(service.metadata.annotations ?? {})
    .filter(([key]) => key.startsWith('ncp/error'))
    .map(([key, value]) => ({
      text: `Service annotation ${key}=${value}`,
      on: 'Service' as const,
      partial: partialErrors.includes(key),
      remedy: remedyFor(value),
    }));
  const gateway = gatewayOf(service, around);
  const faults =
    gateway === undefined
      ? []
      : gatewayFaults(gateway).map(({ reason, text }) => ({
          text: `Gateway ${gateway.metadata.name}: ${text}`,
          on: 'Gateway' as const,
          partial: false,
          remedy: remedyFor(reason),
        }));
  const events = around.world
    .events(service)
    .filter((event) => isProviderEvent(jsonOf(event)))
    .slice(-2)
    .map((event) => {
      const text = `event ${textAt(jsonOf(event), 'reason')}: ${messageOf(event)}`;
      return { text, on: 'event' as const, partial: false, remedy: remedyFor(text) };
    });
  return [...annotations, ...faults, ...vpcFaults(service, around), ...events];
}

/** Whether nothing else is said to be wrong with it than a port that another Service has. */
export function isPortConflict(service: Service, subject: ServiceSubject): boolean {
  return providerErrors(service, subject).every(({ text }) => portConflict.test(text));
}

/** Annotations of NCP about some ports, or some members. */
const partialErrors = ['ncp/error.loadbalancer.unrealized_ports', 'ncp/error.loadbalancer_endpoints'];

const portConflict = /PortConflict|PortUnavailable/;

function remedyFor(said: string): string {
  const [, remedy] = remedies.find(([words]) => words.test(said)) ?? [];
  return remedy ?? 'correct what it says';
}

const remedies: readonly (readonly [words: RegExp, remedy: string])[] = [
  [portConflict, 'give one of the two another port, or an address of its own'],
  [/UnsupportedProtocol/, 'make a service for each protocol, and use TCP or UDP'],
  [/InvalidGatewayClass/, 'platform owner: the Gateway is of a class that the load balancer does not know'],
  [/IP_POOL_NOT_FOUND/, 'the pool of addresses that is named is not there: name another in loadBalancerIP, or none'],
  [/unknown pool/i, 'the pool of addresses that an annotation of the Service names is not there: name another, or none'],
  [
    /AddressNotAssigned|is not allowed in config/i,
    'the address that is asked for is not among those of the load balancer: ask for another in loadBalancerIP, or for none',
  ],
];

const providerReasons = [
  'FailUpdate',
  'SyncLoadBalancerFailed',
  'FailedToCreateLoadBalancer',
  'CreatingLoadBalancerFailed',
  'LoadBalancerUpdateFailed',
  'AllocationFailed',
];
/** Of the controllers of Kubernetes that look after endpoints: other rules read them. */
const otherReasons = ['FailedToUpdateEndpointSlices', 'FailedToUpdateEndpoint', 'TooManyAddressesToMirror', 'InvalidIPAddress'];

function isProviderEvent(event: ReturnType<typeof jsonOf>): boolean {
  const reason = textAt(event, 'reason');
  return providerReasons.includes(reason) || (textAt(event, 'type') === 'Warning' && !otherReasons.includes(reason));
}

function messageOf(event: KubeObject): string {
  return textAt(jsonOf(event), 'message') || textAt(jsonOf(event), 'note');
}

const vpcConditions = ['GatewayConnectionReady', 'ExternalIPBlocksConfigured', 'ServiceClusterReady', 'LBCapability'];

/** On NSX with VPCs, what the namespace's network says about its load balancers. */
function vpcFaults(service: Service, { surroundings }: ServiceSubject['around']): readonly ProviderError[] {
  return itemsOf(surroundings.networkInfos)
    .filter(({ metadata }) => metadata.namespace === service.metadata.namespace)
    .flatMap((info) =>
      conditionsOf(info)
        .filter((condition) => vpcConditions.includes(condition.type) && condition.status !== 'True')
        .map((condition) => ({
          text: `NetworkInfo ${info.metadata.name}: ${condition.type}=${condition.status} ${condition.reason} ${condition.message}`.trimEnd(),
          on: 'NetworkInfo' as const,
          partial: false,
          remedy: 'platform owner: the VPC of the namespace lacks what its load balancers need',
        })),
    );
}

/** Whether it is about addresses, of which there are none left. */
export function isExhausted(text: string): boolean {
  return /IP_POOL_EXHAUSTED|pool[^.]*exhausted|no (free|available) (ip|vip|address)|no vips? (to give|available)/i.test(text);
}
