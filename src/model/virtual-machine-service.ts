import type { Condition, KubeObject } from './object.ts';
import { objectFields } from './object-shape.ts';
import { type LoadBalancerIngress, loadBalancerStatusShape } from './service.ts';
import { asDeclared, type ShapeOf } from './shape.ts';

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

/**
 * A VirtualMachineService read from a cluster or a file; a missing spec reads as an empty one.
 * @throws UnreadableObject; Error when the object is of another kind
 */
export function vmServiceOf(object: KubeObject): VirtualMachineService {
  const vmService = object.kind === 'VirtualMachineService' ? asDeclared(object, vmServiceShape) : object;
  if (!isVmService(vmService)) throw new Error(`expected a VirtualMachineService, got ${object.apiVersion} ${object.kind}`);
  return vmService;
}

function isVmService(object: KubeObject): object is VirtualMachineService {
  return object.kind === 'VirtualMachineService' && 'spec' in object;
}

const vmServiceShape: ShapeOf<VirtualMachineService> = {
  fields: {
    ...objectFields,
    spec: {
      always: {
        fields: {
          type: 'text',
          ports: {
            listOf: { fields: { name: 'text', protocol: 'text', port: { always: 'number' }, targetPort: { always: 'number' } } },
          },
          selector: 'texts',
          loadBalancerIP: 'text',
          loadBalancerSourceRanges: { listOf: 'text' },
          clusterIp: 'text',
          externalName: 'text',
          ipFamilies: { listOf: 'text' },
          ipFamilyPolicy: 'text',
        },
      },
    },
    status: loadBalancerStatusShape,
  },
};
