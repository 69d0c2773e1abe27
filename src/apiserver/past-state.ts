import { storedObject } from './json.ts';
import type { StoreEvent } from './request.ts';
import { type State, tableKey, withChanges } from './store.ts';

/** The state as it was at a resourceVersion, given all that has happened since then, oldest first. */
export function stateBefore(events: readonly StoreEvent[], state: State, resourceVersion: number): State {
  const first = new Map<string, StoreEvent>();
  for (const event of events) {
    const key = keyOf(event);
    // What an object was then, only its first change tells.
    if (!first.has(key)) first.set(key, event);
  }
  let past = state;
  for (const [one, ...others] of Map.groupBy(first.values(), placeOf).values()) {
    if (one === undefined) continue;
    past = withChanges(past, one.resource, one.object.metadata.namespace ?? '', (objects) => {
      for (const { type, object, before } of [one, ...others]) {
        if (type === 'ADDED' || before === undefined) objects.delete(object.metadata.name);
        else objects.set(before.metadata.name, storedObject(before));
      }
    });
  }
  return { ...past, resourceVersion };
}

function keyOf(event: StoreEvent): string {
  return `${placeOf(event)}/${event.object.metadata.name}`;
}

function placeOf({ resource, object }: StoreEvent): string {
  return `${tableKey(resource)}/${object.metadata.namespace ?? ''}`;
}
