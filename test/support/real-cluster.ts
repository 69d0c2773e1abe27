import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFileLimited } from '../../src/cluster/files/read-file.ts';
import { loadClusterAccess } from '../../src/cluster/kubeconfig/kubeconfig.ts';
import { limits } from '../../src/cluster/limits.ts';
import { readCrdFiles } from '../../src/cluster/sandbox/crd-files.ts';
import type { SandboxAccess } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { jsonEqual } from '../../src/core/patch.ts';
import type { Profile } from '../../src/core/profile.ts';
import { isList, type Json, refOf } from '../../src/model/object.ts';
import { namespaces, services } from '../../src/model/resources.ts';
import { isNotFound } from '../../src/model/status.ts';
import { rawClient } from './kubeconfig-requests.ts';
import { openKubeconfig } from './live-cluster.ts';

/** The kubeconfig of a real kube-apiserver that may be written to. @throws Error outside of `npm run test:real` */
export function realKubeconfig(): string {
  const kubeconfig = process.env.VMSVC_TEST_KUBECONFIG;
  if (kubeconfig === undefined) throw new Error('VMSVC_TEST_KUBECONFIG is not set: run npm run test:real');
  return kubeconfig;
}

/** A real cluster; `close` deletes the namespace that a test made in it, and what holds addresses there. */
export async function realCluster(namespace: string) {
  const kubeconfig = realKubeconfig();
  return {
    cluster: await openKubeconfig(kubeconfig),
    namespace,
    async close() {
      const cleaner = await openKubeconfig(kubeconfig);
      const { items } = await cleaner.list(services, 'v1', { namespace });
      for (const item of items) await cleaner.delete(refOf(item), { dryRun: 'none' });
      await cleaner.delete({ apiVersion: 'v1', kind: 'Namespace', namespace: undefined, name: namespace }, { dryRun: 'none' });
      await cleaner.close();
    },
  };
}

const releases = ['A', 'B', 'C', 'D', 'E'] as const;

/**
 * Whose definitions the real server has: it is held against those of each release.
 * @throws Error when they are none of the releases'
 */
export async function realRelease(kubeconfig = realKubeconfig()): Promise<Profile> {
  const client = await rawClient(kubeconfig);
  try {
    const name = 'virtualmachines.vmoperator.vmware.com';
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;
    const { code, body } = await client.send({ method: 'GET', path });
    const found = releases.find((release) => {
      const own = readCrdFiles(release).find(({ kind }) => kind === 'VirtualMachine');
      return own !== undefined && jsonEqual(schemasOf(own.source), schemasOf(body));
    });
    if (found === undefined) throw new Error(`the definition of ${name} there (${code}) is that of no known release`);
    return found;
  } finally {
    client.close();
  }
}

/** Whether controllers run there: then a deleted namespace is gone, some seconds after they started, and without them it stays for ever. */
export async function runsControllers(kubeconfig: string): Promise<boolean> {
  const cluster = await openKubeconfig(kubeconfig);
  const probe = { apiVersion: 'v1', kind: namespaces.kind, metadata: { name: `probe-${randomUUID().slice(0, 8)}` } };
  try {
    await cluster.create(probe, { dryRun: 'none', fieldManager: 'test' });
    await cluster.delete(refOf(probe), { dryRun: 'none' });
    for (let attempt = 0; attempt < 60; attempt += 1) {
      await cluster.get(refOf(probe));
      await sleep(250);
    }
    return false;
  } catch (error) {
    if (isNotFound(error)) return true;
    throw error;
  } finally {
    await cluster.close();
  }
}

/** The schema of each version, which a server keeps as it was sent. */
function schemasOf(definition: Json | undefined): Json {
  const versions = at(at(definition, 'spec'), 'versions');
  return isList(versions) ? versions.map((version) => [at(version, 'name') ?? '', at(at(version, 'schema'), 'openAPIV3Schema') ?? '']) : [];
}

function at(value: Json | undefined, field: string): Json | undefined {
  return typeof value === 'object' && value !== null && !isList(value) ? value[field] : undefined;
}

/** The real server as whoever stands in front of it reaches it. @throws Error where its kubeconfig has no token */
export async function realAccess(kubeconfig = realKubeconfig()): Promise<SandboxAccess> {
  const { server, certificateAuthority, user } = await loadClusterAccess({ kubeconfig }, { env: {}, cwd: '/', readFile: readFileLimited });
  const { data, file } = certificateAuthority;
  const authority = data ?? (file === undefined ? undefined : readFileLimited(file, limits.responseBytes));
  if (authority === undefined || user.token === undefined) throw new Error(`${kubeconfig} has no certificate authority, or no token`);
  return { server: server.url, authority: new TextDecoder().decode(authority), token: user.token.reveal() };
}
