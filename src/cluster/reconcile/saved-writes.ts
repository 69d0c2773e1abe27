import { type KubeObject, nameOf, type ObjectRef, refOf } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { type Cluster, ConnectionError } from '../cluster.ts';
import type { StateFile } from '../files/state-file.ts';
import { writeErrorReason } from '../files/whole-file.ts';
import { ifThere } from '../if-there.ts';

/**
 * Makes clusters on which what is there is written to a file before it is changed, and what a write left afterwards. A write whose
 * object cannot be saved is not sent: it fails with a ConnectionError.
 * @param known objects as they were read: what a change is computed from is what is saved
 */
export function saveWrites(file: StateFile, known: Iterable<KubeObject>): (cluster: Cluster) => Cluster {
  const latest = new Map<string, KubeObject | undefined>();
  const saved = new Map<string, string | undefined>();
  const done = new Set<string>();
  const see = <T extends KubeObject | undefined>(ref: ObjectRef, object: T): T => {
    latest.set(keyOf(ref), object);
    return object;
  };
  for (const object of known) see(refOf(object), object);

  const current = async (cluster: Cluster, ref: ObjectRef, version: string | undefined): Promise<KubeObject | undefined> => {
    const seen = latest.get(keyOf(ref));
    if (seen !== undefined && (version === undefined || seen.metadata.resourceVersion === version)) return seen;
    const object = await ifThere(cluster.get(ref));
    return object === undefined ? undefined : see(ref, object);
  };
  const save = async (ref: ObjectRef, before: KubeObject | undefined): Promise<void> => {
    const key = keyOf(ref);
    const version = before?.metadata.resourceVersion;
    if (done.has(key) || (saved.has(key) && saved.get(key) === version)) return;
    try {
      await file.before(ref, before);
    } catch (error) {
      throw new ConnectionError(`${nameOf(ref)} was not written: what is there could not be saved: ${writeErrorReason(error)}`, {
        cause: error,
      });
    }
    saved.set(key, version);
  };
  const left = <T extends KubeObject | undefined>(ref: ObjectRef, after: T): T => {
    done.add(keyOf(ref));
    file.left(ref, after);
    return see(ref, after);
  };

  return (cluster) => ({
    ...cluster,
    get: async (ref) => see(ref, await cluster.get(ref)),
    async create(object, options) {
      await save(refOf(object), undefined);
      return left(refOf(object), await cluster.create(object, options));
    },
    async patch(ref, mergePatch, options) {
      const { metadata } = mergePatch;
      const version = isMap(metadata) && typeof metadata['resourceVersion'] === 'string' ? metadata['resourceVersion'] : undefined;
      await save(ref, await current(cluster, ref, version));
      return left(ref, await cluster.patch(ref, mergePatch, options));
    },
    async delete(ref, options) {
      await save(ref, await current(cluster, ref, undefined));
      await cluster.delete(ref, options);
      left(ref, undefined);
    },
  });
}

function keyOf({ apiVersion, kind, namespace, name }: ObjectRef): string {
  return [apiVersion, kind, namespace ?? '', name].join('\0');
}
