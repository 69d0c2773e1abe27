import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Io } from '../io.ts';
import type { PathCompletion } from './completion.ts';

/**
 * The files and folders that may stand behind `sarif=`, as shells list them: folders end with a slash, hidden ones are left out unless
 * a dot was typed. A name that a shell would take apart is not offered.
 * @throws whatever keeps a folder from being read
 */
export async function lookUpPaths({ before, typed }: PathCompletion, { cwd, env }: Pick<Io, 'cwd' | 'env'>): Promise<readonly string[]> {
  const slash = typed.lastIndexOf('/') + 1;
  const folder = typed.slice(0, slash);
  const begun = typed.slice(slash);
  const read = resolve(
    cwd,
    folder.replace(/^~(?=\/)/, () => env.HOME ?? '~'),
  );
  const names = (await readdir(read)).filter((name) => name.startsWith(begun) && (begun.startsWith('.') || !name.startsWith('.')));
  const plain = names.filter((name) => /^[\w.,@%+:~-]+$/.test(name)).toSorted();
  return Promise.all(plain.map(async (name) => `${before}${folder}${name}${(await isFolder(join(read, name))) ? '/' : ''}`));
}

/** A link that leads nowhere is none. */
async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
