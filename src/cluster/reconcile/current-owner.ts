import { jsonEqual } from '../../core/patch.ts';
import { jsonOf, refOf } from '../../model/object.ts';
import { isGone } from '../../model/status.ts';
import { type VirtualMachineService, vmServiceOf } from '../../model/virtual-machine-service.ts';
import type { Cluster } from '../cluster.ts';

/** The VirtualMachineService that a run works for is not the one any more that it was planned from. */
export class OwnerChangedError extends Error {
  /** Undefined where it is gone. */
  readonly latest: VirtualMachineService | undefined;

  constructor(latest: VirtualMachineService | undefined) {
    super(latest === undefined ? 'the VirtualMachineService is gone' : 'the VirtualMachineService is another one');
    this.name = 'OwnerChangedError';
    this.latest = latest;
  }
}

/**
 * The VirtualMachineService as it is now. Children carry its uid: written for one that is gone they would be nobody's, written
 * for an earlier one of that name they would be collected as garbage.
 *
 * @throws OwnerChangedError when it is gone, is being deleted since, or has another uid; ApiError and ConnectionError as `Cluster`
 */
export async function currentOwner(planned: VirtualMachineService, cluster: Cluster): Promise<VirtualMachineService> {
  let latest: VirtualMachineService;
  try {
    latest = vmServiceOf(await cluster.get(refOf(planned)));
  } catch (error) {
    if (isGone(error)) throw new OwnerChangedError(undefined);
    throw error;
  }
  const { uid, deletionTimestamp } = planned.metadata;
  if (uid !== undefined && latest.metadata.uid !== uid) throw new OwnerChangedError(latest);
  if (latest.metadata.deletionTimestamp !== deletionTimestamp) throw new OwnerChangedError(latest);
  return latest;
}

/** The same, where what it asks for must not have changed either. @throws OwnerChangedError then too */
export async function unchangedOwner(planned: VirtualMachineService, cluster: Cluster): Promise<VirtualMachineService> {
  const latest = await currentOwner(planned, cluster);
  if (!jsonEqual(demandOf(planned), demandOf(latest))) throw new OwnerChangedError(latest);
  return latest;
}

/** Everything that its children are computed from. */
function demandOf(vmService: VirtualMachineService) {
  const { spec } = jsonOf(vmService);
  const { labels = {}, annotations = {} } = vmService.metadata;
  return { spec, labels, annotations };
}
