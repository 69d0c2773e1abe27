import type { Json, JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { emptySet, type FieldSet, fieldSetOf, intersect, isEmptySet, pathsOf, subtract, unite, withoutFields } from './field-set.ts';
import type { FieldType } from './field-type.ts';
import { type ManagedEntry, type Managers, managerId } from './managed-fields.ts';
import { fieldElement, type PathElement } from './path-element.ts';
import { mergeValues, removePaths, withNamedFields } from './typed-merge.ts';
import { type Comparison, compareValues, fieldSetOfValue, type Path } from './typed-value.ts';

/** Objects as the version of a manager sees them; undefined where there is no such version any more. */
export interface Versions {
  /** Of the request. */
  readonly current: string;
  readonly typeIn: (apiVersion: string) => FieldType | undefined;
  readonly convert: (object: JsonObject, apiVersion: string) => JsonObject | undefined;
  /** Fields at the root that this request cannot write: `status` through the object itself, the rest through `/status`. */
  readonly reset: readonly PathElement[];
}

/** Somebody else's field that an applier sets to another value. */
export interface Conflict {
  readonly manager: ManagedEntry;
  readonly path: Path;
}

export type ApplyResult = { readonly object: JsonObject; readonly managers: Managers } | { readonly conflicts: readonly Conflict[] };

/**
 * Whose the fields are after a client wrote the object: what it changed or added it `gained`, and nobody else has any more; what it
 * removed is nobody's. Mirrors structured-merge-diff's updater.
 */
export function updateOwnership(
  before: JsonObject,
  after: JsonObject,
  managers: Managers,
  versions: Versions,
): { readonly managers: Managers; readonly gained: FieldSet } {
  const { managers: others, comparison } = changeHands(before, after, managers, undefined, versions);
  return { managers: others, gained: withoutFields(unite(comparison.modified, comparison.added), versions.reset) };
}

/**
 * Lays an applied configuration over the live object, and removes what the same applier applied before, does not apply any more,
 * and nobody else owns. Without `force`, other managers' fields with other values are conflicts.
 */
export function applyConfiguration(
  live: JsonObject,
  applied: JsonObject,
  managers: Managers,
  applier: ManagedEntry,
  versions: Versions,
  force: boolean,
): ApplyResult {
  const type = versions.typeIn(versions.current) ?? {};
  const id = managerId(applier);
  const last = managers.get(id);
  const fields = withoutFields(fieldSetOfValue(applied, type), versions.reset);
  const withApplier = new Map(managers).set(id, { ...applier, fields });
  const merged = asObject(mergeValues(live, applied, type));
  const object = last === undefined || isEmptySet(last.fields) ? merged : prune(merged, last, withApplier, versions);
  const { managers: others, conflicts } = changeHands(live, object, withApplier, id, versions);
  return force || conflicts.length === 0 ? { object, managers: others } : { conflicts };
}

/** What others lose by a change. `keeper` loses nothing: it is the one who applies. */
function changeHands(
  before: JsonObject,
  after: JsonObject,
  managers: Managers,
  keeper: string | undefined,
  versions: Versions,
): { readonly managers: Managers; readonly conflicts: readonly Conflict[]; readonly comparison: Comparison } {
  const comparisons = new Map<string, Comparison | undefined>();
  const comparisonIn = (apiVersion: string): Comparison | undefined => {
    if (!comparisons.has(apiVersion)) comparisons.set(apiVersion, compareIn(apiVersion, before, after, versions));
    return comparisons.get(apiVersion);
  };
  const left = new Map<string, ManagedEntry>();
  const conflicts: Conflict[] = [];
  for (const [id, entry] of managers) {
    const comparison = comparisonIn(entry.apiVersion);
    if (id === keeper) {
      if (!isEmptySet(entry.fields)) left.set(id, entry);
    } else if (comparison !== undefined) {
      const taken = intersect(entry.fields, unite(comparison.modified, comparison.added));
      conflicts.push(...pathsOf(taken).map((path) => ({ manager: entry, path })));
      const fields = subtract(subtract(entry.fields, taken), comparison.removed);
      if (!isEmptySet(fields)) left.set(id, { ...entry, fields });
    }
  }
  return { managers: left, conflicts, comparison: comparisonIn(versions.current) ?? none };
}

const none: Comparison = { added: emptySet, modified: emptySet, removed: emptySet };

function compareIn(apiVersion: string, before: JsonObject, after: JsonObject, versions: Versions): Comparison | undefined {
  const type = versions.typeIn(apiVersion);
  const one = versions.convert(before, apiVersion);
  const other = versions.convert(after, apiVersion);
  if (type === undefined || one === undefined || other === undefined) return undefined;
  const { added, modified, removed } = compareValues(one, other, type);
  const { reset } = versions;
  return { added: withoutFields(added, reset), modified: withoutFields(modified, reset), removed: withoutFields(removed, reset) };
}

function prune(merged: JsonObject, last: ManagedEntry, managers: Managers, versions: Versions): JsonObject {
  const { apiVersion } = last;
  const type = versions.typeIn(apiVersion);
  const whole = versions.convert(merged, apiVersion);
  if (type === undefined || whole === undefined) return merged;
  const lastFields = withNamedFields(last.fields, type);
  let pruned = asObject(removePaths(whole, lastFields, type));
  for (const [version, owned] of ownedByVersion(managers, apiVersion)) pruned = addBackOwned(whole, pruned, owned, version, versions);
  pruned = versions.convert(pruned, apiVersion) ?? pruned;
  // What is missing now was either applied before by this applier, or has to come back.
  const gone = subtract(fieldsIn(whole, type), fieldsIn(pruned, type));
  const result = asObject(removePaths(whole, intersect(gone, lastFields), type));
  return versions.convert(result, versions.current) ?? result;
}

/** All managers' fields, version by version, the given one first. */
function ownedByVersion(managers: Managers, first: string): ReadonlyMap<string, FieldSet> {
  const owned = new Map<string, FieldSet>([[first, emptySet]]);
  for (const { apiVersion, fields } of managers.values()) owned.set(apiVersion, unite(owned.get(apiVersion) ?? emptySet, fields));
  return owned;
}

function addBackOwned(merged: JsonObject, pruned: JsonObject, owned: FieldSet, apiVersion: string, versions: Versions): JsonObject {
  const type = versions.typeIn(apiVersion);
  const whole = versions.convert(merged, apiVersion);
  const part = versions.convert(pruned, apiVersion);
  if (type === undefined || whole === undefined || part === undefined) return pruned;
  const kept = unite(fieldsIn(part, type), withNamedFields(owned, type));
  return asObject(removePaths(whole, subtract(fieldsIn(whole, type), kept), type));
}

function fieldsIn(value: JsonObject, type: FieldType): FieldSet {
  return withNamedFields(fieldSetOfValue(value, type), type);
}

function asObject(value: Json | undefined): JsonObject {
  return isMap(value) ? value : {};
}

/** The root fields that a write leaves alone. */
export function resetFields(subresource: string | undefined): readonly PathElement[] {
  if (subresource === undefined) return [fieldElement('status')];
  return subresource === 'status' ? [fieldElement('spec')] : [];
}

/** Conflict paths as a set, to see which of them another set explains. */
export function conflictSet(conflicts: readonly Conflict[]): FieldSet {
  return fieldSetOf(conflicts.map(({ path }) => path));
}
