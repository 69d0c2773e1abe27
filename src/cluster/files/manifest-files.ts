import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inMebibytes } from '../../core/mebibytes.ts';
import { compareText } from '../../model/text-order.ts';
import { limits } from '../limits.ts';
import { fileErrorReason } from './read-file.ts';
import { readFileOrPipe } from './read-file-or-pipe.ts';

export interface FileProblem {
  readonly problem: string;
  readonly hint?: string;
}

export interface FileSurroundings {
  /** Stops behind `limit` bytes. */
  readStdin(limit: number): Promise<Uint8Array>;
  /** Undefined: nothing is downloaded here. */
  readonly download?: ((url: URL) => Promise<Uint8Array | FileProblem>) | undefined;
}

/** A file that is to be read, under the name that it was given. */
export interface ManifestFile {
  readonly name: string;
  read(surroundings: FileSurroundings): Promise<Uint8Array | FileProblem>;
}

/** Why nothing is read of what was named. */
export interface SourceProblem {
  readonly file: string;
  readonly message: string;
  readonly hint?: string;
  /** A folder that is there, without manifests. */
  readonly isEmpty?: true;
}

const extensions = ['.yaml', '.yml', '.json', '.jsonl'];

/** The files behind `-f`: each as named; of a folder those with a manifest's extension, sorted, with `-R` those below too. */
export function manifestFiles(
  sources: readonly (string | ManifestFile)[],
  options: { readonly cwd: string; readonly recursive?: boolean },
): {
  readonly files: readonly ManifestFile[];
  readonly problems: readonly SourceProblem[];
} {
  const files: ManifestFile[] = [];
  const problems: SourceProblem[] = [];
  for (const source of sources) {
    if (typeof source !== 'string') files.push(source);
    else if (source === '') problems.push({ file: '""', message: 'no file is named: -f needs a file, a folder, an address or -' });
    else if (source === '-') files.push({ name: 'stdin', read: readStdin });
    else if (/^https?:\/\//i.test(source)) files.push(addressed(source));
    else {
      try {
        const path = resolve(options.cwd, source);
        // A slash behind a file is not forgiven: whoever wrote it meant a folder.
        const stat = statSync(source.endsWith('/') ? `${path}/` : path);
        if (!stat.isDirectory()) {
          files.push({ name: source, read: () => readNamed(path) });
          continue;
        }
        const names = filesIn(path, source, options.recursive === true);
        const message = `there is no file in it that ends in ${extensions.join(', ')}`;
        if (names.length === 0) problems.push({ file: source, message, isEmpty: true });
        files.push(...names.map((name) => ({ name, read: () => readFoundFile(resolve(options.cwd, name)) })));
      } catch (error) {
        problems.push({ file: source, message: fileErrorReason(error), ...hintFor(source) });
      }
    }
  }
  return { files, problems };
}

function hintFor(source: string): { readonly hint?: string } {
  if (source.includes(',')) return { hint: 'give each file a -f of its own' };
  return source.endsWith('/') ? { hint: 'only folders may have a / at the end' } : {};
}

/** Links to folders are not followed, so that no folder is read twice. */
function filesIn(path: string, name: string, recursive: boolean): string[] {
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => compareText(a.name, b.name));
  return entries.flatMap((entry) => {
    const inner = join(name, entry.name);
    if (entry.isDirectory()) return recursive ? filesIn(join(path, entry.name), inner, recursive) : [];
    return extensions.some((extension) => entry.name.endsWith(extension)) ? [inner] : [];
  });
}

/** A file on the web. What stands before an `@` is a password, and is neither shown nor sent. */
function addressed(source: string): ManifestFile {
  if (!URL.canParse(source)) return { name: source, read: async () => ({ problem: 'it is not an address' }) };
  const url = new URL(source);
  const named = url.username !== '' || url.password !== '';
  url.username = '';
  url.password = '';
  return {
    name: url.href,
    read: async ({ download }) => {
      if (named) return { problem: 'its address names a user, and nothing is logged in to', hint: elsewhere };
      return download === undefined ? { problem: 'nothing is downloaded here', hint: elsewhere } : download(url);
    },
  };
}

const elsewhere = 'download it yourself and pass the file, or pipe it into -f -';

async function readStdin({ readStdin }: FileSurroundings): Promise<Uint8Array | FileProblem> {
  const bytes = await readStdin(limits.manifestFileBytes);
  return bytes.length > limits.manifestFileBytes ? { problem: `it is larger than ${inMebibytes(limits.manifestFileBytes)}` } : bytes;
}

/** A file that nobody named. What never ends, or waits for somebody to write, is not read: a folder may hold the pipe of a program. */
async function readFoundFile(path: string): Promise<Uint8Array | FileProblem> {
  const stat = statSync(path, { throwIfNoEntry: false });
  const isEndless = stat !== undefined && !stat.isFile() && !stat.isDirectory();
  return isEndless ? { problem: 'it is a pipe or a device, not a file', hint: 'to read from it, name it with -f' } : readNamed(path);
}

async function readNamed(path: string): Promise<Uint8Array | FileProblem> {
  try {
    return await readFileOrPipe(path, limits.manifestFileBytes);
  } catch (error) {
    return { problem: fileErrorReason(error) };
  }
}
