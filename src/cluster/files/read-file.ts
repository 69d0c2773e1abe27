import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { inMebibytes } from '../../core/mebibytes.ts';
import { errorCode } from '../error-code.ts';

/**
 * Reads a whole file, pipe or device, but never more than `limit` bytes.
 * @throws what node:fs throws (ENOENT, EACCES, EISDIR …), and `FileTooBigError`.
 */
export function readFileLimited(path: string, limit: number): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR' });
    if (stat.size > limit) throw new FileTooBigError(limit, stat.size);
    const chunks: Uint8Array[] = [];
    let total = 0;
    for (;;) {
      // One byte more than expected, so that a regular file needs one read and the read that finds its end.
      const space = new Uint8Array(Math.max(stat.size - total + 1, stat.isFile() ? 1 : 65_536));
      const count = readSync(file, space);
      if (count === 0) return wholeOf(chunks);
      chunks.push(space.subarray(0, count));
      total += count;
      if (total > limit) throw new FileTooBigError(limit, undefined);
    }
  } finally {
    closeSync(file);
  }
}

/** A regular file comes in one piece, which need not be copied. */
export function wholeOf(chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
}

/** The file holds more than its limit; `size` is undefined for pipes and devices. */
export class FileTooBigError extends Error {
  readonly size: number | undefined;

  constructor(limit: number, size: number | undefined) {
    super(`larger than ${inMebibytes(limit)}${size === undefined ? '' : ` (${inMebibytes(size)})`}`);
    this.name = 'FileTooBigError';
    this.size = size;
  }
}

/** Why a file could not be read, in words for a person: `no such file or directory`, `permission denied` … */
export function fileErrorReason(error: unknown): string {
  const known = reasons.get(errorCode(error));
  if (known !== undefined) return known;
  return error instanceof Error ? error.message : String(error);
}

const reasons = new Map([
  ['ENOENT', 'no such file or directory'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['ELOOP', 'too many symbolic links'],
  ['EMFILE', 'too many open files'],
  ['ENAMETOOLONG', 'its name is too long'],
]);
