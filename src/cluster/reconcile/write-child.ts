import { createMergePatch } from '../../core/patch.ts';
import type { Planned, Refusal } from '../../core/reconcile.ts';
import type { Step } from '../../core/step.ts';
import { jsonOf, type KubeObject, type ObjectRef } from '../../model/object.ts';
import type { Cluster, WriteOptions } from '../cluster.ts';
import { createOrPatch } from './create-or-patch.ts';
import { type Attempt, isOvertaken, patience } from './overtaken.ts';

/** What is there, and what should be there instead. */
export interface Look<T extends KubeObject> {
  readonly existing: T | undefined;
  readonly desired: Planned<T>;
}

/**
 * Looks, and writes what should be there. A write that came too late is never forced: it looks again, with `again`, and goes on
 * from what is there now, as patiently as `overtaken.ts` says. Often the other writer was VM Operator itself, and nothing is left
 * to do.
 *
 * @throws ApiError, ConnectionError, UnknownOutcomeError and OvertakenError, and what `look` throws
 */
export async function writeChild<T extends KubeObject>(
  cluster: Cluster,
  ref: ObjectRef,
  look: (again: boolean) => Promise<Look<T>>,
  options: WriteOptions,
): Promise<{ readonly step: Step; readonly object: KubeObject } | { readonly refusal: Refusal }> {
  const waiting = patience(ref);
  for (let found = await look(false); ; ) {
    if ('refusal' in found.desired) return found.desired;
    try {
      const step = await createOrPatch(cluster, found.existing, found.desired.plan, options);
      return { step, object: step.after };
    } catch (error) {
      if (!isOvertaken(error, found)) throw error;
      const now = await look(true);
      if ('refusal' in now.desired) return now.desired;
      waiting.lost(attemptOf(found.existing, found.desired.plan), attemptOf(now.existing, now.desired.plan));
      found = now;
    }
  }
}

function attemptOf<T extends KubeObject>(existing: T | undefined, desired: T): Attempt {
  return { existing, patch: existing === undefined ? undefined : createMergePatch(jsonOf(existing), jsonOf(desired)) };
}
