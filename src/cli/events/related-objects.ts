import { itemsOf } from '../../core/snapshot.ts';
import { memberVm } from '../../core/trace/members.ts';
import type { ServiceTrace } from '../../core/trace/trace.ts';
import type { World } from '../../core/world.ts';
import type { KubeObject } from '../../model/object.ts';

/** Every object on the path of a service: five kinds of them. */
export function relatedObjects(trace: ServiceTrace): readonly KubeObject[] {
  const objects: readonly (KubeObject | undefined)[] = [
    trace.vmService,
    'service' in trace.service ? trace.service.service : undefined,
    'endpoints' in trace.endpoints ? trace.endpoints.endpoints : undefined,
    ...itemsOf(trace.slices).map((hop) => hop.slice),
    ...itemsOf(trace.members).map(memberVm),
  ];
  return objects.filter((object) => object !== undefined);
}

/** The events of every object on the path. */
export function relatedEvents(trace: ServiceTrace, world: World): readonly KubeObject[] {
  return relatedObjects(trace).flatMap((object) => world.events(object));
}
