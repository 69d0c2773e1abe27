import { serverConfig } from '../apiserver/config.ts';
import { customResources } from '../apiserver/custom-resources.ts';
import type { LoadLoss } from '../apiserver/load.ts';
import { findKind, servedResources } from '../apiserver/resources.ts';
import { ApiServer } from '../apiserver/server.ts';
import { isContext, withContextObjects } from '../cluster/files/context-objects.ts';
import { type Manifests, readManifests } from '../cluster/files/manifests.ts';
import { loadObjects, UnloadableObject } from '../cluster/load-objects.ts';
import { memoryCluster } from '../cluster/memory.ts';
import { readCrdFiles } from '../cluster/sandbox/crd-files.ts';
import type { Profile } from '../core/profile.ts';
import { groupOf, type KubeObject } from '../model/object.ts';
import { vmOperatorGroup } from '../model/resources.ts';
import { UnreadableObject } from '../model/shape.ts';
import { vmOf } from '../model/virtual-machine.ts';
import { vmServiceOf } from '../model/virtual-machine-service.ts';
import { shellQuote } from '../render/shell-quote.ts';
import { CliError } from './errors.ts';
import type { Io } from './io.ts';
import { writeLoadLosses } from './load-losses.ts';
import { manifestErrors } from './manifest-errors.ts';
import { newestVersion } from './newest-version.ts';
import type { OpenCluster } from './open-cluster.ts';
import { profileFor } from './release-facts.ts';
import type { Flags } from './spec.ts';

/**
 * Lets files be the cluster: an in-memory API server of the release that they are written for, with nothing but them in it.
 * @throws CliError when a file cannot be read
 */
export async function openFiles(flags: Flags, io: Io): Promise<OpenCluster> {
  const files = flags.list('filename');
  const manifests = await readManifests(files, {
    cwd: io.cwd,
    recursive: flags.on('recursive'),
    readStdin: (limit) => io.stdin.read(limit),
  });
  if (manifests.errors.length > 0) throw manifestErrors(manifests.errors);
  const objects = manifests.objects.map(({ object }) => object);
  const namespace = flags.text('namespace') ?? onlyNamespace(objects) ?? 'default';
  const profile = profileFor(newestVersion(objects) ?? 'v1alpha6', flags);
  const config = serverConfig(profile, customResources(readCrdFiles(profile)));
  const server = new ApiServer({ config, now: () => io.now(), newUid: inventedUids() });
  refuseUnknownVersions(manifests.objects, profile);
  // Other kinds are context: of most of them nobody asks anything.
  const groups = Map.groupBy(manifests.objects, ({ object }) => findKind(profile, object.apiVersion, object.kind) !== undefined);
  const [served = [], others = []] = [groups.get(true), groups.get(false)];
  refuseUnreadable(served);
  writeLoadLosses(loaded(server, served, namespace), io);
  const context = others.flatMap(({ object }) => (isContext(object) ? [inNamespace(object, namespace)] : []));
  return { cluster: withContextObjects(memoryCluster(server), context), namespace, origin: { type: 'files', files }, warnings: () => 0 };
}

/** @throws CliError for an object of VM Operator's with a field of a type that the kind does not have: no server would have taken it */
function refuseUnreadable(manifests: Manifests['objects']): void {
  for (const { object, file, positionOf } of manifests) {
    if (groupOf(object.apiVersion) !== vmOperatorGroup) continue;
    try {
      if (object.kind === 'VirtualMachineService') vmServiceOf(object);
      if (object.kind === 'VirtualMachine') vmOf(object);
    } catch (error) {
      if (!(error instanceof UnreadableObject)) throw error;
      const { line, column } = positionOf(error.path);
      const hint = [`kubectl vmsvc validate -f ${shellQuote(file)} says what else is wrong with it`];
      throw new CliError(`${file}:${line}:${column}: ${error.message}`, { exitCode: 3, hint, cause: error });
    }
  }
}

/** @throws CliError for an object that no server of this release would have stored */
function loaded(server: ApiServer, manifests: Manifests['objects'], namespace: string): readonly LoadLoss[] {
  try {
    return loadObjects(
      server,
      manifests.map(({ object }) => inNamespace(object, namespace)),
      'unknown',
    );
  } catch (error) {
    const manifest = error instanceof UnloadableObject ? manifests[error.index] : undefined;
    if (!(error instanceof UnloadableObject) || manifest === undefined) throw error;
    const { file, position } = manifest;
    throw new CliError(`${file}:${position.line}:${position.column}: ${error.message}`, { exitCode: 3, cause: error });
  }
}

const invented = 'ffffffff-0000-4000-8000-';

/** A uid that no file and no server gave to an object; the same files always get the same. */
export function isInventedUid(uid: string): boolean {
  return uid.startsWith(invented);
}

function inventedUids(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `${invented}${String(count).padStart(12, '0')}`;
  };
}

/** @throws CliError for an object of VM Operator's in a version that the release does not have: leaving it out would hide it */
function refuseUnknownVersions(objects: Manifests['objects'], profile: Profile): void {
  for (const { object, file, position } of objects) {
    const { apiVersion, kind } = object;
    if (groupOf(apiVersion) !== vmOperatorGroup || findKind(profile, apiVersion, kind) !== undefined || isContext(object)) continue;
    const versions = servedResources(profile).filter((resource) => resource.group === vmOperatorGroup && resource.kind === kind);
    const known = versions.length === 0 ? `it has no ${kind}` : `it has ${versions.map(({ version }) => version).join(', ')}`;
    throw new CliError(`${file}:${position.line}:${position.column}: this release does not have ${kind} in ${apiVersion}; ${known}`, {
      exitCode: 3,
      hint: ['--release names the release that the files are for'],
    });
  }
}

/** The namespace that all objects share: nobody wants to be told that `default` is empty. */
function onlyNamespace(objects: readonly KubeObject[]): string | undefined {
  const named = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
  return named.size === 1 ? [...named][0] : undefined;
}

/** Manifests often leave the namespace out; the kinds that have none keep having none. */
export function inNamespace(object: KubeObject, namespace: string): KubeObject {
  if (object.metadata.namespace !== undefined || clusterScoped.includes(object.kind)) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

const clusterScoped: readonly string[] = [
  'Namespace',
  'Capabilities',
  'Node',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleBinding',
  'PersistentVolume',
  'StorageClass',
];
