import { type JsonObject, type KubeObject, kindAndName } from '../model/object.ts';
import { conditionsOf } from '../model/raw-fields.ts';
import { isMap } from '../model/raw-json.ts';
import type { EventRow } from './event-rows.ts';

/**
 * Something that happened to an object, or was written to it, as a row of a timeline. Its type is that of an event, or `Condition` or
 * `Change` for what the objects themselves tell.
 */
export interface TimelineRow extends EventRow {
  readonly namespace: string;
}

/** What an object tells of its own past, where no event does: when its conditions changed, and who wrote which fields when. */
export function ownHistory(object: KubeObject): readonly TimelineRow[] {
  return [...conditionRows(object), ...changeRows(object)];
}

/** That an object went away, of which nobody writes an event, and which an object that is gone cannot tell. */
export function goneRow(object: KubeObject, noticed: string, message: string): TimelineRow {
  return rowOf(object, 'Change', 'deleted', noticed, message);
}

/** Only the last change of a condition is known, and what it has been since. */
function conditionRows(object: KubeObject): readonly TimelineRow[] {
  return conditionsOf(object).flatMap(({ type, status: now, reason, message, lastTransitionTime }) => {
    if (lastTransitionTime === undefined) return [];
    const why = [reason, message].filter((text) => text !== '' && text !== now).join(': ');
    return [rowOf(object, 'Condition', type, lastTransitionTime, why === '' ? `now ${now}` : `now ${now}: ${why}`)];
  });
}

/** Of each writer only the last time is known, and all the fields that are its own. Status is told by conditions and events. */
function changeRows(object: KubeObject): readonly TimelineRow[] {
  return (object.metadata.managedFields ?? []).flatMap(({ manager, time, subresource, fieldsV1 }) => {
    if (typeof time !== 'string' || typeof manager !== 'string' || subresource === 'status' || !isMap(fieldsV1)) return [];
    const fields = fieldNames(fieldsV1);
    const [first] = fields;
    if (first === undefined) return [];
    const parts = fields.map(({ field, keys }) => (keys.length === 0 ? field : `${field} ${keys.join(', ')}`));
    return [rowOf(object, 'Change', first.field, time, `${few(parts).join('; ')} by ${manager}`)];
  });
}

interface FieldNames {
  /** `labels`, `spec.ports`. */
  readonly field: string;
  /** Of labels, annotations and the like: which. */
  readonly keys: readonly string[];
}

const listed: ReadonlySet<string> = new Set(['labels', 'annotations']);

/** What a set of fields holds, two levels deep: that is what a person would look for. */
function fieldNames(fields: JsonObject): readonly FieldNames[] {
  return inner(fields).flatMap(([top, below]) =>
    inner(below).flatMap(([name, deeper]): FieldNames[] => {
      const field = top === 'metadata' ? name : `${top}.${name}`;
      if (top === 'status' || name === '.') return [];
      return [{ field, keys: listed.has(name) ? inner(deeper).flatMap(([key]) => (key === '.' ? [] : [key])) : [] }];
    }),
  );
}

/** `f:labels` and what is below it. */
function inner(fields: JsonObject): readonly (readonly [string, JsonObject])[] {
  return Object.entries(fields).flatMap(([key, value]) =>
    key.startsWith('f:') ? [[key.slice(2), isMap(value) ? value : {}] as const] : [],
  );
}

const mostFields = 6;

function few(parts: readonly string[]): readonly string[] {
  return parts.length <= mostFields ? parts : [...parts.slice(0, mostFields), `${parts.length - mostFields} more`];
}

function rowOf(object: KubeObject, type: string, reason: string, at: string, message: string): TimelineRow {
  const { namespace = '', name } = object.metadata;
  return { namespace, firstSeen: at, lastSeen: at, count: 1, type, reason, object: kindAndName({ kind: object.kind, name }), message };
}
