import { type FileProblem, type ManifestFile, manifestFiles } from '../../cluster/files/manifest-files.ts';
import { decodedText } from '../../cluster/files/text-decoding.ts';
import { limits } from '../../cluster/limits.ts';
import type { Io } from '../io.ts';
import { manifestInput } from '../manifest-input.ts';
import type { Flags } from '../spec.ts';
import type { ManifestInput } from './manifest-set.ts';

/** A file of `-f`, read once, so that it can be judged, mended and judged again. */
export interface LoadedFile {
  readonly name: string;
  /** Undefined for what cannot be read as text. */
  readonly text: string | undefined;
  /** Whether it began with a byte order mark, which is no part of the text. */
  readonly marked: boolean;
}

export interface LoadedFiles {
  readonly files: readonly LoadedFile[];
  /** The same files for whoever reads manifests, with other texts where there are any. */
  input(texts?: ReadonlyMap<LoadedFile, string>): ManifestInput;
}

/**
 * Reads the files of `-f` and `-k`. What cannot be read is told by whoever reads manifests.
 * @throws CliError for words that contradict each other
 */
export async function loadFiles(flags: Flags, io: Io): Promise<LoadedFiles> {
  const { sources, surroundings } = manifestInput(flags, io, 'validate');
  const found = manifestFiles(sources, surroundings);
  const loaded: { readonly file: LoadedFile; readonly content: Uint8Array | FileProblem }[] = [];
  let total = 0;
  for (const { name, read } of found.files) {
    // Whoever reads manifests stops at the same file, and says why.
    if (total > limits.manifestTotalBytes) break;
    const content = await read(surroundings);
    total += content instanceof Uint8Array ? content.length : 0;
    loaded.push({ file: loadedFile(name, content), content });
  }
  // A folder without manifests is an empty input.
  const problems = found.problems.filter(({ isEmpty }) => isEmpty === undefined || !flags.on('allow-empty'));
  const absent = problems.map(({ file, message, hint }): ManifestFile => {
    const problem: FileProblem = { problem: message, ...(hint !== undefined && { hint }) };
    return { name: file, read: async () => problem };
  });
  return {
    files: loaded.map(({ file }) => file),
    input: (texts) => ({
      names: sources.map((source) => (typeof source === 'string' ? source : source.name)),
      sources: [
        ...absent,
        ...loaded.map(({ file, content }) => {
          const other = texts?.get(file);
          const isSame = other === undefined || other === file.text;
          return { name: file.name, read: async () => (isSame ? content : new TextEncoder().encode(other)) };
        }),
      ],
      surroundings,
    }),
  };
}

/** Its text is only wanted where it is to be mended. */
function loadedFile(name: string, content: Uint8Array | FileProblem): LoadedFile {
  if (!(content instanceof Uint8Array)) return { name, text: undefined, marked: false };
  let decoded: ReturnType<typeof decodedText> | undefined;
  return {
    name,
    get text() {
      decoded ??= decodedText(content);
      return 'text' in decoded ? decoded.text : undefined;
    },
    marked: content[0] === 0xef && content[1] === 0xbb,
  };
}
