import { controllerOf, groupOf, type KubeObject, type OwnerReference } from '../model/object.ts';
import { vmOperatorGroup } from '../model/resources.ts';
import type { VirtualMachineService } from '../model/virtual-machine-service.ts';

/** Whose a child is, as the controller judges it: by group, kind and name, never by uid or version. */
export type Ownership =
  /** The reference is there; its uid or version may be of an earlier object of the same name. */
  | { readonly owner: 'ours' }
  | { readonly owner: 'nobody' }
  /** Another controller's: the real controller fails here too. */
  | { readonly owner: 'another'; readonly controller: OwnerReference };

export function ownershipOf(child: KubeObject, vmService: VirtualMachineService): Ownership {
  const controller = controllerOf(child);
  if (controller !== undefined && !isReferenceTo(controller, vmService)) return { owner: 'another', controller };
  return child.metadata.ownerReferences?.some((reference) => isReferenceTo(reference, vmService)) ? { owner: 'ours' } : { owner: 'nobody' };
}

/** The VirtualMachineService that owns a child, by the first reference to one, whether or not it is the controlling one. */
export function owningVmService({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(isVmServiceReference);
}

export function isVmServiceReference({ apiVersion, kind }: OwnerReference): boolean {
  return groupOf(apiVersion) === vmOperatorGroup && kind === 'VirtualMachineService';
}

/** The child's owner references once the VirtualMachineService controls it: replaced in place, or appended. */
export function withController(references: readonly OwnerReference[] | undefined, vmService: VirtualMachineService): OwnerReference[] {
  const ours: OwnerReference = {
    apiVersion: vmService.apiVersion,
    kind: vmService.kind,
    name: vmService.metadata.name,
    uid: vmService.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
  const existing = references ?? [];
  const at = existing.findIndex((reference) => isReferenceTo(reference, vmService));
  return at < 0 ? [...existing, ours] : existing.with(at, ours);
}

/**
 * The controller's own sentence, which users know from the operator's log.
 * @param what the child is: to the controller always an `Object`
 */
export function alreadyOwnedMessage(child: KubeObject, controller: OwnerReference, what: string): string {
  const { namespace, name } = child.metadata;
  return `${what} ${namespace}/${name} is already owned by another ${controller.kind} controller ${controller.name}`;
}

export function isReferenceTo(reference: OwnerReference, vmService: VirtualMachineService): boolean {
  return (
    groupOf(reference.apiVersion) === groupOf(vmService.apiVersion) &&
    reference.kind === vmService.kind &&
    reference.name === vmService.metadata.name
  );
}
