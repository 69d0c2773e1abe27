import { isList, type Json } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import { floatOf, goKind, integerOf } from './go-value.ts';
import { evaluateJsonPath } from './jsonpath-evaluate.ts';
import { type JsonPathTemplate, parseJsonPath } from './jsonpath-parse.ts';
import { relaxedJsonPath } from './relaxed-jsonpath.ts';
import type { Column } from './table.ts';
import { TemplateError } from './template-error.ts';

/**
 * Rows in the order of `--sort-by`: of a field of their objects (`.metadata.creationTimestamp`), or of a column by its header (`READY`),
 * because the most interesting columns are no field. Rows without the field come first, equal rows stay in their order.
 * As in kubectl, numbers and quantities (`500m`, `2Gi`) compare by value and other texts letter by letter; here all texts of a field
 * compare as quantities or none does.
 * @throws TemplateError when no row has the field (names the columns), the path cannot be read, or the field is a map, or a list of maps.
 */
export function sortRows<Row>(
  rows: readonly Row[],
  by: string,
  options: { readonly objectOf: (row: Row) => Json; readonly columns: readonly Column<Row>[] },
): readonly Row[] {
  const column = options.columns.find(({ header }) => header === by);
  if (column !== undefined) return sortedBy(rows, (row) => [(column.order ?? column.value)(row)], by);

  const path = relaxedJsonPath(by);
  const template = readPath(path);
  return sortedBy(
    rows,
    (row) => firstValue(template, options.objectOf(row)),
    path,
    options.columns.map(({ header }) => header),
  );
}

function readPath(path: string): JsonPathTemplate {
  try {
    return parseJsonPath(path);
  } catch (error) {
    throw error instanceof TemplateError ? new TemplateError(`sorting error: ${error.message}`) : error;
  }
}

/** One value, or nothing where the field is missing. */
function firstValue(template: JsonPathTemplate, object: Json): readonly Json[] {
  return evaluateJsonPath(template, object, { allowMissingKeys: true })[0]?.values.slice(0, 1) ?? [];
}

function sortedBy<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => readonly Json[],
  field: string,
  headers: readonly string[] = [],
): readonly Row[] {
  const keyed = rows.map((row) => ({ row, key: keyOf(row) }));
  const values = keyed.flatMap(({ key }) => key);
  if (rows.length > 0 && values.length === 0) {
    const known = headers.length === 0 ? '' : `; columns to sort by: ${headers.join(', ')}`;
    throw new TemplateError(`couldn't find any field with path ${JSON.stringify(field)} in the list of objects${known}`);
  }
  if (values.some((value) => isList(value) && value.some(isMap))) {
    throw new TemplateError(`field ${field} holds a list of maps, which has no order: say one of their fields`);
  }
  if (values.some(isMap)) throw new TemplateError(`field ${field} holds a map, which has no order: say one of its fields`);

  const quantities = values.every((value) => typeof value !== 'string' || quantityOf(value) !== undefined);
  const compare = (left: Json, right: Json) => compareValues(left, right, quantities);
  return keyed.sort((one, other) => compareKeys(one.key, other.key, compare)).map(({ row }) => row);
}

type Compare = (left: Json, right: Json) => number;

function compareKeys([left]: readonly Json[], [right]: readonly Json[], compare: Compare): number {
  if (left === undefined || right === undefined) return (left === undefined ? 0 : 1) - (right === undefined ? 0 : 1);
  return compare(left, right);
}

function compareValues(left: Json, right: Json, quantities: boolean): number {
  if (isList(left) && isList(right)) return compareLists(left, right);
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right, quantities);
  const [a, b] = [integerOf(left), integerOf(right)];
  if (a !== undefined && b !== undefined) return a < b ? -1 : a > b ? 1 : 0;
  return rank(left) - rank(right) || compareFloats(left, right) || Number(left === true) - Number(right === true);
}

function compareLists(left: readonly Json[], right: readonly Json[]): number {
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = compareValues(left[at] ?? null, right[at] ?? null, false);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function compareTexts(left: string, right: string, quantities: boolean): number {
  const difference = quantities ? (quantityOf(left) ?? 0) - (quantityOf(right) ?? 0) : 0;
  return difference || (left < right ? -1 : left > right ? 1 : 0);
}

function compareFloats(left: Json, right: Json): number {
  return floatOf(left) - floatOf(right) || 0;
}

/** What Kubernetes calls a quantity, as a number. */
function quantityOf(text: string): number | undefined {
  const found = /^([-+]?(?:\d+\.?\d*|\.\d+))(|[KMGTPE]i|[numkMGTPE]|[eE][-+]?\d+)$/.exec(text);
  if (found === null) return undefined;
  const [, digits = '', suffix = ''] = found;
  const factor = suffix === '' ? 1 : factors.get(suffix);
  return factor === undefined ? Number(digits + suffix) : Number(digits) * factor;
}

const factors = new Map<string, number>([
  ...['K', 'M', 'G', 'T', 'P', 'E'].map((letter, at) => [`${letter}i`, 1024 ** (at + 1)] as const),
  ...['k', 'M', 'G', 'T', 'P', 'E'].map((letter, at) => [letter, 1000 ** (at + 1)] as const),
  ['n', 1e-9],
  ['u', 1e-6],
  ['m', 1e-3],
]);

/** The order of values of different kinds. */
function rank(value: Json): number {
  const kind = goKind(value);
  return ['nil', 'bool', 'int64', 'string', '[]interface {}'].indexOf(kind === 'float64' ? 'int64' : kind);
}
