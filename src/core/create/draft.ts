import { vmOperatorGroup } from '../../model/resources.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import type { WholePort } from '../port-names.ts';
import type { Selector } from '../selector.ts';

/** The types that a new VirtualMachineService can have. VM Operator takes ExternalName as well, and does nothing for it. */
export const draftTypes = ['LoadBalancer', 'ClusterIP'] as const;
export type DraftType = (typeof draftTypes)[number];

/** A VirtualMachineService that is to be created: what somebody chose, whole and checked. */
export interface Draft {
  readonly name: string;
  readonly namespace: string;
  readonly type: DraftType;
  readonly selector: Selector;
  /** Empty for a headless one only. */
  readonly ports: readonly WholePort[];
  readonly extras: DraftExtras;
}

/** What nobody has to say. */
export interface DraftExtras {
  readonly clusterIP?: string;
  readonly loadBalancerIP?: string;
  readonly sourceRanges?: readonly string[];
  readonly ipFamilies?: readonly string[];
  readonly ipFamilyPolicy?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The object, its fields in the order in which a person would write them, and nothing that is empty. */
export function draftedObject({ name, namespace, type, selector, ports, extras }: Draft, version: string): VirtualMachineService {
  const { clusterIP, loadBalancerIP, sourceRanges, ipFamilies, ipFamilyPolicy, labels, annotations } = extras;
  return {
    apiVersion: `${vmOperatorGroup}/${version}`,
    kind: 'VirtualMachineService',
    metadata: { name, namespace, ...(labels && { labels }), ...(annotations && { annotations }) },
    spec: {
      type,
      selector,
      ...(ports.length > 0 && { ports }),
      ...(clusterIP !== undefined && { clusterIp: clusterIP }),
      ...(loadBalancerIP !== undefined && { loadBalancerIP }),
      ...(sourceRanges && { loadBalancerSourceRanges: sourceRanges }),
      ...(ipFamilies && { ipFamilies }),
      ...(ipFamilyPolicy !== undefined && { ipFamilyPolicy }),
    },
  };
}
