import { mebibyte } from '../core/mebibytes.ts';
import type { KubeObject } from '../model/object.ts';
import type { ApiServer } from './server.ts';

/** Characters of JSON that a server may hold: what a laptop can spare. */
export const usualSizeLimit = 512 * mebibyte;

/** How much a server holds, in characters of JSON, kept up to date with every write. */
export function storedSize(server: ApiServer): () => number {
  let size = server.objects().reduce((sum, object) => sum + sizeOf(object), 0);
  server.subscribe((events) => {
    for (const { type, object, before } of events) {
      if (type === 'DELETED') size -= sizeOf(object);
      else size += sizeOf(object) - (before === undefined ? 0 : sizeOf(before));
    }
  });
  return () => size;
}

function sizeOf(object: KubeObject): number {
  return JSON.stringify(object).length;
}
