import { goQuote } from '../../core/go-quote.ts';
import { jsonEqual } from '../../core/patch.ts';
import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { listAt, mapAt, textAt } from '../../model/raw-fields.ts';
import { isMap, ownField } from '../../model/raw-json.ts';
import { compareText } from '../../model/text-order.ts';
import { decodeFieldSet, encodeFieldSet, type FieldSet, fieldSetOf, isEmptySet, subtract, unite } from './field-set.ts';
import { fieldElement } from './path-element.ts';

/** One entry of `metadata.managedFields`: who owns which fields. */
export interface ManagedEntry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  /** RFC 3339; absent on entries that nobody timed. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** Entries by their identity: an applier has one whatever the version, an updater one for each version. */
export type Managers = ReadonlyMap<string, ManagedEntry>;

type Identity = Pick<ManagedEntry, 'manager' | 'operation' | 'apiVersion' | 'subresource'>;

export function managerId({ manager, operation, apiVersion, subresource }: Identity): string {
  // Conflicts are listed in the order of these texts, which therefore are kube-apiserver's.
  return JSON.stringify({
    ...(manager === '' ? {} : { manager }),
    operation,
    ...(operation === 'Apply' ? {} : { apiVersion }),
    ...(subresource === '' ? {} : { subresource }),
  });
}

/** Reads `metadata.managedFields`; undefined when an entry makes no sense. */
export function decodeManagers(encoded: readonly Json[]): Managers | undefined {
  const managers = new Map<string, ManagedEntry>();
  for (const item of encoded) {
    const entry = isMap(item) ? decodeEntry(item) : undefined;
    if (entry === undefined) return undefined;
    managers.set(managerId(entry), entry);
  }
  return managers;
}

function decodeEntry(item: JsonObject): ManagedEntry | undefined {
  const operation = item['operation'];
  const apiVersion = textAt(item, 'apiVersion');
  const fields = decodeFieldSet(item['fieldsV1'] ?? {});
  if ((operation !== 'Apply' && operation !== 'Update') || apiVersion === '' || item['fieldsType'] !== 'FieldsV1' || !fields)
    return undefined;
  const time = textAt(item, 'time');
  return {
    manager: textAt(item, 'manager'),
    operation,
    apiVersion,
    subresource: textAt(item, 'subresource'),
    time: time === '' ? undefined : time,
    fields,
  };
}

/** `metadata.managedFields` in kube-apiserver's order: appliers first, then by time and name. */
function encodeManagers(managers: Managers): readonly JsonObject[] {
  return [...managers.values()].sort(compareEntries).map(({ manager, operation, apiVersion, subresource, time, fields }) => ({
    ...(manager === '' ? {} : { manager }),
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: encodeFieldSet(fields),
    ...(subresource === '' ? {} : { subresource }),
  }));
}

function compareEntries(one: ManagedEntry, other: ManagedEntry): number {
  return (
    compareText(one.operation, other.operation) ||
    compareText(one.time ?? '', other.time ?? '') ||
    compareText(one.manager, other.manager) ||
    compareText(one.apiVersion, other.apiVersion) ||
    compareText(one.subresource, other.subresource)
  );
}

/** `"kubectl" with subresource "status" using v1`: a manager in messages about conflicts. */
export function printManager({ manager, operation, apiVersion, subresource }: Identity): string {
  const part = subresource === '' ? '' : ` with subresource ${goQuote(subresource)}`;
  return `${goQuote(manager)}${part}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
}

const identityFields = [
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
];

const unowned = fieldSetOf([
  ...['apiVersion', 'kind', 'metadata'].map((name) => [fieldElement(name)]),
  ...identityFields.map((name) => [fieldElement('metadata'), fieldElement(name)]),
]);

/** The set without what nobody owns: the object's type and identity. */
export function withoutIdentity(fields: FieldSet): FieldSet {
  return subtract(fields, unowned);
}

const mostUpdaters = 10;

/** Beyond ten updaters the oldest of each version are put together under one name. */
export function capUpdaters(managers: Managers): Managers {
  const updaters = [...managers].filter(([, entry]) => entry.operation === 'Update');
  if (updaters.length <= mostUpdaters) return managers;
  updaters.sort(([oneId, one], [otherId, other]) => compareText(one.time ?? '', other.time ?? '') || compareText(oneId, otherId));
  const capped = new Map(managers);
  const firstOfVersion = new Map<string, string>();
  let left = updaters.length;
  for (const [id, entry] of updaters) {
    if (left <= mostUpdaters) break;
    const first = firstOfVersion.get(entry.apiVersion);
    if (first === undefined) {
      firstOfVersion.set(entry.apiVersion, id);
      continue;
    }
    const identity = { manager: 'ancient-changes', operation: 'Update', apiVersion: entry.apiVersion, subresource: '' } as const;
    const bucketId = managerId(identity);
    const collected = capped.get(bucketId) ?? capped.get(first);
    if (!capped.has(bucketId)) capped.delete(first);
    const fields = collected === undefined ? entry.fields : unite(entry.fields, collected.fields);
    capped.set(bucketId, { ...identity, time: entry.time, fields });
    capped.delete(id);
    left--;
  }
  return capped;
}

/** The object's metadata.managedFields as they are stored. */
export function managedFieldsOf(object: JsonObject): readonly Json[] {
  return listAt(mapAt(object, 'metadata'), 'managedFields');
}

export function withoutManagedFields(object: JsonObject): JsonObject {
  if (!isMap(object['metadata'])) return object;
  const { managedFields: _, ...metadata } = object['metadata'];
  return { ...object, metadata };
}

/** The object with these managers. No managers leave no field. */
export function withManagers(object: JsonObject, managers: Managers): JsonObject {
  const bare = withoutManagedFields(object);
  const kept = new Map([...managers].filter(([, entry]) => !isEmptySet(entry.fields)));
  if (kept.size === 0) return bare;
  return { ...bare, metadata: { ...mapAt(bare, 'metadata'), managedFields: encodeManagers(kept) } };
}

/** A write that changes nothing but times of managers changes nothing: the old times stay. */
export function keepTimes(existing: JsonObject, written: JsonObject): JsonObject {
  const before = managedFieldsOf(existing);
  const after = managedFieldsOf(written);
  if (before.length !== after.length || before.length === 0) return written;
  if (!jsonEqual(before.map(timeless), after.map(timeless))) return written;
  if (!jsonEqual(withoutManagedFields(existing), withoutManagedFields(written))) return written;
  return { ...written, metadata: { ...mapAt(written, 'metadata'), managedFields: before } };
}

function timeless(entry: Json): Json {
  if (!isMap(entry)) return entry;
  const { time: _, ...rest } = entry;
  return rest;
}

/** `[]` and `[{}]` ask to forget all managers. */
export function asksForReset(object: JsonObject): boolean {
  const sent = ownField(mapAt(object, 'metadata'), 'managedFields');
  if (!isList(sent)) return false;
  const [only] = sent;
  return sent.length === 0 || (sent.length === 1 && isMap(only) && Object.keys(only).length === 0);
}
