import type { FieldError } from '../../core/field-errors.ts';
import type { JsonObject, KubeObject } from '../../model/object.ts';
import { isJsonObject, storedObject } from '../json.ts';
import { decodeMetadata } from '../metadata/metadata-decoding.ts';
import type { ServedResource } from '../request.ts';
import type { CustomResourceDefinition } from './crds.ts';
import { applyDefaults } from './schema-default.ts';
import { blocksRules, rulesNotChecked } from './schema-errors.ts';
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
  return {
    prune: (object, resource, nulls = 'drop') => prune(object, lookup(resource), nulls),
    default: (object, resource) => storedObject(asObject(applyDefaults(storedObject(object), lookup(resource)))),
    validate: (object, existing, resource, metadataErrors) => validate(object, existing, lookup(resource), metadataErrors),
  };
}

function asObject(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw new Error('a default replaced a whole object');
  return value;
}

function prune(object: KubeObject, schema: StructuralSchema | undefined, nulls: 'drop' | 'keep'): PrunedObject {
  if (schema === undefined) return { object, unknownFields: [] };
  const stored = storedObject(object);
  const decoded = decodeMetadata(stored.metadata);
  if ('error' in decoded) return { object, unknownFields: [], undecodable: decoded.error };
  const unknown: string[] = [];
  const known = pruneObject(stored, schema, unknown);
  const pruned = asObject(nulls === 'keep' ? known : dropNulls(known, schema));
  const unknownFields = [...decoded.unknownFields, ...unknown.sort()];
  return { object: storedObject({ ...pruned, metadata: decoded.metadata }), unknownFields };
}

function validate(
  object: KubeObject,
  existing: KubeObject | undefined,
  schema: StructuralSchema | undefined,
  metadataErrors: readonly FieldError[] = [],
): readonly FieldError[] {
  if (schema === undefined) return [];
  const value = storedObject(object);
  const old = existing === undefined ? undefined : storedObject(existing);
  const errors = [...validateSchema(value, schema, '', old)];
  // Lists that had duplicates before may keep them.
  if (old === undefined || validateLists(old, schema).length === 0) errors.push(...validateLists(value, schema));
  if (!schema.hasRules) return errors;
  if ([...metadataErrors, ...errors].some(blocksRules)) return [...errors, rulesNotChecked];
  return [...errors, ...validateRules(value, schema, old)];
}
