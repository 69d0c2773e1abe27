import { ArchiveError } from '../cluster/bundle/archive-error.ts';
import { type Bundle, unpackBundle } from '../cluster/bundle/bundle-file.ts';
import { recordedCluster } from '../cluster/bundle/recorded-cluster.ts';
import { FileTooBigError, fileErrorReason } from '../cluster/files/read-file.ts';
import { readFileOrPipe } from '../cluster/files/read-file-or-pipe.ts';
import { limits } from '../cluster/limits.ts';
import { ageOf } from '../render/age.ts';
import { sanitize } from '../render/sanitize.ts';
import { CliError, usageError } from './errors.ts';
import { filePath } from './file-path.ts';
import type { Io } from './io.ts';
import type { OpenCluster } from './open-cluster.ts';
import type { Flags } from './spec.ts';

/**
 * Commands that look for mistakes in what somebody applied, or at whether it was passed on; the others show objects as they were taken.
 */
function looksAtApplied(command: string, flags: Flags): boolean {
  if (command === 'get') return flags.text('output') === 'wide';
  if (command === 'reconcile') return !flags.on('print');
  return ['debug', 'validate', 'describe', 'diff'].includes(command);
}

/**
 * Lets a bundle be the cluster: read-only, of one namespace, its clock at the moment when it was taken. Says on stderr where facts come
 * from.
 * @throws CliError when it cannot be read, or holds another namespace than the one that was asked for
 */
export async function openBundle(flags: Flags, io: Io, command: string): Promise<OpenCluster> {
  const file = flags.text('bundle') ?? '';
  if (file === '') throw usageError('--bundle "": must name a file that kubectl vmsvc bundle wrote', command);
  const partial = flags.on('partial');
  const { index, objects } = await readBundle(file, partial, io);
  const asked = flags.text('namespace');
  if (asked !== undefined && asked !== index.namespace) {
    throw new CliError(`bundle ${file} holds namespace ${index.namespace}, not ${asked}`, { exitCode: 3 });
  }
  // What is made is made in one namespace, and has no -A.
  if (command !== 'create' && flags.on('all-namespaces')) {
    throw new CliError(`bundle ${file} holds namespace ${index.namespace} alone: leave out -A`, { exitCode: 3 });
  }
  if (!flags.on('quiet'))
    io.stderr.write(
      `source: bundle ${sanitize(file)}, taken ${ageOf(index.takenAt, io.now())} ago${index.redacted ? ', redacted' : ''}${partial ? ', as far as it is whole' : ''}\n`,
    );
  return {
    cluster: recordedCluster({ index, objects }, { lastApplied: looksAtApplied(command, flags) }),
    namespace: index.namespace,
    origin: {
      type: 'files',
      files: [file],
      bundle: { takenAt: new Date(index.takenAt), localTime: new Date(index.localTime), context: index.context },
    },
    warnings: () => 0,
  };
}

async function readBundle(file: string, partial: boolean, io: Io): Promise<Bundle> {
  try {
    const bytes =
      file === '-' ? await io.stdin.read(limits.bundleFileBytes) : await readFileOrPipe(filePath(io, file), limits.bundleFileBytes);
    if (bytes.length > limits.bundleFileBytes) throw new FileTooBigError(limits.bundleFileBytes, undefined);
    return await unpackBundle(bytes, { partial });
  } catch (error) {
    if (error instanceof ArchiveError) {
      const hint = error.message.startsWith('it is cut short') ? ['--partial reads what is whole of it'] : [];
      throw new CliError(`cannot read bundle ${file}: ${error.message}`, { exitCode: 3, hint, cause: error });
    }
    if (error instanceof FileTooBigError || (error instanceof Error && 'code' in error)) {
      throw new CliError(`cannot read bundle ${file}: ${fileErrorReason(error)}`, { exitCode: 3, cause: error });
    }
    throw error;
  }
}
