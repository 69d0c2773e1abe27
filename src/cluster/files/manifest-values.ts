import { inMebibytes } from '../../core/mebibytes.ts';
import type { FieldPath } from '../../model/field-path.ts';
import type { Json } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { limits } from '../limits.ts';
import { readJsonDocuments } from './json-reader.ts';
import { type FileSurroundings, type ManifestFile, manifestFiles } from './manifest-files.ts';
import { decodedText } from './text-decoding.ts';
import { isError, type Position, type Span, type TextDocument, type TextDocuments, type TextProblem } from './text-document.ts';

/** Where manifests come from: what `-f` was given, and what stands behind it. */
export interface ManifestSurroundings extends FileSurroundings {
  readonly cwd: string;
  /** `-R` */
  readonly recursive?: boolean;
}

/** A file by its name, or something that is read like one. */
export type ManifestSource = string | ManifestFile;

/** What stands where an object is expected, and where it was written. Nobody has looked yet whether it is an object. */
export interface ManifestValue {
  readonly value: Json | undefined;
  /** As it was named; `stdin` for `-`. */
  readonly file: string;
  readonly position: Position;
  /** Where a field's key stands; of a field that is not there, its nearest parent. */
  positionOf(path: FieldPath): Position;
  /** The same, or the field's value, with its line. */
  spanOf(path: FieldPath, part: 'key' | 'value'): Span;
}

/** One thing that is wrong, or odd, with a file. */
export interface ManifestProblem {
  readonly file: string;
  /** Undefined when it is about the file as a whole. */
  readonly position: Position | undefined;
  readonly message: string;
  readonly hint: string | undefined;
  /** The line and a caret. */
  readonly excerpt: string | undefined;
  readonly code: TextProblem['code'] | 'Unreadable' | 'NotAnObject' | 'Nothing';
}

export interface ManifestValues {
  /** In the order in which they stand. */
  readonly values: readonly ManifestValue[];
  /** How many files could be read. */
  readonly files: number;
  readonly errors: readonly ManifestProblem[];
  /** Keys that are there twice, and words like `yes` that are booleans: read as kubectl reads them. */
  readonly warnings: readonly ManifestWarning[];
}

export interface ManifestWarning extends ManifestProblem {
  /** In which value it stands; undefined for what stands before the first item of a List. */
  readonly within: ManifestValue | undefined;
  /** Of a key that is there twice: both say the same. */
  readonly repeats: boolean;
}

/**
 * Reads everything that could be an object from files, folders (`*.yaml`, `*.yml`, `*.json`, `*.jsonl`) and stdin (`-`): YAML as
 * kubectl reads it, JSON, JSON lines, several documents, the items of Lists. What is wrong with one file or document is an error
 * among others and the rest is still read. Never throws for what a file holds.
 */
export async function readManifestValues(sources: readonly ManifestSource[], surroundings: ManifestSurroundings): Promise<ManifestValues> {
  const values: ManifestValue[] = [];
  const errors: ManifestProblem[] = [];
  const warnings: ManifestWarning[] = [];
  let total = 0;
  let read = 0;
  const found = manifestFiles(sources, surroundings);
  errors.push(...found.problems.map(({ file, message, hint }) => fileProblem('Unreadable', file, message, hint)));
  for (const file of found.files) {
    const content = await contentOf(file, surroundings);
    if ('problem' in content) {
      errors.push(fileProblem('Unreadable', file.name, content.problem, content.hint));
      continue;
    }
    total += content.size;
    if (total > limits.manifestTotalBytes) {
      errors.push(fileProblem('Limit', file.name, `all files together are larger than ${inMebibytes(limits.manifestTotalBytes)}`));
      break;
    }
    read += 1;
    const { documents, problems } = await documentsOf(content.text);
    errors.push(...problems.filter(isError).map((problem) => textProblem(file.name, problem)));
    const before = values.length;
    for (const document of documents) addValues(file.name, document, values);
    const oddities = problems.filter((problem) => !isError(problem));
    if (oddities.length > 0) warnings.push(...warningsIn(file.name, oddities, values.slice(before)));
    if (errors.length > limits.manifestErrors) break;
  }
  return { values, files: read, errors: errors.slice(0, limits.manifestErrors), warnings };
}

async function contentOf(
  file: ManifestFile,
  surroundings: ManifestSurroundings,
): Promise<{ readonly text: string; readonly size: number } | { readonly problem: string; readonly hint?: string }> {
  const bytes = await file.read(surroundings);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const decoded = decodedText(bytes);
  return 'problem' in decoded ? decoded : { ...decoded, size: bytes.length };
}

/** What starts with a brace is JSON, unless only YAML can read it; its parser is loaded when it is needed. */
async function documentsOf(text: string): Promise<TextDocuments> {
  const json = /^\s*\{/.test(text) ? readJsonDocuments(text) : undefined;
  if (json !== undefined && !json.problems.some(isError)) return json;
  const { readYamlDocuments } = await import('./yaml-reader.ts');
  const yaml = readYamlDocuments(text);
  // Braces without quotes behind them are those of YAML.
  return json !== undefined && yaml.problems.some(isError) && /^\s*\{\s*(?:["}]|$)/.test(text) ? json : yaml;
}

function addValues(file: string, document: TextDocument, values: ManifestValue[]): void {
  for (const { value, path } of objectsIn(document.value)) {
    values.push({
      value,
      file,
      // Asked for by few and not free in a long list: found when it is wanted.
      get position() {
        return path.length === 0 ? document.start : document.positionOf(path);
      },
      positionOf: (field) => (path.length === 0 && field.length === 0 ? document.start : document.positionOf([...path, ...field])),
      spanOf: (field, part) => document.spanOf([...path, ...field], part),
    });
  }
}

/** Each in the last value that begins before it. Both may be many: they are walked through side by side. */
function warningsIn(file: string, oddities: readonly TextProblem[], values: readonly ManifestValue[]): readonly ManifestWarning[] {
  const starts = values.map(({ position }) => position);
  let next = 0;
  return oddities.toSorted(inTextOrder).map((oddity) => {
    for (let start = starts[next]; start !== undefined && inTextOrder(start, oddity) <= 0; start = starts[next]) next += 1;
    return { ...textProblem(file, oddity), within: values[next - 1], repeats: oddity.repeats === true };
  });
}

function inTextOrder(left: Position, right: Position): number {
  return left.line - right.line || left.column - right.column;
}

/** A value that could be an object, and where in its document. */
interface Found {
  readonly value: Json | undefined;
  readonly path: FieldPath;
}

/** The document itself, or the items of a List; a null is nothing, as kubectl has it. */
export function objectsIn(value: Json | undefined): readonly Found[] {
  if (value === null) return [];
  const items = itemsOf(value);
  if (items === undefined) return [{ value, path: [] }];
  const type = itemTypeOf(value);
  return items.map((item, index): Found => {
    const untyped = type !== undefined && isMap(item) && item.kind === undefined && item.apiVersion === undefined;
    return { value: untyped ? { ...type, ...item } : item, path: ['items', index] };
  });
}

interface ItemType {
  readonly apiVersion: string;
  readonly kind: string;
}

/** `List`, and lists of one kind as a server answers them. */
function itemsOf(value: Json | undefined): readonly Json[] | undefined {
  if (!isMap(value)) return undefined;
  const { kind, items } = value;
  if (typeof kind !== 'string' || !kind.endsWith('List')) return undefined;
  return items === null ? [] : Array.isArray(items) ? items : undefined;
}

/** The items of a list of one kind may leave out what the list says already. */
function itemTypeOf(list: Json | undefined): ItemType | undefined {
  if (!isMap(list)) return undefined;
  const { apiVersion, kind } = list;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || kind === 'List') return undefined;
  return { apiVersion, kind: kind.slice(0, -'List'.length) };
}

export function fileProblem(code: ManifestProblem['code'], file: string, message: string, hint?: string): ManifestProblem {
  return { code, file, position: undefined, message, hint, excerpt: undefined };
}

function textProblem(file: string, { code, line, column, message, hint, excerpt }: TextProblem): ManifestProblem {
  return { code, file, position: { line, column }, message, hint, excerpt };
}
