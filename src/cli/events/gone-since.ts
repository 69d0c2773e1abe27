import { isSeen } from '../../core/snapshot.ts';
import { goneRow, type TimelineRow } from '../../core/timeline.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import type { LoadedWorld } from '../load-world.ts';

/**
 * A row for each VirtualMachineService of an earlier look that is not there any more. Where none may be looked at, nobody knows.
 * @param byLabels whether they were chosen by a selector: then one whose labels have changed is away, too
 */
export function goneSince(before: LoadedWorld | undefined, { world, source }: LoadedWorld, byLabels: boolean): readonly TimelineRow[] {
  const then = before?.world.snapshot.vmServices;
  const now = world.snapshot.vmServices;
  if (then === undefined || !isSeen(then) || !isSeen(now)) return [];
  const uids = new Set(now.items.map(({ metadata }) => metadata.uid));
  const names = new Set(now.items.map(placeOf));
  const gone = then.items.filter(({ metadata }) => !uids.has(metadata.uid));
  const away = byLabels ? 'is gone, or its labels do not match any more' : 'is gone';
  return gone.map((vmService) =>
    goneRow(vmService, source.now().toISOString(), names.has(placeOf(vmService)) ? 'is gone, and another one of that name is there' : away),
  );
}

function placeOf({ metadata }: VirtualMachineService): string {
  return `${metadata.namespace}/${metadata.name}`;
}
