import { statSync } from 'node:fs';
import { readFileLimited } from './read-file.ts';

/**
 * Reads what somebody named on a command line, never more than `limit` bytes: a file, or a pipe, for which whoever writes is waited for
 * without holding up the process.
 * @throws as `readFileLimited`
 */
export async function readFileOrPipe(path: string, limit: number): Promise<Uint8Array> {
  if (!statSync(path).isFIFO()) return readFileLimited(path, limit);
  // Sockets take their time to load, and pipes are rare.
  return (await import('./read-pipe.ts')).readPipeLimited(path, limit);
}
