import { exceeds, objectUse, type QuotaCounts, type QuotaUse, quotaNames, quotaStatus } from '../../core/quota.ts';
import { jsonOf } from '../../model/object.ts';
import { mapAt } from '../../model/raw-fields.ts';
import { resourceQuotaOf } from '../../model/resource-quota.ts';
import { type Resource, resourceQuotas } from '../../model/resources.ts';
import { compareText } from '../../model/text-order.ts';
import { forbiddenRequest, Refusal } from '../answers.ts';
import { commitObject } from '../commit.ts';
import { storedObject } from '../json.ts';
import type { StoreEvent } from '../request.ts';
import { objectsIn, type State, type StoredObject } from '../store.ts';

/** A write of an object, as quotas see it. */
export interface QuotaWrite {
  readonly resource: Resource;
  readonly object: StoredObject;
  /** Undefined on creation. */
  readonly before: StoredObject | undefined;
}

interface Charge {
  readonly quota: StoredObject;
  readonly used: QuotaUse;
}

/**
 * What a write takes of the quotas of its namespace. Mirrors kube-apiserver's ResourceQuota admission: only a status counts, which
 * somebody else writes; what becomes less is given back by that somebody; and what is not counted here (CPU, memory, storage) is not
 * limited either. Of several quotas the first by name refuses.
 * @throws Refusal where one has no room
 */
export function quotaCharges(state: State, { resource, object, before }: QuotaWrite): readonly Charge[] {
  const { namespace = '', name } = object.metadata;
  const quotas = [...objectsIn(state, resourceQuotas, namespace).values()].filter(isUnscoped);
  if (quotas.length === 0) return [];
  const use = objectUse(object, resource);
  const requested = before === undefined ? use : more(use, objectUse(before, resource));
  return quotas
    .toSorted((one, other) => compareText(one.metadata.name, other.metadata.name))
    .flatMap((quota) => {
      const counts = quotaStatus(resourceQuotaOf(quota));
      const why = unknownStatus(counts, resource) ?? exceeds(requested, counts);
      if (why !== undefined) throw new Refusal(forbiddenRequest(resource, name, why));
      const taken = [...requested].filter(([key, amount]) => amount > 0 && counts.hard.has(key));
      if (taken.length === 0) return [];
      return [{ quota, used: new Map(taken.map(([key, amount]) => [key, (counts.used.get(key) ?? 0) + amount])) }];
    });
}

/** What is more than before; less is nobody's to give back here. */
function more(use: QuotaUse, before: QuotaUse): QuotaUse {
  return new Map([...use].map(([key, amount]) => [key, Math.max(0, amount - (before.get(key) ?? 0))]));
}

/** The state in which that is taken. */
export function charged(state: State, charges: readonly Charge[]): { readonly state: State; readonly events: readonly StoreEvent[] } {
  let now = state;
  const events: StoreEvent[] = [];
  for (const { quota, used } of charges) {
    const status = mapAt(quota, 'status');
    const written = Object.fromEntries([...used].map(([key, amount]) => [key, String(amount)]));
    const next = storedObject({ ...quota, status: { ...status, used: { ...mapAt(status, 'used'), ...written } } });
    const commit = commitObject(now, resourceQuotas, next, quota);
    now = commit.state;
    events.push(...commit.events);
  }
  return { state: now, events };
}

/** Scopes are about pods and classes of volumes: a quota that has some counts nothing else. */
function isUnscoped(quota: StoredObject): boolean {
  const { scopes, scopeSelector } = mapAt(jsonOf(quota), 'spec');
  return !(Array.isArray(scopes) && scopes.length > 0) && scopeSelector === undefined;
}

/** A limit whose use nobody has counted yet lets nothing through. */
function unknownStatus({ name, hard, used }: QuotaCounts, resource: Resource): string | undefined {
  const matching = quotaNames(resource)
    .filter((key) => hard.has(key))
    .toSorted();
  if (matching.every((key) => used.has(key))) return undefined;
  return `status unknown for quota: ${name}, resources: ${matching.join(',')}`;
}
