import { controllerOf, type KubeObject, type OwnerReference } from '../model/object.ts';
import { isVmServiceReference } from './ownership.ts';

/** A Service or Endpoints whose VirtualMachineService is gone. */
export interface Orphan {
  readonly child: KubeObject;
  readonly owner: OwnerReference;
  /** A VirtualMachineService of that name is there, but it is another one, made later. */
  readonly namesake: boolean;
}

/**
 * The children that belong to a VirtualMachineService which does not exist any more: what the garbage collector should have taken
 * away. A child that anybody else owns too, or that is going already, is none.
 * @param vmServices all of the namespaces of the children, read after the children
 */
export function orphansAmong(children: readonly KubeObject[], vmServices: readonly KubeObject[]): readonly Orphan[] {
  const uids = new Set(vmServices.map(({ metadata }) => metadata.uid));
  const names = new Set(vmServices.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  return children.flatMap((child) => {
    const owner = controllerOf(child);
    const owners = child.metadata.ownerReferences ?? [];
    if (owner === undefined || child.metadata.deletionTimestamp !== undefined) return [];
    if (!owners.every((reference) => isVmServiceReference(reference) && !uids.has(reference.uid))) return [];
    return [{ child, owner, namesake: names.has(`${child.metadata.namespace}/${owner.name}`) }];
  });
}
