import { eventRows } from '../../core/event-rows.ts';
import { isSeen } from '../../core/snapshot.ts';
import { ownHistory, type TimelineRow } from '../../core/timeline.ts';
import { traceService } from '../../core/trace/trace.ts';
import { type KubeObject, refKey, refOf } from '../../model/object.ts';
import { compareText } from '../../model/text-order.ts';
import { sortedServices } from '../asked-services.ts';
import type { LoadedWorld } from '../load-world.ts';
import { relatedObjects } from './related-objects.ts';

/** Every object on the path of one of the services. */
export function objectsOnPaths({ world, source }: LoadedWorld): readonly KubeObject[] {
  const now = source.now();
  return sortedServices(world).flatMap((vmService) =>
    relatedObjects(traceService(vmService, world, { now, others: false, compareService: false })),
  );
}

/**
 * Everything that is known to have happened to some objects, oldest first; of several of one name the last counts. Of a service that
 * is gone there may still be events.
 */
export function timelineOf({ world, notFound, namespace }: LoadedWorld, related: readonly KubeObject[]): readonly TimelineRow[] {
  const objects = new Map(related.map((object) => [refKey(refOf(object)), object]));
  const gone = notFound.map(({ name }): KubeObject => {
    return { apiVersion: '', kind: 'VirtualMachineService', metadata: { name, ...(namespace !== undefined && { namespace }) } };
  });
  const told = isSeen(world.snapshot.events)
    ? [...objects.values(), ...gone].flatMap((object) =>
        eventRows(world.events(object)).map((row): TimelineRow => ({ ...row, namespace: object.metadata.namespace ?? '' })),
      )
    : [];
  const rows = [...told, ...[...objects.values()].flatMap(ownHistory)];
  return rows.toSorted((left, right) => compareText(left.lastSeen ?? '', right.lastSeen ?? '') || compareText(keyOf(left), keyOf(right)));
}

/** A row by what it is about: the same event that was seen once more has another key. */
export function keyOf({ namespace, object, type, reason, message, lastSeen, count }: TimelineRow): string {
  return [namespace, object, type, reason, lastSeen ?? '', String(count), message].join('\0');
}
