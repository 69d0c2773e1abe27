import type { FileProblem } from '../cluster/files/manifest-files.ts';
import type { ManifestSource, ManifestSurroundings } from '../cluster/files/manifest-values.ts';
import { type Manifests, readManifests } from '../cluster/files/manifests.ts';
import { usageError } from './errors.ts';
import type { Io } from './io.ts';
import type { Flags } from './spec.ts';

/**
 * Reads what `-f` and `-k` name: files, folders, stdin and the web, or a kustomization.
 * @throws CliError for words that contradict each other, in kubectl's words
 */
export async function readLiveManifests(flags: Flags, io: Io, command: string): Promise<Manifests> {
  const { sources, surroundings } = manifestInput(flags, io, command);
  return readManifests(sources, surroundings);
}

/** What `-f` and `-k` name, and how it is got at. @throws CliError for words that contradict each other, in kubectl's words */
export function manifestInput(
  flags: Flags,
  io: Io,
  command: string,
): { readonly sources: readonly ManifestSource[]; readonly surroundings: ManifestSurroundings } {
  const kustomization = flags.text('kustomize');
  const sources = flags.list('filename');
  if (kustomization !== undefined && sources.length > 0) throw usageError('only one of -f or -k can be specified', command);
  if (kustomization !== undefined && flags.on('recursive')) throw usageError("the -k flag can't be used with -f or -R", command);
  if (kustomization === '') throw usageError('-k needs a folder with a kustomization', command);
  if (sources.filter((source) => source === '-').length > 1) {
    throw usageError('standard input cannot be used for multiple arguments', command);
  }
  return {
    sources: kustomization === undefined ? sources : [{ name: kustomization, read: () => kustomized(kustomization, io) }],
    surroundings: {
      cwd: io.cwd,
      recursive: flags.on('recursive'),
      readStdin: (limit) => io.stdin.read(limit),
      download: (url) => downloaded(url, io),
    },
  };
}

/** The flag by which files name objects; undefined without one. */
export function manifestFlag(flags: Flags): '-f' | '-k' | undefined {
  return flags.given('filename') ? '-f' : flags.given('kustomize') ? '-k' : undefined;
}

/** The same words, for sentences. */
export function manifestSources(flags: Flags): string {
  return [...flags.list('filename'), ...(flags.given('kustomize') ? [flags.text('kustomize') ?? ''] : [])].join(', ');
}

async function kustomized(folder: string, io: Io): Promise<Uint8Array | FileProblem> {
  const { runKustomize } = await import('./kustomize.ts');
  return runKustomize(folder, io);
}

async function downloaded(url: URL, io: Io): Promise<Uint8Array | FileProblem> {
  const { download } = await import('../cluster/http/download.ts');
  const { userAgent } = await import('./tool-version.ts');
  return download(url, userAgent, { env: io.env, signal: io.signal });
}
