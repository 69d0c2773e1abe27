import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { listAt, mapAt, textAt } from '../../model/raw-fields.ts';
import { isMap, ownField } from '../../model/raw-json.ts';

export interface ValidationRule {
  readonly rule: string;
  readonly message: string;
}

/** `bound` itself is refused when `exclusive`. */
export interface Limit {
  readonly bound: number;
  readonly exclusive: boolean;
}

/** A structural schema, read once: maps instead of objects, compiled patterns, nothing left to look up by text. */
export interface StructuralSchema {
  /** Empty: any type. `integer,string` for an int-or-string. */
  readonly types: readonly string[];
  readonly nullable: boolean;
  readonly intOrString: boolean;
  readonly preserveUnknownFields: boolean;
  readonly embeddedResource: boolean;
  readonly listType: string;
  readonly listMapKeys: readonly string[];
  readonly mapType: string;
  readonly properties: ReadonlyMap<string, StructuralSchema>;
  /** Undefined: no other properties. */
  readonly additional: StructuralSchema | undefined;
  readonly items: StructuralSchema | undefined;
  /** Undefined: no default. */
  readonly default: Json | undefined;
  readonly required: readonly string[];
  readonly enum: readonly Json[];
  readonly format: string;
  readonly pattern: RegExp | undefined;
  readonly patternText: string;
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly minimum: Limit | undefined;
  readonly maximum: Limit | undefined;
  readonly multipleOf: number | undefined;
  readonly minItems: number | undefined;
  readonly maxItems: number | undefined;
  readonly uniqueItems: boolean;
  readonly minProperties: number | undefined;
  readonly maxProperties: number | undefined;
  readonly allOf: readonly StructuralSchema[];
  readonly anyOf: readonly StructuralSchema[];
  readonly oneOf: readonly StructuralSchema[];
  readonly not: StructuralSchema | undefined;
  readonly rules: readonly ValidationRule[];
  /** It, or something below it, has rules. */
  readonly hasRules: boolean;
  /** It, or something below it that is defaulted, has a default. */
  readonly hasDefaults: boolean;
}

/** Reads `openAPIV3Schema`. What a structural schema cannot contain (references, dependencies) is not looked for. */
export function structuralSchema(source: JsonObject): StructuralSchema {
  const intOrString = source['x-kubernetes-int-or-string'] === true;
  const type = textAt(source, 'type');
  const properties = new Map(Object.entries(mapAt(source, 'properties')).flatMap(([name, value]) => schemaEntry(name, value)));
  const additional = optionalSchema(source['additionalProperties']);
  const items = optionalSchema(source['items']);
  const allOf = schemaList(source, 'allOf');
  const rules = listAt(source, 'x-kubernetes-validations').filter(isMap).map(ruleOf);
  const patternText = textAt(source, 'pattern');
  const children = [...properties.values(), ...allOf, ...(additional ? [additional] : []), ...(items ? [items] : [])];
  return {
    types: intOrString ? ['integer', 'string'] : type === '' ? [] : [type],
    nullable: source['nullable'] === true,
    intOrString,
    preserveUnknownFields: source['x-kubernetes-preserve-unknown-fields'] === true,
    embeddedResource: source['x-kubernetes-embedded-resource'] === true,
    listType: textAt(source, 'x-kubernetes-list-type'),
    listMapKeys: texts(source, 'x-kubernetes-list-map-keys'),
    mapType: textAt(source, 'x-kubernetes-map-type'),
    properties,
    additional,
    items,
    default: ownField(source, 'default'),
    hasDefaults: ownField(source, 'default') !== undefined || children.some((child) => child.hasDefaults),
    required: texts(source, 'required'),
    enum: listAt(source, 'enum'),
    format: textAt(source, 'format'),
    pattern: patternText === '' ? undefined : compile(patternText),
    patternText,
    minLength: numberAt(source, 'minLength'),
    maxLength: numberAt(source, 'maxLength'),
    minimum: limit(source, 'minimum', 'exclusiveMinimum'),
    maximum: limit(source, 'maximum', 'exclusiveMaximum'),
    multipleOf: numberAt(source, 'multipleOf'),
    minItems: numberAt(source, 'minItems'),
    maxItems: numberAt(source, 'maxItems'),
    uniqueItems: source['uniqueItems'] === true,
    minProperties: numberAt(source, 'minProperties'),
    maxProperties: numberAt(source, 'maxProperties'),
    allOf,
    anyOf: schemaList(source, 'anyOf'),
    oneOf: schemaList(source, 'oneOf'),
    not: optionalSchema(source['not']),
    rules,
    hasRules: rules.length > 0 || children.some((child) => child.hasRules),
  };
}

/** The schema of an object's field; undefined when nothing describes it. */
export function fieldSchema(schema: StructuralSchema, name: string): StructuralSchema | undefined {
  return schema.properties.get(name) ?? schema.additional;
}

function schemaEntry(name: string, value: Json | undefined): [string, StructuralSchema][] {
  return isMap(value) ? [[name, structuralSchema(value)]] : [];
}

/** `additionalProperties: true` describes values of any shape, which is an empty schema that keeps everything. */
function optionalSchema(value: Json | undefined): StructuralSchema | undefined {
  if (value === true) return structuralSchema({ 'x-kubernetes-preserve-unknown-fields': true });
  return isMap(value) ? structuralSchema(value) : undefined;
}

function schemaList(source: JsonObject, field: string): readonly StructuralSchema[] {
  return listAt(source, field).filter(isMap).map(structuralSchema);
}

function ruleOf(source: JsonObject): ValidationRule {
  const rule = textAt(source, 'rule');
  const message = textAt(source, 'message');
  return { rule, message: message === '' ? `failed rule: ${rule}` : message };
}

function limit(source: JsonObject, field: string, exclusive: string): Limit | undefined {
  const bound = numberAt(source, field);
  return bound === undefined ? undefined : { bound, exclusive: source[exclusive] === true };
}

function numberAt(source: JsonObject, field: string): number | undefined {
  const value = source[field];
  return typeof value === 'number' ? value : undefined;
}

function texts(source: JsonObject, field: string): readonly string[] {
  const list = source[field];
  return isList(list) ? list.filter((item) => typeof item === 'string') : [];
}

/** Patterns are Go's; those that JavaScript reads otherwise match nothing. Undefined: not a pattern at all. */
function compile(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
}
