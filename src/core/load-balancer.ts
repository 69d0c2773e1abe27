import type { NetworkSettings } from '../model/network-settings.ts';
import type { ObjectMeta } from '../model/object.ts';
import type { ProfileTraits } from './profile.ts';

export const trafficPolicyAnnotation = 'virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy';
export const healthCheckAnnotation = 'virtualmachineservice.vmoperator.vmware.com/service.healthCheckNodePort';
export const nsxHealthCheckAnnotation = 'ncp/healthCheckNodePort';
export const nsxHostnameAnnotation = 'nsx.vmware.com/hostname';
export const serviceProxyLabel = 'service.kubernetes.io/service-proxy-name';

/** Whose labels and annotations a Service needs: NSX has some, the other load balancers none. */
export type Provider = 'nsx' | 'none';

/** Who says which provider it is. `namespace`: the NetworkSettings `default` of the namespace, whose absence is an error. */
export type ProviderSource =
  | { readonly from: 'setting'; readonly provider: Provider }
  | { readonly from: 'namespace'; readonly networkSettings: NetworkSettings | undefined }
  /** The namespace decides, and it could not be looked at. */
  | { readonly from: 'nowhere'; readonly problem: string };

export type ResolvedProvider = { readonly provider: Provider } | { readonly problem: string };

/** Mirrors getLoadBalancerProvider; the problem is in the controller's own words. */
export function resolveProvider(source: ProviderSource): ResolvedProvider {
  if (source.from === 'setting') return { provider: source.provider };
  if (source.from === 'nowhere') return { problem: source.problem };
  if (source.networkSettings === undefined) return { problem: 'NetworkSettings has not been created for this namespace' };
  const named = networkProviderOf(source.networkSettings);
  switch (named) {
    case 'vsphere-distributed':
      return { provider: 'none' };
    case 'nsx-tier1':
    case 'vpc':
      return { provider: 'nsx' };
    default:
      return { problem: `unknown network provider "${named}"` };
  }
}

export function networkProviderOf({ provider = '' }: NetworkSettings): string {
  return provider;
}

/** Labels and annotations that a provider wants on, or off, a Service. */
export interface ProviderMetadata {
  /** Written into the VirtualMachineService's own metadata first, and only for type LoadBalancer. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Keys that leave the Service, whatever its type. */
  readonly annotationsToRemove: readonly string[];
  readonly labelsToRemove: readonly string[];
}

/** What the provider makes of a VirtualMachineService's annotations. Mirrors loadbalancer_provider.go. */
export function providerMetadata(provider: Provider, metadata: ObjectMeta, traits: ProfileTraits): ProviderMetadata {
  if (provider === 'none') return { annotations: {}, labels: {}, annotationsToRemove: [], labelsToRemove: [] };
  const annotations = metadata.annotations ?? {};
  const healthCheck = annotations[healthCheckAnnotation];
  const local = annotations[trafficPolicyAnnotation] === 'Local';
  return {
    annotations: healthCheck === undefined ? {} : { [nsxHealthCheckAnnotation]: healthCheck },
    labels: local ? { [serviceProxyLabel]: 'nsx-t' } : {},
    annotationsToRemove: [
      ...(healthCheck === undefined ? [nsxHealthCheckAnnotation] : []),
      ...(traits.removesNsxHostname && annotations[nsxHostnameAnnotation] === undefined ? [nsxHostnameAnnotation] : []),
    ],
    labelsToRemove: local ? [] : [serviceProxyLabel],
  };
}
