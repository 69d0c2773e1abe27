import { type FieldError, forbidden } from '../../core/field-errors.ts';
import { listAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import { apiVersionOf } from '../../model/resources.ts';
import { bareError, Refusal } from '../answers.ts';
import { asVersion } from '../conversion/conversion.ts';
import { storedObject } from '../json.ts';
import { unreadableVersion } from '../read.ts';
import { selectionOf } from '../selection.ts';
import type { StoredObject } from '../store.ts';
import type { WatchAnswer } from './http-message.ts';
import { type Presentation, presented, presentedBookmark } from './presentation.ts';
import { booleanParameter, integerParameter, invalidOptions, selectors, textParameter } from './request-options.ts';
import type { ResourcePath } from './request-path.ts';
import { openWatch, type WatchPlan } from './watch.ts';

/** Seconds a watch lasts when the client does not say: kube-apiserver draws between 30 and 60 minutes. */
const usualTimeout = 45 * 60;

/**
 * Opens a watch on a collection, or on the one object that is named.
 * @throws Refusal for a selector, a version or an option that cannot be understood, and for a refused list.
 */
export function watchResource(path: ResourcePath, query: URLSearchParams, presentation: Presentation): WatchAnswer {
  if (path.name !== undefined) query.set('fieldSelector', `metadata.name=${path.name}`);
  const initialEvents = initialEventsAsked(query);
  const resourceVersion = textParameter(query, 'resourceVersion');
  const { server } = presentation.face;
  if (resourceVersion !== undefined && resourceVersion !== '0' && initialEvents === undefined) {
    const why = unreadableVersion(resourceVersion);
    if (why !== undefined) throw new Refusal(bareError(why));
    return watchAnswer({ after: resourceVersion }, query, presentation, path.namespace);
  }
  const beginning = {
    objects: initialEvents === false ? [] : itemsNow(path, query, presentation),
    resourceVersion: server.resourceVersion,
  };
  return watchAnswer(beginning, query, presentation, path.namespace, initialEvents === true);
}

/** What a list shows at this moment, each item complete. */
function itemsNow(path: ResourcePath, query: URLSearchParams, { entry, face }: Presentation): readonly StoredObject[] {
  const { labelSelector, fieldSelector } = selectors(query);
  const list = face.server.handle({
    verb: 'list',
    resource: entry,
    ...(path.namespace === undefined ? {} : { namespace: path.namespace }),
    options: {
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    },
  });
  if (list.code !== 200) throw new Refusal(list);
  const identity = { kind: entry.kind, apiVersion: apiVersionOf(entry, entry.version) };
  return listAt(list.body, 'items')
    .filter(isMap)
    .map((item) => storedObject({ ...identity, ...item }));
}

/** A watch with the given beginning as an HTTP answer. */
export function watchAnswer(
  start: WatchPlan['start'],
  query: URLSearchParams,
  presentation: Presentation,
  namespace?: string,
  announcesInitialEnd = false,
): WatchAnswer {
  const { entry, representation, face } = presentation;
  const selects = selectionOf(entry, selectors(query));
  const watch = openWatch(face.server, {
    resource: entry.storage,
    start,
    selects: (object) => (namespace === undefined || object.metadata.namespace === namespace) && selects(object),
    view: (object) => asVersion(storedObject(object), entry, face.server.config),
    present: (object, first) => presented(object, presentation, first),
    bookmark: (metadata) => presentedBookmark(metadata, presentation),
    announcesInitialEnd,
    allowsBookmarks: booleanParameter(query, 'allowWatchBookmarks'),
    timeoutSeconds: integerParameter(query, 'timeoutSeconds') || usualTimeout,
  });
  return { status: 200, headers: { 'Content-Type': representation.mediaType }, watch };
}

/** Undefined when the client does not care; kube-apiserver's rules for those who do. */
function initialEventsAsked(query: URLSearchParams): boolean | undefined {
  const match = textParameter(query, 'resourceVersionMatch');
  const asked = query.has('sendInitialEvents');
  const errors: FieldError[] = [];
  if (asked && match !== 'NotOlderThan') {
    errors.push(forbidden('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  }
  if (!asked && match !== undefined) {
    errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
  }
  if (errors.length > 0) throw invalidOptions('ListOptions', errors);
  return asked ? booleanParameter(query, 'sendInitialEvents') : undefined;
}
