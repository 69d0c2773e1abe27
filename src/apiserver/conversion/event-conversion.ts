import type { Json, JsonObject } from '../../model/object.ts';
import { storedObject } from '../json.ts';
import type { StoredObject } from '../store.ts';

/** Events of events.k8s.io and core Events are the same objects; these fields have two names. Core's comes first. */
const names: readonly (readonly [core: string, other: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];

export function eventFromCore(event: StoredObject): StoredObject {
  const renamed = rename(event, new Map(names));
  const { reportingController, reportingInstance, ...rest } = renamed;
  return storedObject({
    ...rest,
    apiVersion: 'events.k8s.io/v1',
    ...(reportingController ? { reportingController } : {}),
    ...(reportingInstance ? { reportingInstance } : {}),
  });
}

export function eventToCore(event: StoredObject): StoredObject {
  const renamed = rename(event, new Map(names.map(([core, other]) => [other, core])));
  return storedObject({ reportingComponent: '', reportingInstance: '', ...renamed, apiVersion: 'v1' });
}

function rename(object: JsonObject, to: ReadonlyMap<string, string>): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([field, value]): [string, Json][] => (value === undefined ? [] : [[to.get(field) ?? field, value]])),
  );
}
