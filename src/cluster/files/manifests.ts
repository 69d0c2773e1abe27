import type { FieldPath } from '../../model/field-path.ts';
import type { Json, KubeObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { limits } from '../limits.ts';
import { readJsonDocuments } from './json-reader.ts';
import { type ManifestFile, manifestFiles } from './manifest-files.ts';
import { objectProblem } from './object-problem.ts';
import { decodedText } from './text-decoding.ts';
import { isError, type Position, type TextDocument, type TextDocuments, type TextProblem } from './text-document.ts';

/** Where manifests come from: what `-f` was given, and what stands behind it. */
export interface ManifestSurroundings {
  readonly cwd: string;
  /** `-R` */
  readonly recursive?: boolean;
  readStdin(): Promise<Uint8Array>;
}

/** An object, and where it was written. */
export interface ManifestObject {
  readonly object: KubeObject;
  /** As it was named; `stdin` for `-`. */
  readonly file: string;
  readonly position: Position;
  /** Where a field's key stands; of a field that is not there, its nearest parent. */
  positionOf(path: FieldPath): Position;
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

export interface Manifests {
  readonly objects: readonly ManifestObject[];
  readonly errors: readonly ManifestProblem[];
  /** Keys that are there twice, and words like `yes` that are booleans: read as kubectl reads them. */
  readonly warnings: readonly ManifestProblem[];
}

/**
 * Reads all objects of files, folders (`*.yaml`, `*.yml`, `*.json`, `*.jsonl`) and stdin (`-`): YAML as kubectl reads it,
 * JSON, JSON lines, several documents, Lists. What is wrong with one file or document is an error among others and the rest
 * is still read; no object at all is an error too. Never throws for what a file holds.
 */
export async function readManifests(sources: readonly string[], surroundings: ManifestSurroundings): Promise<Manifests> {
  const objects: ManifestObject[] = [];
  const errors: ManifestProblem[] = [];
  const warnings: ManifestProblem[] = [];
  let total = 0;
  const found = manifestFiles(sources, surroundings);
  errors.push(...found.problems.map(({ file, message, hint }) => fileProblem('Unreadable', file, message, hint)));
  for (const file of found.files) {
    const content = await contentOf(file, surroundings);
    if ('problem' in content) {
      errors.push(fileProblem('Unreadable', file.name, content.problem, content.hint));
      continue;
    }
    total += content.text.length;
    if (total > limits.manifestTotalBytes) {
      errors.push(fileProblem('Limit', file.name, `all files together are larger than ${limits.manifestTotalBytes / 1024 / 1024} MiB`));
      break;
    }
    const { documents, problems } = await documentsOf(content.text);
    for (const problem of problems) (isError(problem) ? errors : warnings).push(textProblem(file.name, problem));
    for (const document of documents) addObjects(file.name, document, [], { objects, errors });
    if (errors.length > limits.manifestErrors) break;
  }
  if (objects.length === 0 && errors.length === 0) {
    errors.push(
      fileProblem('Nothing', sources.map((source) => (source === '-' ? 'stdin' : source)).join(', '), 'there is no object in it'),
    );
  }
  return { objects, errors: errors.slice(0, limits.manifestErrors), warnings };
}

async function contentOf(
  file: ManifestFile,
  surroundings: ManifestSurroundings,
): Promise<{ readonly text: string } | { readonly problem: string; readonly hint?: string }> {
  const bytes = await file.read(surroundings);
  return bytes instanceof Uint8Array ? decodedText(bytes) : bytes;
}

/** What starts with a brace is JSON, unless only YAML can read it; its parser is loaded when it is needed. */
async function documentsOf(text: string): Promise<TextDocuments> {
  const json = /^\s*\{/.test(text) ? readJsonDocuments(text) : undefined;
  if (json !== undefined && !json.problems.some(isError)) return json;
  const { readYamlDocuments } = await import('./yaml-reader.ts');
  const yaml = readYamlDocuments(text);
  return json !== undefined && yaml.problems.some(isError) ? json : yaml;
}

interface Found {
  readonly objects: ManifestObject[];
  readonly errors: ManifestProblem[];
}

/** One object, or those of a List. */
function addObjects(file: string, document: TextDocument, path: FieldPath, found: Found, type?: ItemType): void {
  const value = valueAt(document.value, path);
  const items = itemsOf(value);
  if (items !== undefined) {
    const { length } = items;
    for (let index = 0; index < length; index++) addObjects(file, document, [...path, 'items', index], found, itemTypeOf(value));
    return;
  }
  const typed =
    type !== undefined && isMap(value) && value.kind === undefined && value.apiVersion === undefined ? { ...type, ...value } : value;
  const checked = objectProblem(typed);
  // Asked for by few and not free in a long list: found when it is wanted.
  const start = (): Position => (path.length === 0 ? document.start : document.positionOf(path));
  if (checked.problem !== undefined) {
    const at = checked.problem.path.length === 0 ? start() : document.positionOf([...path, ...checked.problem.path]);
    found.errors.push({
      code: 'NotAnObject',
      file,
      position: at,
      message: checked.problem.message,
      hint: checked.problem.hint,
      excerpt: undefined,
    });
    return;
  }
  found.objects.push({
    object: checked.object,
    file,
    get position() {
      return start();
    },
    positionOf: (field) => document.positionOf([...path, ...field]),
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

function valueAt(value: Json, path: FieldPath): Json | undefined {
  let found: Json | undefined = value;
  for (const segment of path) found = Array.isArray(found) ? found[Number(segment)] : isMap(found) ? found[segment] : undefined;
  return found;
}

function fileProblem(code: ManifestProblem['code'], file: string, message: string, hint?: string): ManifestProblem {
  return { code, file, position: undefined, message, hint, excerpt: undefined };
}

function textProblem(file: string, { code, line, column, message, hint, excerpt }: TextProblem): ManifestProblem {
  return { code, file, position: { line, column }, message, hint, excerpt };
}
