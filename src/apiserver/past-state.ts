import type { KubeObject } from '../model/object.ts';
import { storedObject } from './json.ts';
import type { StoreEvent } from './request.ts';
import { type State, tableKey, withObject, withoutObject } from './store.ts';

/** The state as it was at a resourceVersion, given all that has happened since then, oldest first. */
export function stateBefore(events: readonly StoreEvent[], state: State, resourceVersion: number): State {
  const first = new Map<string, StoreEvent>();
  for (const event of events) {
    const key = keyOf(event);
    // What an object was then, only its first change tells.
    if (!first.has(key)) first.set(key, event);
  }
  let past = state;
  for (const { type, resource, object, before } of first.values()) {
    const { namespace = '', name } = object.metadata;
    past =
      type === 'ADDED' || before === undefined
        ? withoutObject(past, resource, namespace, name)
        : withObject(past, resource, storedObject(before));
  }
  return { ...past, resourceVersion };
}

function keyOf({ resource, object }: { readonly resource: StoreEvent['resource']; readonly object: KubeObject }): string {
  return `${tableKey(resource)}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}
