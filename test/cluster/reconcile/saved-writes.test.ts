import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Cluster, ConnectionError } from '../../../src/cluster/cluster.ts';
import { beforeLine, leftLine, readSavedState } from '../../../src/cluster/files/saved-state.ts';
import type { StateFile } from '../../../src/cluster/files/state-file.ts';
import { saveWrites } from '../../../src/cluster/reconcile/saved-writes.ts';
import { type KubeObject, type ObjectRef, refOf } from '../../../src/model/object.ts';
import { aService } from '../../support/builders.ts';
import { stage } from '../../support/stage.ts';

const write = { dryRun: 'none', fieldManager: 'test' } as const;

/** A file in memory; `full` makes the disk full from then on. */
function aFile() {
  const lines: string[] = ['{"apiVersion":"vmsvc/v1","kind":"SavedState"}\n'];
  let failure: Error | undefined;
  const file: StateFile = {
    async before(ref, object) {
      if (failure !== undefined) throw failure;
      lines.push(beforeLine(ref, object));
    },
    left: (ref, object) => void lines.push(leftLine(ref, object)),
    failed: () => failure,
    async close() {},
    async discard() {},
  };
  const full = () => {
    failure = Object.assign(new Error('write'), { code: 'ENOSPC' });
  };
  return { file, full, state: () => readSavedState(lines.join('')) };
}

async function aClusterWith(
  service: KubeObject,
): Promise<{ readonly cluster: Cluster; readonly known: KubeObject; readonly ref: ObjectRef }> {
  const { cluster } = stage([service]);
  return { cluster, known: await cluster.get(refOf(service)), ref: refOf(service) };
}

describe('what was there before a write is saved before it is sent', () => {
  test('R077 a disk that gets full in the middle: what cannot be saved is not written', async () => {
    const { cluster, known, ref } = await aClusterWith(aService('svc'));
    const { file, full } = aFile();
    const saving = saveWrites(file, [known])(cluster);
    full();
    const version = known.metadata.resourceVersion ?? '';
    await assert.rejects(
      saving.patch(ref, { metadata: { resourceVersion: version, labels: { a: 'b' } } }, write),
      (error) =>
        error instanceof ConnectionError &&
        error.message === 'service/svc was not written: what is there could not be saved: no space left',
    );
    assert.deepEqual(await cluster.get(ref), known);
  });

  test('an object that somebody changed before the first write that happened is saved as it was then', async () => {
    const { cluster, known, ref } = await aClusterWith(aService('svc'));
    const { file, state } = aFile();
    const saving = saveWrites(file, [known])(cluster);
    const changed = await cluster.patch(ref, { metadata: { labels: { somebody: 'else' } } }, write);
    const stale = { metadata: { resourceVersion: known.metadata.resourceVersion ?? '', labels: { a: 'b' } } };
    await assert.rejects(saving.patch(ref, stale, write));
    const latest = await saving.get(ref);
    const after = await saving.patch(
      ref,
      { metadata: { resourceVersion: latest.metadata.resourceVersion ?? '', labels: { a: 'b' } } },
      write,
    );
    const { uid = '', resourceVersion = '' } = after.metadata;
    assert.deepEqual(state().objects, [{ ref, before: JSON.parse(JSON.stringify(changed)), left: { uid, resourceVersion } }]);
  });

  test('of several writes the first says what was there, and the last what is left', async () => {
    const { cluster, known, ref } = await aClusterWith(aService('svc'));
    const { file, state } = aFile();
    const saving = saveWrites(file, [known])(cluster);
    await saving.patch(ref, { metadata: { labels: { a: 'b' } } }, write);
    const { uid = '', resourceVersion = '' } = (await saving.patch(ref, { metadata: { labels: { a: 'c' } } }, write)).metadata;
    assert.deepEqual(state().objects, [{ ref, before: JSON.parse(JSON.stringify(known)), left: { uid, resourceVersion } }]);
  });

  test('numbers that no double holds keep every digit', () => {
    const ref = { apiVersion: 'v1', kind: 'Service', namespace: 'prod', name: 'web' };
    const text = `{"apiVersion":"vmsvc/v1","kind":"SavedState"}\n{"object":${JSON.stringify(ref)},"before":{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"prod"},"spec":{"big":9007199254740993}}}\n`;
    const [object] = readSavedState(text).objects;
    assert.ok(object?.before !== undefined);
    assert.match(beforeLine(ref, object.before), /9007199254740993/);
  });
});
