import type { Condition, KubeObject } from './object.ts';
import type { LoadBalancerIngress } from './service.ts';

export interface VirtualMachineServicePort {
  readonly name?: string;
  readonly protocol?: string;
  readonly port: number;
  readonly targetPort: number;
}

export interface VirtualMachineServiceSpec {
  readonly type?: string;
  readonly ports?: readonly VirtualMachineServicePort[];
  readonly selector?: Readonly<Record<string, string>>;
  readonly loadBalancerIP?: string;
  readonly loadBalancerSourceRanges?: readonly string[];
  /** Beware: the JSON key really ends in a lower-case `p`. */
  readonly clusterIp?: string;
  readonly externalName?: string;
  /** v1alpha6 and later. */
  readonly ipFamilies?: readonly string[];
  readonly ipFamilyPolicy?: string;
}

/** vmoperator.vmware.com VirtualMachineService, of any version: their fields agree, v1alpha6 adds three. */
export interface VirtualMachineService extends KubeObject {
  readonly spec: VirtualMachineServiceSpec;
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly LoadBalancerIngress[] };
    readonly conditions?: readonly Condition[];
  };
}
