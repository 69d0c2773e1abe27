import type { Condition, KubeObject } from './object.ts';
import type { LoadBalancerIngress } from './service.ts';

/** Where an object of an older version carries the whole object of the newest one, its metadata excepted. */
export const conversionAnnotation = 'vmoperator.vmware.com/conversion';

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

/** A VirtualMachineService read from a cluster or a file; a missing spec reads as an empty one. @throws Error for another kind. */
export function vmServiceOf(object: KubeObject): VirtualMachineService {
  const whole = 'spec' in object ? object : { ...object, spec: {} };
  if (!isVmService(whole)) throw new Error(`expected a VirtualMachineService, got ${object.apiVersion} ${object.kind}`);
  return whole;
}

function isVmService(object: KubeObject): object is VirtualMachineService {
  return object.kind === 'VirtualMachineService' && 'spec' in object && typeof object.spec === 'object' && object.spec !== null;
}
