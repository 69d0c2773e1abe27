import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { FileTooBigError, wholeOf } from './read-file.ts';

/**
 * Reads all that somebody writes into a named pipe, but never more than `limit` bytes. Waits for whoever writes without holding up the
 * process, which can be interrupted meanwhile.
 * @throws what node:fs throws, and `FileTooBigError`
 */
export async function readPipeLimited(path: string, limit: number): Promise<Uint8Array> {
  const pipe = new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false });
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of pipe) {
    chunks.push(chunk);
    total += chunk.length;
    if (total > limit) throw new FileTooBigError(limit, undefined);
  }
  return wholeOf(chunks);
}
