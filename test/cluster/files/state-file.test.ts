import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { beforeLine, leftLine, readSavedState, roomFor } from '../../../src/cluster/files/saved-state.ts';
import { beginStateFile } from '../../../src/cluster/files/state-file.ts';
import { type KubeObject, refOf } from '../../../src/model/object.ts';
import { aService } from '../../support/builders.ts';

const head = { apiVersion: 'vmsvc/v1', kind: 'SavedState' };
const headLine = `${JSON.stringify(head)}\n`;
const [before, left] = ['1', '2'].map((resourceVersion): KubeObject => {
  const service = aService('web');
  return { ...service, metadata: { ...service.metadata, resourceVersion } };
});
assert.ok(before !== undefined && left !== undefined);
const ref = refOf(before);

async function begun(room: number) {
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-state-'));
  after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'before.json');
  return { file: await beginStateFile(path, head, room), text: () => readFileSync(path, 'utf8') };
}

describe('the room that is kept for lines', () => {
  test('is blanks, of which none is left in the end', async () => {
    const room = roomFor(ref, before);
    const { file, text } = await begun(room);
    assert.equal(text(), headLine + ' '.repeat(room));
    await file.before(ref, before);
    file.left(ref, left);
    await file.close();
    assert.equal(text(), headLine + beforeLine(ref, before) + leftLine(ref, left));
  });

  test('may be left by who was killed: the file can be read', async () => {
    const { file, text } = await begun(roomFor(ref, before));
    assert.deepEqual(readSavedState(text()).objects, []);
    await file.before(ref, before);
    assert.ok(text().endsWith(' '));
    assert.deepEqual(readSavedState(text()).objects, [{ ref, before, left: 'unknown' }]);
    await file.close();
  });

  test('is enough for every write of an object', () => {
    const lines = beforeLine(ref, before) + leftLine(ref, left).repeat(3);
    assert.ok(roomFor(ref, before) >= lines.length);
  });

  test('is no limit', async () => {
    const { file, text } = await begun(10);
    await file.before(ref, before);
    await file.close();
    assert.equal(text(), headLine + beforeLine(ref, before));
  });
});
