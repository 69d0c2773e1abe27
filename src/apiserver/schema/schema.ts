import type { FieldError } from '../../core/field-errors.ts';
import type { JsonObject, KubeObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { storedObject } from '../json.ts';
import { decodeMetadata } from '../metadata/metadata-decoding.ts';
import type { ServedResource } from '../request.ts';
import type { StoredObject } from '../store.ts';
import type { CustomResourceDefinition } from './crds.ts';
import { applyDefaults } from './schema-default.ts';
import { blocksRules, rulesNotChecked } from './schema-errors.ts';
import { type Fit, objectFit } from './schema-fit.ts';
import { validateLists } from './schema-lists.ts';
import { dropNulls, pruneObject } from './schema-prune.ts';
import { validateRules } from './schema-rules.ts';
import { type StructuralSchema, structuralSchema } from './schema-structure.ts';
import type { CustomResourceSchemas, PrunedObject } from './schema-types.ts';
import { validateSchema } from './schema-validate.ts';

/** The structural schema of a kind in one version; undefined for kinds without a definition. */
export type SchemaLookup = (resource: ServedResource) => StructuralSchema | undefined;

/** Finds schemas by group, kind and version. Each is read when it is first asked for, and then kept. */
export function schemaLookup(definitions: readonly CustomResourceDefinition[]): SchemaLookup {
  const sources = new Map<string, JsonObject>();
  for (const { group, kind, versions } of definitions) {
    for (const { name, schema } of versions) sources.set(keyOf({ group, kind, version: name }), schema);
  }
  const read = new Map<string, StructuralSchema>();
  return (resource) => {
    const key = keyOf(resource);
    const known = read.get(key);
    const source = sources.get(key);
    if (known !== undefined || source === undefined) return known;
    const schema = structuralSchema(source);
    read.set(key, schema);
    return schema;
  };
}

function keyOf({ group, kind, version }: { readonly group: string; readonly kind: string; readonly version: string }): string {
  return `${group}/${version}/${kind}`;
}

/** What the custom resources of these schemas look like, and what is wrong with those that do not. */
export function customResourceSchemas(lookup: SchemaLookup): CustomResourceSchemas {
  const fits = new Map<StructuralSchema, Fit>();
  const isPlain = (object: StoredObject, schema: StructuralSchema): boolean => {
    const known = fits.get(schema) ?? objectFit(schema);
    fits.set(schema, known);
    return known(object);
  };
  return {
    prune: (object, resource, nulls = 'drop') => prune(object, lookup(resource), nulls, isPlain),
    default: (object, resource) => storedObject(asObject(applyDefaults(storedObject(object), lookup(resource)))),
    validate: (object, existing, resource, metadataErrors) => validate(object, existing, lookup(resource), isPlain, metadataErrors),
  };
}

/** Whether nothing is to be said about an object, as `Fit` finds out. */
type IsPlain = (object: StoredObject, schema: StructuralSchema) => boolean;

function asObject(value: unknown): JsonObject {
  if (!isMap(value)) throw new Error('a default replaced a whole object');
  return value;
}

function prune(object: KubeObject, schema: StructuralSchema | undefined, nulls: 'drop' | 'keep', isPlain: IsPlain): PrunedObject {
  if (schema === undefined) return { object, unknownFields: [] };
  const stored = storedObject(object);
  const decoded = decodeMetadata(stored.metadata);
  if ('error' in decoded) return { object, unknownFields: [], undecodable: decoded.error };
  if (isPlain(stored, schema)) return { object: withMetadata(stored, decoded.metadata), unknownFields: decoded.unknownFields };
  const unknown: string[] = [];
  const known = pruneObject(stored, schema, unknown);
  const pruned = asObject(nulls === 'keep' ? known : dropNulls(known, schema));
  const unknownFields = [...decoded.unknownFields, ...unknown.sort()];
  return { object: withMetadata(pruned, decoded.metadata), unknownFields };
}

function withMetadata(object: JsonObject, metadata: JsonObject): StoredObject {
  return storedObject({ ...object, metadata });
}

function validate(
  object: KubeObject,
  existing: KubeObject | undefined,
  schema: StructuralSchema | undefined,
  isPlain: IsPlain,
  metadataErrors: readonly FieldError[] = [],
): readonly FieldError[] {
  if (schema === undefined) return [];
  const value = storedObject(object);
  const old = existing === undefined ? undefined : storedObject(existing);
  const errors = isPlain(value, schema) ? [] : structureErrors(value, old, schema);
  if (!schema.hasRules) return errors;
  if ([...metadataErrors, ...errors].some(blocksRules)) return [...errors, rulesNotChecked];
  return [...errors, ...validateRules(value, schema, old)];
}

function structureErrors(value: StoredObject, old: StoredObject | undefined, schema: StructuralSchema): readonly FieldError[] {
  const errors = validateSchema(value, schema, '', old);
  // Lists that had duplicates before may keep them.
  return old === undefined || validateLists(old, schema).length === 0 ? [...errors, ...validateLists(value, schema)] : errors;
}
