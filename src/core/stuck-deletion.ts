import type { KubeObject } from '../model/object.ts';
import { deprecatedFinalizer, finalizer, type ProfileTraits } from './profile.ts';

/** Who takes a finalizer off. */
export type FinalizerOwner =
  | 'VM Operator'
  | 'another release of VM Operator'
  | 'load balancer'
  | 'Cluster API'
  | 'garbage collector'
  | 'unknown';

/** One finalizer that keeps an object which was deleted. */
export interface Holder {
  readonly finalizer: string;
  readonly owner: FinalizerOwner;
}

/**
 * What keeps an object that is being deleted; empty for one that nothing keeps.
 * @param traits of the release that is at work: the older ones know only the older of VM Operator's two finalizers
 */
export function holdersOf({ metadata }: KubeObject, traits: ProfileTraits): readonly Holder[] {
  return (metadata.finalizers ?? []).map((name) => ({ finalizer: name, owner: ownerOf(name, traits) }));
}

function ownerOf(name: string, { deletionFinalizers }: ProfileTraits): FinalizerOwner {
  if (deletionFinalizers.includes(name)) return 'VM Operator';
  if (name === finalizer || name === deprecatedFinalizer) return 'another release of VM Operator';
  if (name === 'foregroundDeletion' || name === 'orphan') return 'garbage collector';
  if (/(^|\.)cluster\.x-k8s\.io(\/|$)/.test(name)) return 'Cluster API';
  if (loadBalancers.some((pattern) => pattern.test(name))) return 'load balancer';
  return 'unknown';
}

/** Kubernetes' own, and those of the load balancers of a Supervisor: vSphere networking, NSX (NCP and its operator), Avi. */
const loadBalancers = [
  /^service\.kubernetes\.io\/load-balancer-cleanup$/,
  /(^|\.)netoperator\.vmware\.com\//,
  /(^|\.)nsx\.vmware\.com\//,
  /(^|\.)ncp(\.vmware\.com)?\//,
  /(^|\.)ako\.vmware\.com\//,
];
