import type { FieldError } from '../../core/field-errors.ts';
import { isList, type Json } from '../../model/object.ts';
import { isMap, ownField } from '../../model/raw-json.ts';
import { metaFields } from './schema-prune.ts';
import type { StructuralSchema } from './schema-structure.ts';
import { checkNumber, checkText, checkType } from './schema-validate.ts';

/**
 * Whether a value plainly is as a schema says: every field is known, none is null, and nothing is broken, so that pruning would leave
 * it as it is and validation would find nothing. Nearly all values are like that, and this takes a fraction of finding out what is
 * wrong and where. False also where it takes more to tell, as for alternatives. Rules are not looked at.
 */
export type Fit = (value: Json) => boolean;

/** Of a whole object: its metadata is no matter of the schema. */
export function objectFit(schema: StructuralSchema): Fit {
  return fitOf(schema, (name, known) => (metaFields.has(name) && saysOnlyTypes(known) ? typesFit(known) : undefined));
}

/** @param special how to look at some fields of the value, instead of by their schemas */
function fitOf(schema: StructuralSchema, special?: (name: string, known: StructuralSchema) => Fit | undefined): Fit {
  if (takesMoreToTell(schema)) return never;
  const [type, ...others] = schema.types;
  if (others.length > 0 || schema.enum.length > 0) return leafFit(schema);
  if (type === 'object') return fieldsFit(schema, special);
  if (type === 'array') return schema.items === undefined ? never : itemsFit(schema.items, schema.listType);
  return type === 'string' && saysOnlyTypes(schema) ? isText : leafFit(schema);
}

const never: Fit = () => false;
const isText: Fit = (value) => typeof value === 'string';

function takesMoreToTell(schema: StructuralSchema): boolean {
  const { types, allOf, anyOf, oneOf, not, preserveUnknownFields, embeddedResource, uniqueItems } = schema;
  const { minItems, maxItems, minProperties, maxProperties } = schema;
  const alternatives = allOf.length > 0 || anyOf.length > 0 || oneOf.length > 0 || not !== undefined;
  const bounds = minItems !== undefined || maxItems !== undefined || minProperties !== undefined || maxProperties !== undefined;
  return types.length === 0 || alternatives || bounds || preserveUnknownFields || embeddedResource || uniqueItems;
}

function saysOnlyTypes(schema: StructuralSchema): boolean {
  const { properties, additional, items, enum: allowed, patternText, minLength, maxLength, format, required } = schema;
  const isLeaf = properties.size === 0 && additional === undefined && items === undefined && required.length === 0;
  const isFree = patternText === '' && minLength === undefined && maxLength === undefined && format === '' && allowed.length === 0;
  return isLeaf && isFree && !takesMoreToTell(schema);
}

function typesFit(schema: StructuralSchema): Fit {
  return (value) => value !== null && isSilent((errors) => checkType(value, schema, '', errors));
}

/** Of texts, numbers and booleans. */
function leafFit(schema: StructuralSchema): Fit {
  const isOfType = typesFit(schema);
  return (value) => {
    if (!isOfType(value)) return false;
    if (schema.enum.length > 0 && !schema.enum.includes(value)) return false;
    if (typeof value === 'string') return isSilent((errors) => checkText(value, schema, '', errors));
    if (typeof value === 'number') return isSilent((errors) => checkNumber(value, value, schema, '', errors));
    return typeof value === 'boolean';
  };
}

function isSilent(check: (errors: FieldError[]) => void): boolean {
  const errors: FieldError[] = [];
  check(errors);
  return errors.length === 0;
}

/** Whether something is twice in a set, or in a map, is left to others. */
function itemsFit(schema: StructuralSchema, listType: string): Fit {
  const fits = fitOf(schema);
  const most = listType === 'set' || listType === 'map' ? 1 : Number.POSITIVE_INFINITY;
  return (value) => isList(value) && value.length <= most && value.every((item) => fits(item));
}

/** What a field has to be like is worked out when an object first has it: of large schemas most objects use little. */
function fieldsFit({ properties, additional, required }: StructuralSchema, special: Parameters<typeof fitOf>[1]): Fit {
  const known = new Map<string, Fit>();
  const others = additional && fitOf(additional);
  const fitOfField = (name: string): Fit => {
    const schema = properties.get(name);
    if (schema === undefined) return others ?? never;
    const fit = special?.(name, schema) ?? fitOf(schema);
    known.set(name, fit);
    return fit;
  };
  return (value) => {
    if (!isMap(value)) return false;
    for (const name of Object.keys(value)) {
      const field = value[name];
      if (field === undefined || !(known.get(name) ?? fitOfField(name))(field)) return false;
    }
    return required.every((name) => ownField(value, name) !== undefined);
  };
}
