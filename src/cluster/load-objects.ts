import type { LoadLoss } from '../apiserver/load.ts';
import type { ApiServer } from '../apiserver/server.ts';
import type { KubeObject } from '../model/object.ts';

/** The server cannot hold one of the objects that it was given; the message says why. */
export class UnloadableObject extends Error {
  /** Its place among them. */
  readonly index: number;

  constructor(index: number, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'UnloadableObject';
    this.index = index;
  }
}

/**
 * Takes objects into an in-memory API server all at once, which is fast. Who asks for one by one has to know which of them it was.
 * @param times what becomes of objects that do not say when they were created: a server that begins with them has just made them, and
 *   of a cluster that files stand for nobody knows
 * @throws UnloadableObject for an object that the server cannot hold
 */
export function loadObjects(api: ApiServer, objects: readonly KubeObject[], times: 'now' | 'unknown'): readonly LoadLoss[] {
  const scratch = api.fork([]);
  const created = times === 'now' ? api.now : undefined;
  try {
    return api.load(objects, { created });
  } catch (error) {
    for (const [index, object] of objects.entries()) {
      try {
        scratch.load([object], { created });
      } catch (cause) {
        throw new UnloadableObject(index, cause);
      }
    }
    throw error;
  }
}
