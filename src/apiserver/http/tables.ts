import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { listAt, mapAt, textAt } from '../../model/raw-fields.ts';
import { isMap, ownField } from '../../model/raw-json.ts';
import type { ResourceEntry } from '../resources.ts';
import type { CustomResourceDefinition } from '../schema/crds.ts';
import { builtInColumns, nameColumn, since, type TableColumn } from './table-columns.ts';

export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface TableOptions {
  /** meta.k8s.io's version that the client asked for. */
  readonly version: 'v1' | 'v1beta1';
  readonly includeObject: IncludeObject;
  readonly now: Date;
  /** False in the later events of a watch: the client remembers the columns of the first one. */
  readonly headers: boolean;
}

/**
 * The columns that `kubectl get` prints for a resource. Those of a custom resource are its definition's;
 * a definition without columns gets the age, as does a kind that has none of its own here.
 */
export function columnsOf(entry: ResourceEntry, definitions: readonly CustomResourceDefinition[]): readonly TableColumn[] {
  if (!entry.custom) {
    const columns = builtInColumns(entry);
    return columns.some((column) => column.format === 'name') ? columns : [nameColumn, ...columns];
  }
  const printed = printerColumns(entry, definitions);
  return [nameColumn, ...(printed.length > 0 ? printed.map(customColumn) : [customAge])];
}

/** A list, or one object, as a Table. */
export function tableOf(columns: readonly TableColumn[], answer: JsonObject, options: TableOptions): JsonObject {
  const items = listAt(answer, 'items').filter(isMap);
  const isOfMany = Object.hasOwn(answer, 'items');
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata: isOfMany ? mapAt(answer, 'metadata') : versionAlone(answer),
    columnDefinitions: options.headers ? columns.map(definition) : null,
    rows: (isOfMany ? items.map((item) => ({ ...itemType(answer), ...item })) : [answer]).map((object) => rowOf(columns, object, options)),
  };
}

/** Items of built-in lists do not say what they are; alone, in a row, they have to. */
function itemType(list: JsonObject): JsonObject {
  return { kind: textAt(list, 'kind').replace(/List$/, ''), apiVersion: textAt(list, 'apiVersion') };
}

/** The Table of a bookmark: no rows, and the version to resume at. */
export function emptyTable(version: 'v1' | 'v1beta1', metadata: JsonObject): JsonObject {
  return { kind: 'Table', apiVersion: `meta.k8s.io/${version}`, metadata, columnDefinitions: null, rows: [] };
}

/** The metadata of an object and nothing else. */
export function partialObject(object: JsonObject, version: 'v1' | 'v1beta1'): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: mapAt(object, 'metadata') };
}

export function partialObjectList(list: JsonObject, version: 'v1' | 'v1beta1'): JsonObject {
  const items = listAt(list, 'items')
    .filter(isMap)
    .map((object) => partialObject(object, version));
  return { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${version}`, metadata: mapAt(list, 'metadata'), items };
}

function rowOf(columns: readonly TableColumn[], object: JsonObject, { includeObject, version, now }: TableOptions): JsonObject {
  const cells = columns.map((column) => column.cell(object, now));
  if (includeObject === 'None') return { cells, object: null };
  return { cells, object: includeObject === 'Object' ? object : partialObject(object, version) };
}

function definition({ name, type, format = '', description, priority = 0 }: TableColumn): JsonObject {
  return { name, type, format, description, priority };
}

function versionAlone(object: JsonObject): JsonObject {
  const resourceVersion = textAt(mapAt(object, 'metadata'), 'resourceVersion');
  return resourceVersion === '' ? {} : { resourceVersion };
}

function printerColumns(entry: ResourceEntry, definitions: readonly CustomResourceDefinition[]): readonly JsonObject[] {
  const found = definitions.find(({ group, kind }) => group === entry.group && kind === entry.kind);
  if (found === undefined) return [];
  const versions = listAt(mapAt(found.source, 'spec'), 'versions').filter(isMap);
  const version = versions.find((candidate) => candidate['name'] === entry.version);
  return version === undefined ? [] : listAt(version, 'additionalPrinterColumns').filter(isMap);
}

function customColumn(column: JsonObject): TableColumn {
  const path = textAt(column, 'jsonPath');
  const type = textAt(column, 'type');
  const priority = column['priority'];
  return {
    name: textAt(column, 'name'),
    type,
    format: textAt(column, 'format'),
    description: textAt(column, 'description') || `Custom resource definition column (in JSONPath format): ${path}`,
    priority: typeof priority === 'number' ? priority : 0,
    cell: (object, now) => customCell(type, valueAt(object, path), now),
  };
}

const customAge: TableColumn = {
  name: 'Age',
  type: 'date',
  description: 'The time since the object was created.',
  cell: (object, now) => since(mapAt(object, 'metadata')['creationTimestamp'], now),
};

/** Mirrors cellForJSONValue of apiextensions-apiserver: a value of another type than the column's is no value. */
function customCell(type: string, value: Json | undefined, now: Date): Json {
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : JSON.stringify(value);
    case 'date':
      return typeof value === 'string' ? since(value, now) : null;
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    default:
      return null;
  }
}

/** The JSONPath of printer columns as our definitions write it: fields and indices, nothing that searches. */
function valueAt(object: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = object;
  for (const [, field, index] of path.matchAll(/\.([^.[\]]+)|\[(\d+)\]/g)) {
    if (field !== undefined) value = isMap(value) ? ownField(value, field) : undefined;
    else value = isList(value) ? value[Number(index)] : undefined;
  }
  return value;
}
