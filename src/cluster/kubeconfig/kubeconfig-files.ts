import { delimiter, join, resolve } from 'node:path';
import { errorCode } from '../error-code.ts';
import { readJsonDocuments } from '../files/json-reader.ts';
import { FileTooBigError, fileErrorReason } from '../files/read-file.ts';
import { isError, type TextDocuments, type TextProblem } from '../files/text-document.ts';
import { limits } from '../limits.ts';
import { type Kubeconfig, readEntries } from './kubeconfig-entries.ts';
import { KubeconfigError } from './kubeconfig-error.ts';
import type { KubeconfigText } from './kubeconfig-fields.ts';
import { readPlainYaml } from './plain-yaml.ts';

/** What the kubeconfig is read from. `readFile` throws as node:fs does; paths are absolute. */
export interface KubeconfigSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readFile(path: string, limit: number): Uint8Array;
}

export interface LoadedKubeconfig {
  readonly config: Kubeconfig;
  /** The files that were read, as they were named. */
  readonly files: readonly string[];
  /** The places that were looked at. */
  readonly places: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Reads the files that kubectl would read and merges them as it does: `--kubeconfig` alone, else the list in KUBECONFIG,
 * else ~/.kube/config. The first file that has a current context or an entry of some name wins, entries are never mixed;
 * files of a list that do not exist are skipped.
 *
 * Mirrors ClientConfigLoadingRules.Load in client-go.
 * @throws KubeconfigError
 */
export async function loadKubeconfig(explicit: string | undefined, source: KubeconfigSource): Promise<LoadedKubeconfig> {
  const list = source.env.KUBECONFIG ?? '';
  const places = explicit !== undefined && explicit !== '' ? [explicit] : list !== '' ? listed(list) : defaultPlace(source.env);
  const warnings: string[] = [];
  const missing: string[] = [];
  const configs: Kubeconfig[] = [];
  const files: string[] = [];
  for (const path of places) {
    const absolutePath = resolve(source.cwd, path);
    try {
      const text = decoded(path, source.readFile(absolutePath, limits.kubeconfigBytes));
      files.push(path);
      configs.push(await parsedKubeconfig({ path, absolutePath }, text, warnings));
    } catch (error) {
      if (error instanceof KubeconfigError) throw error;
      if (error instanceof FileTooBigError) throw new KubeconfigError(`cannot read the kubeconfig ${path}: ${error.message}`);
      if (explicit === undefined && isMissing(error)) missing.push(path);
      else throw new KubeconfigError(`cannot read the kubeconfig ${path}: ${fileErrorReason(error)}`, { cause: error });
    }
  }
  if (list !== '' && missing.length > 0 && missing.length === places.length) warnings.push(`kubeconfig not found: ${missing.join(', ')}`);
  return {
    config: mergeKubeconfigs(configs),
    files,
    places,
    warnings,
  };
}

/** First wins, whole entries; pure. */
function mergeKubeconfigs(configs: readonly Kubeconfig[]): Kubeconfig {
  const currentContext = configs.find((config) => config.currentContext !== undefined)?.currentContext;
  // A Map keeps the last of equal keys, so the files go in backwards.
  const backwards = configs.toReversed();
  return {
    ...(currentContext === undefined ? {} : { currentContext }),
    clusters: new Map(backwards.flatMap(({ clusters }) => [...clusters])),
    users: new Map(backwards.flatMap(({ users }) => [...users])),
    contexts: new Map(backwards.flatMap(({ contexts }) => [...contexts])),
  };
}

function listed(list: string): string[] {
  return [...new Set(list.split(delimiter).filter((path) => path !== ''))];
}

function defaultPlace(env: KubeconfigSource['env']): string[] {
  const home = env.HOME || env.USERPROFILE || '';
  return home === '' ? [] : [join(home, '.kube', 'config')];
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error));
}

function decoded(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new KubeconfigError(`cannot read the kubeconfig ${path}: it is not UTF-8 text`, { cause: error });
  }
}

/** A file that holds nothing is an empty kubeconfig. Of several documents kubectl reads the first. */
async function parsedKubeconfig(
  file: Pick<KubeconfigText, 'path' | 'absolutePath'>,
  text: string,
  warnings: string[],
): Promise<Kubeconfig> {
  const plain = plainEntries(file, text);
  if (plain !== undefined) return plain;
  const { documents, problems } = await readText(text);
  for (const problem of problems) {
    if (isError(problem)) throw new KubeconfigError(`${placeOf(file.path, problem)}: the kubeconfig cannot be read: ${problem.message}`);
    if (problem.code === 'DuplicateKey') warnings.push(`${placeOf(file.path, problem)}: ${problem.message}: ${problem.hint}`);
  }
  const [document] = documents;
  return document === undefined ? mergeKubeconfigs([]) : readEntries({ ...file, ...document });
}

/** Without the parser for YAML; whatever is odd about the file is left to the one that knows places. */
function plainEntries(file: Pick<KubeconfigText, 'path' | 'absolutePath'>, text: string): Kubeconfig | undefined {
  const value = readPlainYaml(text);
  if (value === undefined) return undefined;
  try {
    return readEntries({ ...file, value, positionOf: () => ({ line: 1, column: 1 }) });
  } catch {
    return undefined;
  }
}

/** The parser for YAML is loaded when the text is not JSON, because it costs a third of a short run's start. */
async function readText(text: string): Promise<TextDocuments> {
  if (/^\s*\{/.test(text)) {
    const json = readJsonDocuments(text);
    if (!json.problems.some(isError)) return json;
  }
  const { readYamlDocuments } = await import('../files/yaml-reader.ts');
  return readYamlDocuments(text);
}

function placeOf(path: string, { line, column }: TextProblem): string {
  return `${path}:${line}:${column}`;
}
