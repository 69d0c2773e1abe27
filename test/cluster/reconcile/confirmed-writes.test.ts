import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { UnknownOutcomeError } from '../../../src/cluster/http/unknown-outcome.ts';
import { type MemoryCluster, memoryCluster } from '../../../src/cluster/memory.ts';
import { confirmWrites } from '../../../src/cluster/reconcile/confirmed-writes.ts';
import { type KubeObject, refOf } from '../../../src/model/object.ts';
import { anApiServer } from '../../support/api-server.ts';
import { aService, someEndpoints } from '../../support/builders.ts';

const options = { dryRun: 'none', fieldManager: 'test' } as const;
const { uid: _, resourceVersion: __, creationTimestamp: ___, ...bare } = someEndpoints('web', { ready: ['10.0.0.1'] }).metadata;
const endpoints = { ...someEndpoints('web', { ready: ['10.0.0.1'] }), metadata: bare };

/** Loses the answer to the first write; whether it happened before that, the caller says. */
function forgetful(cluster: MemoryCluster, happened: boolean): { readonly cluster: Cluster; readonly sent: () => number } {
  let sent = 0;
  const lossy = async <T>(write: () => Promise<T>): Promise<T> => {
    sent += 1;
    if (sent > 1) return write();
    if (happened) await write();
    throw new UnknownOutcomeError('the answer was lost');
  };
  const through: Cluster = {
    ...cluster,
    create: (object, writeOptions) => lossy(() => cluster.create(object, writeOptions)),
    patch: (ref, patch, writeOptions) => lossy(() => cluster.patch(ref, patch, writeOptions)),
    delete: (ref, writeOptions) => lossy(() => cluster.delete(ref, writeOptions)),
  };
  return { cluster: confirmWrites(through), sent: () => sent };
}

async function stored(objects: readonly KubeObject[]): Promise<MemoryCluster> {
  const server = anApiServer();
  server.load(objects);
  return memoryCluster(server);
}

for (const happened of [true, false]) {
  const sends = happened ? 1 : 2;
  const how = happened ? 'happened: it counts as done' : 'did not happen: it is sent once more';

  test(`R020 R021 R022 a write whose answer is lost, and which ${how}`, async () => {
    const empty = await stored([aService('other')]);
    const creating = forgetful(empty, happened);
    const made = await creating.cluster.create(endpoints, options);
    assert.deepEqual([made, creating.sent()], [await empty.get(refOf(endpoints)), sends]);

    const { resourceVersion } = made.metadata;
    const patching = forgetful(empty, happened);
    const patch = { metadata: { resourceVersion: resourceVersion ?? '', labels: { a: 'b' } }, subsets: null };
    const patched = await patching.cluster.patch(refOf(endpoints), patch, options);
    assert.deepEqual([patched.metadata.labels, 'subsets' in patched, patching.sent()], [{ a: 'b' }, false, sends]);

    const deleting = forgetful(empty, happened);
    await deleting.cluster.delete(refOf(endpoints), { dryRun: 'none' });
    assert.equal(deleting.sent(), sends);
    await assert.rejects(empty.get(refOf(endpoints)), { code: 404 });
  });
}

test('R022 an object of that name which is not what was sent is left alone', async () => {
  const cluster = await stored([someEndpoints('web', { ready: ['10.9.9.9'] }), aService('web')]);
  const { cluster: confirmed } = forgetful(cluster, false);
  await assert.rejects(confirmed.create(endpoints, options), { reason: 'AlreadyExists' });
  const patch = { metadata: { resourceVersion: '1' }, subsets: [{ addresses: [{ ip: '10.0.0.2' }] }] };
  await assert.rejects(forgetful(cluster, false).cluster.patch(refOf(endpoints), patch, options), { reason: 'Conflict' });
});

test('R023 a second lost answer is an unknown outcome, and the sentence says what may have been written', async () => {
  const lossy: Cluster = { ...(await stored([])), create: () => Promise.reject(new UnknownOutcomeError('the answer was lost')) };
  await assert.rejects(confirmWrites(lossy).create(endpoints, options), {
    name: 'UnknownOutcomeError',
    message: 'outcome unknown: endpoints/web may have been written; run again, it is safe',
  });
});
