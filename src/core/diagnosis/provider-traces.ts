import { jsonOf, type KubeObject } from '../../model/object.ts';
import { mapAt, mapsAt } from '../../model/raw-fields.ts';
import type { Service } from '../../model/service.ts';
import { nsxHealthCheckAnnotation, nsxHostnameAnnotation } from '../load-balancer.ts';
import { itemsOf } from '../snapshot.ts';
import type { Around } from './subject.ts';

/** The load balancer that left its traces on a Service. */
export type ProviderTrace = 'NCP' | 'NSX VPC' | 'AVI' | 'the load balancer of the distributed switch';

const gatewayNameLabel = 'service.route.lbapi.run.tanzu.vmware.com/gateway-name';
const gatewayNamespaceLabel = 'service.route.lbapi.run.tanzu.vmware.com/gateway-namespace';

/** Who works on a Service, as far as the Service shows it; undefined without a trace, which some load balancers leave only at the end. */
export function providerTrace({ metadata }: KubeObject): ProviderTrace | undefined {
  const annotations = Object.keys(metadata.annotations ?? {});
  const labels = Object.keys(metadata.labels ?? {});
  if (annotations.some((key) => key.startsWith('ncp/') && key !== nsxHealthCheckAnnotation)) return 'NCP';
  if (labels.some((key) => key.startsWith('service.route.lbapi.run.tanzu.vmware.com/'))) return 'AVI';
  if (annotations.some((key) => key.startsWith('ako.vmware.com/'))) return 'AVI';
  if (annotations.some((key) => key.startsWith('nsx.vmware.com/') && key !== nsxHostnameAnnotation)) return 'NSX VPC';
  if ((metadata.finalizers ?? []).some((name) => name.startsWith('netoperator.vmware.com/')))
    return 'the load balancer of the distributed switch';
  return undefined;
}

/** Whether NSX balances here, by the namespace's settings or by traces on any of its Services. */
export function isNsx({ world }: Around, namespace: string): boolean {
  const source = world.providerSource(namespace);
  if (source.from === 'setting') return source.provider === 'nsx';
  const provider = source.from === 'namespace' && source.networkSettings !== undefined ? jsonOf(source.networkSettings).provider : '';
  return provider === 'nsx-tier1' || provider === 'vpc';
}

/** The Gateway that AVI's integration made of a Service. */
export function gatewayOf({ metadata }: Service, { surroundings }: Around): KubeObject | undefined {
  const name = metadata.labels?.[gatewayNameLabel];
  if (name === undefined) return undefined;
  const namespace = metadata.labels?.[gatewayNamespaceLabel] ?? metadata.namespace;
  return itemsOf(surroundings.gateways).find((gateway) => gateway.metadata.name === name && gateway.metadata.namespace === namespace);
}

/** What a Gateway says against itself: `listener http: PortConflict: …`. `reason` is the one word. */
export function gatewayFaults(gateway: KubeObject): readonly { readonly reason: string; readonly text: string }[] {
  const own = mapAt(jsonOf(gateway), 'status');
  const told = [
    ...mapsAt(own, 'conditions').map((condition) => ({ where: '', condition })),
    ...mapsAt(own, 'listeners').flatMap((listener) =>
      mapsAt(listener, 'conditions').map((condition) => ({
        where: `listener ${String(listener.port ?? listener.name ?? '')}: `,
        condition,
      })),
    ),
  ];
  return told.flatMap(({ where, condition }) => {
    const { type, status: value, reason, message } = condition;
    const bad =
      gatewayReasons.includes(String(reason)) ||
      (value === 'False' && ['Ready', 'Scheduled', 'Accepted', 'Programmed'].includes(String(type)));
    return bad
      ? [
          {
            reason: String(reason ?? ''),
            text: `${where}${String(type)}=${String(value)} ${String(reason ?? '')}: ${String(message ?? '')}`,
          },
        ]
      : [];
  });
}

const gatewayReasons = [
  'InvalidGatewayClass',
  'PortConflict',
  'UnsupportedProtocol',
  'UnsupportedAddress',
  'AddressNotAssigned',
  'ListenersNotValid',
  'NoResources',
  'PortUnavailable',
];
