import { isList, type Json } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import { floatOf, goKind, integerOf } from './go-value.ts';
import { evaluateJsonPath } from './jsonpath-evaluate.ts';
import { type JsonPathTemplate, parseJsonPath } from './jsonpath-parse.ts';
import { compareNaturally } from './natural-order.ts';
import { relaxedJsonPath } from './relaxed-jsonpath.ts';
import type { Column } from './table.ts';
import { TemplateError } from './template-error.ts';

/**
 * Rows in the order of `--sort-by`: of a field of their objects (`.metadata.creationTimestamp`), or of a column by its header (`READY`),
 * because the most interesting columns are no field. Rows without the field come first, equal rows stay in their order.
 * Numbers and quantities (`500m`, `2Gi`) compare by value, other texts with the numbers in them.
 * @throws TemplateError when no row has the field (names the columns), the path cannot be read, or the field is a map.
 */
export function sortRows<Row>(
  rows: readonly Row[],
  by: string,
  options: { readonly objectOf: (row: Row) => Json; readonly columns: readonly Column<Row>[] },
): readonly Row[] {
  const column = options.columns.find(({ header }) => header === by);
  if (column !== undefined) {
    const orderOf = column.order ?? column.value;
    return sortedBy(rows, (row) => [orderOf(row)], by);
  }
  const path = relaxedJsonPath(by);
  const template = readPath(path);
  const keyOf = (row: Row) => evaluateJsonPath(template, options.objectOf(row), { allowMissingKeys: true })[0]?.values.slice(0, 1) ?? [];
  if (rows.length > 0 && rows.every((row) => keyOf(row).length === 0)) {
    const headers = options.columns.map(({ header }) => header).join(', ');
    throw new TemplateError(
      `couldn't find any field with path ${JSON.stringify(path)} in the list of objects; columns to sort by: ${headers}`,
    );
  }
  return sortedBy(rows, keyOf, path);
}

function readPath(path: string): JsonPathTemplate {
  try {
    return parseJsonPath(path);
  } catch (error) {
    throw error instanceof TemplateError ? new TemplateError(`sorting error: ${error.message}`) : error;
  }
}

function sortedBy<Row>(rows: readonly Row[], keyOf: (row: Row) => readonly Json[], field: string): readonly Row[] {
  const keyed = rows.map((row) => ({ row, key: keyOf(row) }));
  for (const { key } of keyed) {
    if (key.some(isMap)) throw new TemplateError(`field ${field} is an unsortable type: ${goKind(key[0] ?? null)}`);
  }
  return keyed.sort((one, other) => compareKeys(one.key, other.key)).map(({ row }) => row);
}

/** A key is a value or, where the field is missing, nothing. */
function compareKeys([left]: readonly Json[], [right]: readonly Json[]): number {
  if (left === undefined || right === undefined) return (left === undefined ? 0 : 1) - (right === undefined ? 0 : 1);
  return compareJson(left, right);
}

function compareJson(left: Json, right: Json): number {
  if (isList(left) && isList(right)) return compareLists(left, right);
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right);
  const [a, b] = [integerOf(left), integerOf(right)];
  if (a !== undefined && b !== undefined) return a < b ? -1 : a > b ? 1 : 0;
  if (isNumber(left) && isNumber(right)) return floatOf(left) - floatOf(right);
  return rank(left) - rank(right) || Number(left === true) - Number(right === true);
}

function compareLists(left: readonly Json[], right: readonly Json[]): number {
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = compareJson(left[at] ?? null, right[at] ?? null);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function compareTexts(left: string, right: string): number {
  const [a, b] = [quantityOf(left), quantityOf(right)];
  return (a !== undefined && b !== undefined && a !== b ? a - b : 0) || compareNaturally(left, right);
}

/** What Kubernetes calls a quantity, as a number; its last digits do not matter here, natural order settles what is left. */
function quantityOf(text: string): number | undefined {
  const found = /^([-+]?(?:\d+\.?\d*|\.\d+))(|[KMGTPE]i|[numkMGTPE]|[eE][-+]?\d+)$/.exec(text);
  if (found === null) return undefined;
  const [, digits = '', suffix = ''] = found;
  return suffix.length > 1 && !suffix.endsWith('i') ? Number(digits + suffix) : Number(digits) * (factors.get(suffix) ?? 1);
}

const factors = new Map<string, number>([
  ...['K', 'M', 'G', 'T', 'P', 'E'].map((letter, at) => [`${letter}i`, 1024 ** (at + 1)] as const),
  ...['k', 'M', 'G', 'T', 'P', 'E'].map((letter, at) => [letter, 1000 ** (at + 1)] as const),
  ['n', 1e-9],
  ['u', 1e-6],
  ['m', 1e-3],
]);

function isNumber(value: Json): boolean {
  return goKind(value) === 'int64' || goKind(value) === 'float64';
}

/** Values of different kinds: null, booleans, numbers, texts, lists. */
function rank(value: Json): number {
  return ['nil', 'bool', 'int64', 'float64', 'string', '[]interface {}'].indexOf(goKind(value).replace('float64', 'int64'));
}
