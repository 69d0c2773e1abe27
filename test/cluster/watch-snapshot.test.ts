import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/cluster/cluster.ts';
import type { LoadedSnapshot, SnapshotRequest } from '../../src/cluster/load-snapshot.ts';
import { memoryCluster } from '../../src/cluster/memory.ts';
import { watchSnapshot } from '../../src/cluster/watch-snapshot.ts';
import { isSeen, type Leg } from '../../src/core/snapshot.ts';
import { type KubeObject, refOf } from '../../src/model/object.ts';
import { ApiError } from '../../src/model/status.ts';
import { anApiServer } from '../support/api-server.ts';
import { aVm, aVmService } from '../support/builders.ts';

const request: SnapshotRequest = {
  namespace: 'prod',
  names: [],
  version: 'v1alpha6',
  legs: ['vmServices', 'vms', 'services', 'endpoints', 'slices', 'events', 'networkSettings'],
};
const write = { dryRun: 'none', fieldManager: 'test' } as const;

const web = aVmService('web', { namespace: 'prod', selector: { app: 'web' } });
const service = { apiVersion: 'v1', kind: 'Service', spec: { ports: [{ name: 'http', port: 80 }] } } as const;
const api = aVmService('api', { namespace: 'prod', selector: { app: 'api' } });
const vm = aVm('vm-1', { namespace: 'prod', labels: { app: 'web' } });

function clusterOf(objects: readonly KubeObject[]): Cluster {
  const server = anApiServer();
  server.load(objects);
  return memoryCluster(server);
}

function words({ snapshot, notFound }: LoadedSnapshot): string {
  const leg = (of: Leg<KubeObject>) => (isSeen(of) ? of.items.map(({ metadata }) => metadata.name).join(' ') : of.unavailable.because);
  const missing = notFound.map(({ name }) => ` without ${name}`).join('');
  return `${leg(snapshot.vmServices)} | ${leg(snapshot.vms)} | ${leg(snapshot.services)}${missing}`;
}

async function watching(
  cluster: Cluster,
  of: Partial<SnapshotRequest>,
  act: (next: () => Promise<string>, stop: () => void) => Promise<void>,
): Promise<void> {
  const ends = new AbortController();
  const snapshots = watchSnapshot(cluster, { ...request, ...of }, { signal: ends.signal, settle: 1 });
  const next = async (): Promise<string> => {
    const { done, value } = await snapshots.next();
    return done === true ? 'over' : words(value);
  };
  try {
    await act(next, () => ends.abort());
  } finally {
    await snapshots.return(undefined);
  }
}

test('a watched snapshot is the snapshot, and another one after each change of any kind', async () => {
  const cluster = clusterOf([web, vm]);
  await watching(cluster, {}, async (next, stop) => {
    assert.equal(await next(), 'web | vm-1 | ');
    await cluster.create({ ...service, metadata: { name: 'web', namespace: 'prod' } }, write);
    assert.equal(await next(), 'web | vm-1 | web');
    await cluster.delete(refOf(vm), { dryRun: 'none' });
    assert.equal(await next(), 'web |  | web');
    const pending = next();
    stop();
    assert.equal(await pending, 'over');
  });
});

test('a watched snapshot of names has those alone, and says which do not exist until they do', async () => {
  const cluster = clusterOf([web, api]);
  await watching(cluster, { names: ['web', 'db'] }, async (next) => {
    assert.equal(await next(), 'web |  |  without db');
    await cluster.create({ ...web, metadata: { name: 'db', namespace: 'prod' } }, write);
    assert.equal(await next(), 'web db |  | ');
  });
  await watching(cluster, { names: ['web'] }, async (next) => {
    assert.equal(await next(), 'web |  | ');
    await cluster.delete(refOf(web), { dryRun: 'none' });
    assert.equal(await next(), ' |  |  without web');
  });
});

test('what may not be looked at stays a fact of every watched snapshot', async () => {
  const cluster = clusterOf([web, vm]);
  const blind: Cluster = {
    ...cluster,
    watch: (resource, version, options) => (resource.plural === 'virtualmachines' ? refuse() : cluster.watch(resource, version, options)),
  };
  await watching(blind, {}, async (next) => {
    assert.equal(await next(), 'web | Forbidden | ');
    await cluster.delete(refOf(web), { dryRun: 'none' });
    assert.equal(await next(), ' | Forbidden | ');
  });
});

async function* refuse(): AsyncGenerator<never> {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', message: 'not you', code: 403 } as const;
  yield await Promise.reject(new ApiError(status));
}

test('what will not pass by itself ends a watched snapshot with the reason', async () => {
  await assert.rejects(
    watching(clusterOf([]), { labelSelector: 'app in (' }, async (next) => void (await next())),
    /unable to parse requirement/,
  );
});
