import { jsonEqual } from '../../core/patch.ts';
import type { Json, JsonObject, KubeObject } from '../../model/object.ts';
import { mapAt, textAt } from '../../model/raw-fields.ts';
import { isMap, ownField } from '../../model/raw-json.ts';
import { apiVersionOf } from '../../model/resources.ts';
import { storedObject } from '../json.ts';
import type { ServedResource } from '../request.ts';
import type { SchemaLookup } from '../schema/schema.ts';
import type { StructuralSchema } from '../schema/schema-structure.ts';
import type { ApplyOptions, ApplyOutcome } from '../schema/schema-types.ts';
import { conflictOutcome } from './apply-conflicts.ts';
import { blankObject, builtInType, objectMetaType } from './built-in-types.ts';
import {
  applyConfiguration,
  conflictSet,
  type ApplyResult as OwnershipResult,
  resetFields,
  updateOwnership,
  type Versions,
} from './field-ownership.ts';
import { emptySet, hasPath, isEmptySet, subtract, unite } from './field-set.ts';
import { type FieldType, fieldTypeOf } from './field-type.ts';
import { fieldsOfLastApplied, withLastApplied } from './last-applied.ts';
import {
  asksForReset,
  capUpdaters,
  decodeManagers,
  keepTimes,
  type ManagedEntry,
  type Managers,
  managedFieldsOf,
  managerId,
  withManagers,
  withoutIdentity,
  withoutManagedFields,
} from './managed-fields.ts';
import { fitsType, typeProblem } from './typed-check.ts';
import { withoutNulls } from './typed-merge.ts';

/** An object in another version of its kind; undefined when that version is not served. */
export type ConvertVersion = (object: JsonObject, resource: ServedResource, apiVersion: string) => JsonObject | undefined;

/** Server-side apply, and the bookkeeping of who owns which field, for built-in kinds and for those of the given schemas. */
export interface FieldManagement {
  /** @see PatchAlgorithms.serverSideApply */
  apply(existing: KubeObject | undefined, applied: JsonObject, options: ApplyOptions): ApplyOutcome;
  /** @see PatchAlgorithms.recordUpdate */
  recordUpdate(existing: KubeObject | undefined, written: KubeObject, options: Omit<ApplyOptions, 'force'>, sent?: KubeObject): KubeObject;
}

export function fieldManagement(lookup: SchemaLookup, convert: ConvertVersion = sameFields): FieldManagement {
  const types = new WeakMap<StructuralSchema, FieldType>();
  const customType = (schema: StructuralSchema): FieldType => {
    const known = types.get(schema) ?? customResourceType(schema);
    types.set(schema, known);
    return known;
  };
  const contextOf = (options: Omit<ApplyOptions, 'force'>): Context => {
    const { resource, subresource } = options;
    const current = apiVersionOf(resource, resource.version);
    const isCustom = lookup(resource) !== undefined;
    const versions: Versions = {
      current,
      typeIn: (apiVersion) => {
        if (!isCustom) return apiVersion === current ? builtInType(resource) : undefined;
        const schema = lookup({ ...resource, version: apiVersion.slice(apiVersion.indexOf('/') + 1) });
        return schema === undefined ? undefined : customType(schema);
      },
      convert: (object, apiVersion) => (object['apiVersion'] === apiVersion ? object : convert(object, resource, apiVersion)),
      reset: resetFields(subresource),
    };
    return { options, versions, isCustom };
  };
  return {
    apply: (existing, applied, options) => apply(existing, applied, options, contextOf(options)),
    recordUpdate: (existing, written, options, sent) => recordUpdate(existing, written, contextOf(options), sent),
  };
}

interface Context {
  readonly options: Omit<ApplyOptions, 'force'>;
  readonly versions: Versions;
  readonly isCustom: boolean;
}

/** Right for kinds whose versions have the same fields; the others' moved fields count as not owned in the other version. */
function sameFields(object: JsonObject, _: ServedResource, apiVersion: string): JsonObject {
  return { ...object, apiVersion };
}

function customResourceType(schema: StructuralSchema): FieldType {
  const type = fieldTypeOf(schema);
  const fields = new Map<string, FieldType>([
    ...(type.map?.fields ?? []),
    ['apiVersion', { scalar: 'string' }],
    ['kind', { scalar: 'string' }],
    ['metadata', objectMetaType],
  ]);
  return { map: { atomic: false, fields, element: type.map?.element, defaults: new Map() } };
}

function blank({ options, versions, isCustom }: Context): JsonObject {
  const type = { apiVersion: versions.current, kind: options.resource.kind };
  return isCustom ? type : { ...type, ...blankObject(options.resource) };
}

function entryOf(
  { options, versions }: Context,
  operation: 'Apply' | 'Update',
  time: string | undefined,
  manager = options.fieldManager,
): ManagedEntry {
  return {
    manager: manager === '' ? 'unknown' : manager,
    operation,
    apiVersion: versions.current,
    subresource: options.subresource ?? '',
    time,
    fields: emptySet,
  };
}

function recordUpdate(existing: KubeObject | undefined, written: KubeObject, context: Context, sent?: KubeObject): KubeObject {
  const before = existing === undefined ? undefined : storedObject(existing);
  const after = storedObject(written);
  const type = context.versions.typeIn(context.versions.current) ?? {};
  if (context.isCustom && sent !== undefined && !fitsType(storedObject(sent), type)) return storedObject(withoutManagedFields(after));
  const managers = managersForUpdate(before, after, context.options.subresource !== undefined);
  // Objects that came without managers stay without, until somebody applies.
  if (before !== undefined && managers.size === 0) return storedObject(withoutManagedFields(after));
  const updated = ownershipAfterUpdate(
    before ?? blank(context),
    withoutManagedFields(after),
    managers,
    entryOf(context, 'Update', context.options.now),
    context,
  );
  const result = withManagers(after, updated);
  return storedObject(before === undefined ? result : keepTimes(before, result));
}

/** A client may bring its own list of managers, or reset it; through a subresource it may not. */
function managersForUpdate(before: JsonObject | undefined, after: JsonObject, isSubresource: boolean): Managers {
  const live = (before && decodeManagers(managedFieldsOf(before))) ?? new Map();
  if (isSubresource) return live;
  if (asksForReset(after)) return new Map();
  const sent = decodeManagers(managedFieldsOf(after));
  return sent === undefined || sent.size === 0 ? live : sent;
}

function ownershipAfterUpdate(before: JsonObject, after: JsonObject, managers: Managers, writer: ManagedEntry, context: Context): Managers {
  const { managers: others, gained } = updateOwnership(before, after, managers, context.versions);
  const fields = withoutIdentity(gained);
  if (isEmptySet(fields)) return capUpdaters(others);
  const id = managerId(writer);
  const previous = others.get(id);
  return capUpdaters(new Map(others).set(id, { ...writer, fields: previous === undefined ? fields : unite(fields, previous.fields) }));
}

function apply(existing: KubeObject | undefined, applied: JsonObject, options: ApplyOptions, context: Context): ApplyOutcome {
  const problem = requestProblem(applied, context);
  if (problem !== undefined) return { error: problem };
  const live = existing === undefined ? blank(context) : storedObject(existing);
  const managers = managersForApply(existing === undefined ? undefined : live, context);
  if (managers === undefined)
    return { error: { code: 500, message: 'failed to decode managed fields: an entry of metadata.managedFields makes no sense' } };
  const applier = entryOf(context, 'Apply', undefined);
  const attempt = (force: boolean): OwnershipResult =>
    applyConfiguration(withoutManagedFields(live), applied, managers, applier, context.versions, force);
  let result = attempt(options.force);
  if ('conflicts' in result && options.fieldManager === 'kubectl') {
    const allowed = fieldsOfLastApplied(live, context.versions);
    const conflicts = result.conflicts.filter(({ path }) => !hasPath(allowed, path));
    result = isEmptySet(subtract(conflictSet(result.conflicts), allowed)) ? attempt(true) : { conflicts };
  }
  if ('conflicts' in result) return conflictOutcome(result.conflicts);
  const type = context.versions.typeIn(context.versions.current) ?? {};
  const whole = context.isCustom ? withoutMetadataNulls(result.object) : asObject(withoutNulls(result.object, type));
  const object = options.fieldManager === 'kubectl' ? withLastApplied(whole, applied) : whole;
  const timed = withTime(result, live, managerId(applier), managers, options.now);
  const finished = withManagers(object, timed);
  return { object: storedObject(existing === undefined ? finished : keepTimes(live, finished)) };
}

/** Nothing takes the nulls of a custom resource away but those of its metadata: its schema is to refuse them. */
function withoutMetadataNulls(object: JsonObject): JsonObject {
  return { ...object, metadata: withoutNulls(mapAt(object, 'metadata'), objectMetaType) };
}

function requestProblem(
  applied: JsonObject,
  { options, versions }: Context,
): { readonly code: 400 | 500; readonly message: string } | undefined {
  const apiVersion = textAt(applied, 'apiVersion');
  const kind = textAt(applied, 'kind');
  const slash = apiVersion.indexOf('/');
  const named = `${apiVersion.slice(0, Math.max(slash, 0))}/${apiVersion.slice(slash + 1)}, Kind=${kind}`;
  if (apiVersion !== versions.current || kind !== options.resource.kind) return { code: 400, message: `invalid object type: ${named}` };
  const metadata = mapAt(applied, 'metadata');
  const sent = ownField(metadata, 'managedFields');
  if (sent !== undefined && sent !== null) return { code: 400, message: 'metadata.managedFields must be nil' };
  const mismatch = typeProblem(applied, versions.typeIn(versions.current) ?? {});
  if (mismatch === undefined) return undefined;
  const place = `${textAt(metadata, 'namespace')}/${textAt(metadata, 'name')}; ${named}`;
  return { code: 500, message: `failed to create typed patch object (${place}): ${mismatch}` };
}

/** An object without managers gets one for all that it had before somebody first applied. */
function managersForApply(live: JsonObject | undefined, context: Context): Managers | undefined {
  const managers = live === undefined ? new Map() : decodeManagers(managedFieldsOf(live));
  if (live === undefined || managers === undefined || managers.size > 0) return managers;
  const writer = entryOf(context, 'Update', context.options.now, 'before-first-apply');
  return ownershipAfterUpdate(blank(context), withoutManagedFields(live), managers, writer, context);
}

/** The applier's entry without the object's identity, and with a new time when the object changed. */
function withTime(
  result: Extract<OwnershipResult, { object: JsonObject }>,
  live: JsonObject,
  id: string,
  before: Managers,
  now: string,
): Managers {
  const managers = new Map(result.managers);
  const entry = managers.get(id);
  if (entry === undefined) return managers;
  const unchanged = jsonEqual(withoutManagedFields(live), result.object);
  managers.set(id, { ...entry, fields: withoutIdentity(entry.fields), time: unchanged ? before.get(id)?.time : now });
  return managers;
}

function asObject(value: Json): JsonObject {
  return isMap(value) ? value : {};
}
