import { jsonEqual } from '../../core/patch.ts';
import { type Json, type JsonObject, jsonOf, type KubeObject, nameOf, type ObjectRef } from '../../model/object.ts';
import { isMap, ownField } from '../../model/raw-json.ts';
import { ApiError, isGone } from '../../model/status.ts';

/** Somebody else keeps writing an object that we want to write. The message says who, where the object does. */
export class OvertakenError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OvertakenError';
  }
}

/** What a write was computed from, and what it would have changed; undefined where nothing is there, or nothing would change. */
export interface Attempt {
  readonly existing: KubeObject | undefined;
  readonly patch: JsonObject | undefined;
}

/** How often one write may be overtaken. */
export interface Patience {
  /** Counts a write that lost, and what it would be now. @throws OvertakenError when that was once too often */
  lost(before: Attempt, now: Attempt): void;
}

/** Writers that touch nothing of ours, a load balancer that reports its address for one, are waited out this often. */
const mostHarmless = 5;

/**
 * Where somebody else wrote first, the write is computed anew from what is there now, once. It does not count when nothing
 * changed that we were about to write.
 */
export function patience(ref: ObjectRef): Patience {
  let harmless = 0;
  let recomputed = false;
  return {
    lost(before, now) {
      if (isHarmless(before, now)) harmless += 1;
      else if (recomputed) throw new OvertakenError(whoWasFaster(ref, before.existing, now.existing));
      else recomputed = true;
      if (harmless > mostHarmless) throw new OvertakenError(whoWasFaster(ref, before.existing, now.existing));
    },
  };
}

/** A write that came too late: the object has another version, is there already, or is not there any more. */
export function isOvertaken(error: unknown, { existing }: Pick<Attempt, 'existing'>): error is ApiError {
  if (!(error instanceof ApiError)) return false;
  return error.code === 409 || (isGone(error) && existing !== undefined);
}

function isHarmless(before: Attempt, now: Attempt): boolean {
  if (before.existing === undefined || now.existing === undefined) return before.existing === now.existing;
  if (before.existing.metadata.uid !== now.existing.metadata.uid || before.patch === undefined) return false;
  return jsonEqual(before.patch, now.patch) && sameAt(before.patch, jsonOf(before.existing), jsonOf(now.existing));
}

/** Whether two objects agree in every field that a patch names. */
function sameAt(patch: Json | undefined, before: Json | undefined, now: Json | undefined): boolean {
  if (!isMap(patch) || !isMap(before) || !isMap(now)) return jsonEqual(before, now);
  return Object.keys(patch).every((field) => sameAt(patch[field], ownField(before, field), ownField(now, field)));
}

function whoWasFaster(ref: ObjectRef, before: KubeObject | undefined, now: KubeObject | undefined): string {
  const name = nameOf(ref);
  if (now === undefined) return `${name} was deleted meanwhile`;
  const writer = newestWriter(before, now);
  const versions = `resourceVersion ${now.metadata.resourceVersion ?? '<none>'}, expected ${before?.metadata.resourceVersion ?? '<none>'}`;
  return `${name} was ${before === undefined ? 'created' : 'changed'}${writer === undefined ? '' : ` by ${writer}`} meanwhile (${versions})`;
}

/** Who wrote last: of the managers whose entry is new or other than it was, the newest. */
function newestWriter(before: KubeObject | undefined, now: KubeObject): string | undefined {
  const known = before?.metadata.managedFields ?? [];
  const entries = now.metadata.managedFields ?? [];
  const news = entries.filter((entry) => !known.some((old) => jsonEqual(old, entry)));
  const timeOf = ({ time }: JsonObject) => (typeof time === 'string' ? time : '');
  const newest = (news.length > 0 ? news : entries).reduce<JsonObject | undefined>(
    (latest, entry) => (latest !== undefined && timeOf(latest) > timeOf(entry) ? latest : entry),
    undefined,
  );
  return typeof newest?.['manager'] === 'string' ? newest['manager'] : undefined;
}
