import type { JsonObject, KubeObject } from '../../model/object.ts';
import type { Resource } from '../../model/resources.ts';
import { expired } from '../answers.ts';
import type { Resumption } from '../history.ts';
import type { StoreEvent } from '../request.ts';
import type { StoredObject } from '../store.ts';

/** What a watch needs of a server. */
export interface WatchSource {
  subscribe(listener: (events: readonly StoreEvent[]) => void): () => void;
  eventsSince(resourceVersion: string): Resumption;
  readonly resourceVersion: string;
}

export interface WatchPlan {
  /** Under which the objects are stored. */
  readonly resource: Resource;
  /** Where to begin: with what is there now, or after a version that the client has seen. */
  readonly start: { readonly objects: readonly StoredObject[]; readonly resourceVersion: string } | { readonly after: string };
  /** Whether an object is watched; it is given as `view` shows it. */
  selects(object: StoredObject): boolean;
  /** A stored object in the version that the client watches. */
  view(object: KubeObject): StoredObject;
  /** What goes into a frame: the object, its metadata alone, or a Table; only the first frame tells the columns. */
  present(object: JsonObject, first: boolean): JsonObject;
  /** The object of a bookmark. */
  bookmark(metadata: JsonObject): JsonObject;
  /** A bookmark tells when everything that was there has been sent. */
  readonly announcesInitialEnd: boolean;
  readonly allowsBookmarks: boolean;
  readonly timeoutSeconds: number;
}

/** A watch that can be started once. It has no clock: whoever listens ends it after `timeoutSeconds`. */
export interface Watch {
  readonly timeoutSeconds: number;
  /** Sends what there is to send now, and then each change as it happens; `end` is called when nothing more can come. */
  start(send: (frame: string) => void, end: () => void): void;
  /** A frame that tells the client how far it has seen; undefined for a client that did not ask. */
  bookmark(): string | undefined;
  /** The last frame of a watch that is dropped because its client reads too slowly. */
  overrun(): string;
  stop(): void;
}

/** Turns the events of a store into the frames of one client: `{"type":"ADDED","object":{…}}`, a line each. */
export function openWatch(source: WatchSource, plan: WatchPlan): Watch {
  let unsubscribe: () => void = () => {};
  let first = true;
  // Events that are older than the list a watch began with have been seen in it already.
  let seen = 'after' in plan.start ? Number(plan.start.after) : Number(plan.start.resourceVersion);

  const frameOf = (type: string, object: JsonObject): string => {
    const presented = plan.present(object, first);
    first = false;
    return frame(type, presented);
  };

  const framesOf = (event: StoreEvent): readonly string[] => {
    const version = Number(event.object.metadata.resourceVersion ?? '0');
    if (!sameResource(event.resource, plan.resource) || version <= seen) return [];
    const change = changeFor(plan, event);
    return change === undefined ? [] : [frameOf(change.type, change.object)];
  };

  const takeIn = (events: readonly StoreEvent[], send: (frame: string) => void): void => {
    for (const event of events) for (const text of framesOf(event)) send(text);
    const last = events.at(-1);
    if (last !== undefined) seen = Math.max(seen, Number(last.object.metadata.resourceVersion ?? '0'));
  };

  return {
    timeoutSeconds: plan.timeoutSeconds,
    start(send, end) {
      if ('after' in plan.start) {
        const resumed = source.eventsSince(plan.start.after);
        if ('expired' in resumed) {
          send(frame('ERROR', expired(`too old resource version: ${plan.start.after} (${resumed.expired})`).body));
          end();
          return;
        }
        takeIn(resumed.events, send);
      } else {
        for (const object of plan.start.objects) send(frameOf('ADDED', object));
        if (plan.announcesInitialEnd) {
          const annotations = { 'k8s.io/initial-events-end': 'true' };
          send(frame('BOOKMARK', plan.bookmark({ resourceVersion: plan.start.resourceVersion, annotations })));
        }
      }
      unsubscribe = source.subscribe((events) => takeIn(events, send));
    },
    bookmark() {
      if (!plan.allowsBookmarks) return undefined;
      return frame('BOOKMARK', plan.bookmark({ resourceVersion: source.resourceVersion }));
    },
    overrun: () => frame('ERROR', expired('the watch was not read fast enough; list again and watch from there').body),
    stop: () => unsubscribe(),
  };
}

/**
 * What one event of the store is to a client that watches a selection: an object that begins to match is added,
 * one that no longer matches is deleted, as it was when it still did.
 */
function changeFor(plan: WatchPlan, event: StoreEvent): { readonly type: StoreEvent['type']; readonly object: JsonObject } | undefined {
  const object = plan.view(event.object);
  if (event.type === 'DELETED') return plan.selects(object) ? { type: 'DELETED', object } : undefined;
  const before = event.before === undefined ? undefined : plan.view(event.before);
  const matched = before !== undefined && plan.selects(before);
  if (plan.selects(object)) return { type: matched ? 'MODIFIED' : 'ADDED', object };
  return matched ? { type: 'DELETED', object: withVersionOf(event.object, before) } : undefined;
}

function withVersionOf(newer: KubeObject, object: JsonObject): JsonObject {
  const metadata = object.metadata;
  const resourceVersion = newer.metadata.resourceVersion;
  if (typeof metadata !== 'object' || metadata === null || resourceVersion === undefined) return object;
  return { ...object, metadata: { ...metadata, resourceVersion } };
}

function sameResource(one: Resource, other: Resource): boolean {
  return one.group === other.group && one.plural === other.plural;
}

function frame(type: string, object: JsonObject): string {
  return `${JSON.stringify({ type, object })}\n`;
}
