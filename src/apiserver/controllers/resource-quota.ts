import { jsonEqual } from '../../core/patch.ts';
import { objectUse, quotaNames } from '../../core/quota.ts';
import type { JsonObject } from '../../model/object.ts';
import { mapAt } from '../../model/raw-fields.ts';
import { type Resource, resourceQuotas, services } from '../../model/resources.ts';
import { storedObject } from '../json.ts';
import type { StoreEvent } from '../request.ts';
import { findKind, servedResources } from '../resources.ts';
import { findObject, objectsIn, type State, type StoredObject } from '../store.ts';
import type { ControllerRequest, ControllerTools } from './controller.ts';

/**
 * Counts what quotas limit, as kube-controller-manager does: when a quota is new or changed, and when something goes or becomes less.
 * What comes in was counted at admission. A use that was loaded stays as it was written until then.
 */
export function resourceQuota(state: State, events: readonly StoreEvent[], { config }: ControllerTools): readonly ControllerRequest[] {
  const resource = findKind(config.profile, 'v1', 'ResourceQuota');
  const due = quotasDue(state, events);
  if (resource === undefined || due.length === 0) return [];
  const stored = [...new Set(servedResources(config.profile).map(({ storage }) => storage))];
  return due.flatMap((quota) => {
    const { name, namespace = '' } = quota.metadata;
    const status = { hard: limitsOf(quota), used: usedOf(state, quota, stored) };
    if (jsonEqual(status, mapAt(quota, 'status'))) return [];
    const options = { fieldManager: 'kube-controller-manager' };
    return [{ verb: 'update', resource, namespace, name, subresource: 'status', body: storedObject({ ...quota, status }), options }];
  });
}

function quotasDue(state: State, events: readonly StoreEvent[]): readonly StoredObject[] {
  const due = events.flatMap((event) => {
    const { namespace = '', name } = event.object.metadata;
    if (event.resource === resourceQuotas) {
      const quota = findObject(state, resourceQuotas, namespace, name);
      return quota !== undefined && !isCounted(quota) ? [quota] : [];
    }
    if (!isLess(event)) return [];
    const names = quotaNames(event.resource);
    return [...objectsIn(state, resourceQuotas, namespace).values()].filter((quota) => names.some((key) => key in limitsOf(quota)));
  });
  return [...new Set(due)];
}

/** Whether its status is about the limits that it has now. */
function isCounted(quota: StoredObject): boolean {
  return jsonEqual(mapAt(mapAt(quota, 'status'), 'hard'), limitsOf(quota));
}

/** Whether there is less to count than before. */
function isLess({ type, resource, object, before }: StoreEvent): boolean {
  if (type !== 'MODIFIED') return type === 'DELETED';
  if (resource !== services || before === undefined) return false;
  const now = objectUse(object, resource);
  return [...objectUse(before, resource)].some(([key, amount]) => amount > (now.get(key) ?? 0));
}

function limitsOf(quota: StoredObject): JsonObject {
  return mapAt(mapAt(quota, 'spec'), 'hard');
}

/** What nothing here counts (CPU, memory, storage) keeps the use that it had. */
function usedOf(state: State, quota: StoredObject, stored: readonly Resource[]): JsonObject {
  const before = mapAt(mapAt(quota, 'status'), 'used');
  const entries = Object.keys(limitsOf(quota)).flatMap((key) => {
    const counted = stored.filter((resource) => resource.namespaced && quotaNames(resource).includes(key));
    if (counted.length === 0) return before[key] === undefined ? [] : [[key, before[key]] as const];
    const amounts = counted.flatMap((resource) =>
      [...objectsIn(state, resource, quota.metadata.namespace ?? '').values()].map((object) => objectUse(object, resource).get(key) ?? 0),
    );
    return [[key, String(amounts.reduce((sum, amount) => sum + amount, 0))] as const];
  });
  return Object.fromEntries(entries);
}
