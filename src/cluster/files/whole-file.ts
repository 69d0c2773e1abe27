import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  linkSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../error-code.ts';

/**
 * Writes a file whole or not at all: under another name in the same folder first. Where that fails, nothing is left behind and an
 * older file of that name is untouched. A file that is there keeps its mode, its owner, and the links that lead to it; a pipe or a
 * device is written to.
 * @param mode of a new file; without it only its owner may read it
 * @throws what node:fs throws (ENOENT, EACCES, ENOSPC …)
 */
export function writeWholeFile(path: string, text: string, mode = 0o600): void {
  const { place, older } = placeOf(path);
  if (older !== undefined && !older.isFile()) {
    writeFileSync(place, text);
    return;
  }
  const draft = draftOf(place);
  try {
    writeDraft(draft, text, mode, older);
    renameSync(draft, place);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Where links lead, and what is there. */
function placeOf(path: string): { readonly place: string; readonly older: Stats | undefined } {
  const older = statSync(path, { throwIfNoEntry: false });
  return { place: older === undefined ? path : realpathSync(path), older };
}

function become({ mode, uid, gid }: Stats, file: number): void {
  fchmodSync(file, mode & 0o777);
  try {
    fchownSync(file, uid, gid);
  } catch {
    // Only root may give a file away: then it is that of whoever wrote it last.
  }
}

/**
 * Writes a new file whole or not at all, for its owner alone. A file that is there is never touched.
 * @throws what node:fs throws, EEXIST where there is one
 */
export function writeNewFile(path: string, bytes: Uint8Array): void {
  const draft = draftOf(path);
  try {
    writeDraft(draft, bytes, 0o600, undefined);
    // Unlike a rename, a link never takes the place of something.
    linkSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** A name beside a file that nobody else has. */
function draftOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
}

/** Safe on the disk once this returns. @param older the file whose place it is to take */
function writeDraft(draft: string, content: string | Uint8Array, mode: number, older: Stats | undefined): void {
  const file = openSync(draft, 'wx', mode);
  try {
    if (older !== undefined) become(older, file);
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Why a file could not be written, in words for a person. */
export function writeErrorReason(error: unknown): string {
  return reasons.get(errorCode(error)) ?? (error instanceof Error ? error.message : String(error));
}

const reasons = new Map([
  ['ENOENT', 'its folder does not exist'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EROFS', 'the file system is read-only'],
  ['ENOSPC', 'no space left'],
  ['EFBIG', 'it would be larger than a file may be'],
  ['EDQUOT', 'the disk quota is used up'],
  ['ENAMETOOLONG', 'its name is too long'],
]);
