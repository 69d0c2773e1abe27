import type { Json } from '../../model/object.ts';
import type { StructuralSchema } from '../schema/schema-structure.ts';

export type ScalarType = 'string' | 'numeric' | 'boolean' | 'untyped';

export interface ListType {
  /** Atomic lists have one owner; the items of the others have owners of their own, told apart by keys or by value. */
  readonly relation: 'atomic' | 'map' | 'set';
  readonly keys: readonly string[];
  readonly element: FieldType;
  /** The key by which strategic merge patches tell items apart; the lists without one are replaced, sets of texts are united. */
  readonly mergeKey?: string;
}

export interface MapType {
  /** Has one owner as a whole. */
  readonly atomic: boolean;
  readonly fields: ReadonlyMap<string, FieldType>;
  /** Of all other fields; undefined where there are none. */
  readonly element: FieldType | undefined;
  /** What a key of a list item is when the item leaves it out. */
  readonly defaults: ReadonlyMap<string, Json>;
}

/** What may be at a place of an object, as far as ownership of fields goes. A value decides between several. */
export interface FieldType {
  readonly scalar?: ScalarType;
  readonly list?: ListType;
  readonly map?: MapType;
}

export const text: FieldType = { scalar: 'string' };
export const numeric: FieldType = { scalar: 'numeric' };
export const boolean: FieldType = { scalar: 'boolean' };
/** Times, and numbers that may be texts. */
export const anyScalar: FieldType = { scalar: 'untyped' };

/** Whatever is inside an atomic value of no known type. */
export const untyped: FieldType = {
  scalar: 'untyped',
  list: {
    relation: 'atomic',
    keys: [],
    get element() {
      return untyped;
    },
  },
  map: {
    atomic: true,
    fields: new Map(),
    defaults: new Map(),
    get element() {
      return untyped;
    },
  },
};

/** A value whose type is read off it: objects have owners field by field, lists as a whole. */
export const deduced: FieldType = {
  scalar: 'untyped',
  list: { relation: 'atomic', keys: [], element: untyped },
  map: {
    atomic: false,
    fields: new Map(),
    defaults: new Map(),
    get element() {
      return deduced;
    },
  },
};

/** An object with these fields and no others. */
export function struct(
  fields: Readonly<Record<string, FieldType>>,
  options: { readonly atomic?: boolean; readonly element?: FieldType } = {},
): FieldType {
  const { atomic = false, element } = options;
  return { map: { atomic, fields: new Map(Object.entries(fields)), element, defaults: new Map() } };
}

export function mapOf(element: FieldType, options: { readonly atomic?: boolean } = {}): FieldType {
  return { map: { atomic: options.atomic ?? false, fields: new Map(), element, defaults: new Map() } };
}

export function atomicList(element: FieldType): FieldType {
  return { list: { relation: 'atomic', keys: [], element } };
}

export function setOf(element: FieldType): FieldType {
  return { list: { relation: 'set', keys: [], element } };
}

/** @param mergeKey of strategic merge patches, the first key unless it is said. */
export function listBy(keys: readonly [string, ...string[]], element: FieldType, mergeKey: string = keys[0]): FieldType {
  return { list: { relation: 'map', keys, element, mergeKey } };
}

/** The type of a field; undefined when there can be no such field. */
export function typeOfField(map: MapType, name: string): FieldType | undefined {
  return map.fields.get(name) ?? map.element;
}

/** The type of a custom resource's value. Mirrors kube-openapi's conversion for structured merges. */
export function fieldTypeOf(schema: StructuralSchema, preserves = false): FieldType {
  // Once a schema keeps unknown fields, everything below it does.
  const keeps = preserves || schema.preserveUnknownFields;
  const [type = ''] = schema.intOrString ? ['integer'] : schema.types;
  switch (type) {
    case 'object':
      return { map: mapTypeOf(schema, keeps) };
    case 'array':
      return { list: listTypeOf(schema, keeps) };
    case 'integer':
    case 'number':
      return schema.intOrString ? anyScalar : numeric;
    case 'boolean':
      return boolean;
    case 'string':
      return schema.format === '' || schema.format === 'byte' ? text : anyScalar;
    default:
      return { scalar: 'untyped', list: listTypeOf(schema, keeps), map: mapTypeOf(schema, keeps) };
  }
}

function mapTypeOf(schema: StructuralSchema, keeps: boolean): MapType {
  const { properties, additional, mapType } = schema;
  const free = keeps || properties.size === 0 ? deduced : undefined;
  return {
    atomic: mapType === 'atomic',
    fields: new Map([...properties].map(([name, property]) => [name, fieldTypeOf(property, keeps)])),
    element: additional === undefined ? free : fieldTypeOf(additional, keeps),
    defaults: new Map(
      [...properties].flatMap(([name, property]) => (property.default === undefined ? [] : [[name, property.default] as const])),
    ),
  };
}

function listTypeOf(schema: StructuralSchema, keeps: boolean): ListType {
  const relation = schema.listType === 'map' || schema.listType === 'set' ? schema.listType : 'atomic';
  return { relation, keys: schema.listMapKeys, element: schema.items === undefined ? untyped : fieldTypeOf(schema.items, keeps) };
}
