import { serverConfig } from '../../apiserver/config.ts';
import { customResources } from '../../apiserver/custom-resources.ts';
import { ApiServer } from '../../apiserver/server.ts';
import { detectProfile } from '../../core/profile.ts';
import type { KubeObject } from '../../model/object.ts';
import { type MemoryCluster, memoryCluster } from '../memory.ts';
import { readCrdFiles } from '../sandbox/crd-files.ts';

export interface PlanClusterOptions {
  /** The version of VM Operator's API that the objects are written in. */
  readonly version: string;
  readonly now: () => Date;
  readonly newUid: () => string;
}

/**
 * A cluster to try things on: an in-memory API server with copies of these objects, which fills in and checks as a live one
 * would. No controller runs there, and nothing that happens there is seen anywhere else.
 *
 * @throws Error with a sentence about an object that it cannot hold.
 */
export function planCluster(objects: Iterable<KubeObject>, { version, now, newUid }: PlanClusterOptions): MemoryCluster {
  const profile = detectProfile({ newestVersion: version });
  const server = new ApiServer({ config: serverConfig(profile, customResources(readCrdFiles(profile))), now, newUid });
  // What is not said to be there stays unsaid: a plan shows what would change.
  server.load(objects, { created: undefined });
  return memoryCluster(server);
}

/** An object of another cluster as it is compared here: the version that it has there means nothing here. */
export function withoutResourceVersion<T extends KubeObject>(object: T): T {
  const { resourceVersion: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
