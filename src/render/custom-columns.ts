import type { Json } from '../model/object.ts';
import { goText } from './go-value.ts';
import { evaluateJsonPath } from './jsonpath-evaluate.ts';
import { type JsonPathTemplate, parseJsonPath } from './jsonpath-parse.ts';
import { relaxedJsonPath } from './relaxed-jsonpath.ts';
import { renderTable } from './table.ts';
import { TemplateError } from './template-error.ts';

/** One column that the user asked for. */
export interface CustomColumn {
  readonly header: string;
  readonly path: JsonPathTemplate;
}

/**
 * Reads `HEADER:.path,HEADER:.path`.
 * @throws TemplateError in kubectl's words, with the column where a path is wrong.
 */
export function readCustomColumns(spec: string): readonly CustomColumn[] {
  if (spec === '') throw new TemplateError('custom-columns format specified but no custom columns given');
  const parts = spec.split(',');
  const incomplete = parts.find((part) => !part.includes(':'));
  if (incomplete !== undefined)
    throw new TemplateError(`unexpected custom-columns spec: ${incomplete}, expected <header>:<json-path-expr>`);
  return parts.map((part) => columnOf(part.slice(0, part.indexOf(':')), part.slice(part.indexOf(':') + 1)));
}

/**
 * Reads the text of a `custom-columns-file`: a line of headers, below it a line of paths, both separated by blanks.
 * @throws TemplateError in kubectl's words.
 */
export function readCustomColumnsFile(text: string): readonly CustomColumn[] {
  const lines = text.replace(/\n$/, '').split('\n');
  const [headers, paths] = lines.map((line) => line.split(/\s+/).filter((word) => word !== ''));
  if (text === '' || headers === undefined) throw new TemplateError(`invalid template, missing header line. ${expectedLines}`);
  if (paths === undefined) throw new TemplateError(`invalid template, missing spec line. ${expectedLines}`);
  if (headers.length !== paths.length) {
    throw new TemplateError(`number of headers (${headers.length}) and field specifications (${paths.length}) don't match`);
  }
  return headers.map((header, at) => columnOf(header, paths[at] ?? ''));
}

/**
 * One line an object: several values are joined by commas, none are `<none>`. What one cell holds is never cut. Without an object
 * the headers stand alone, as kubectl prints them.
 * @throws TemplateError when a path does not fit an object.
 */
export function renderCustomColumns(
  columns: readonly CustomColumn[],
  objects: readonly Json[],
  options: { readonly noHeaders?: boolean } = {},
): string {
  return renderTable(
    columns.map((column) => ({ header: column.header, value: (object: Json) => cellText(column, object) })),
    objects,
    { ...options, headersAlone: true },
  );
}

const expectedLines = 'Expected format is one line of space separated headers, one line of space separated column specs.';

function columnOf(header: string, expression: string): CustomColumn {
  const path = relaxedJsonPath(expression);
  return { header, path: naming(header, () => parseJsonPath(path)) };
}

function cellText({ header, path }: CustomColumn, object: Json): string {
  const values = naming(header, () => evaluateJsonPath(path, object, { allowMissingKeys: true })).flatMap((piece) => piece.values);
  return values.length === 0 ? '<none>' : values.map(goText).join(',');
}

/** Says which column it is that cannot be used. */
function naming<T>(header: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw error instanceof TemplateError ? new TemplateError(`custom column ${JSON.stringify(header)}: ${error.message}`) : error;
  }
}
