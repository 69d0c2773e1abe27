import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { assertGolden } from './golden.ts';

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-golden-'));
const file = join(folder, 'get.txt');
writeFileSync(file, 'NAME\nweb\n');
after(() => rmSync(folder, { recursive: true, force: true }));

// With UPDATE_GOLDEN=1 nothing can differ: what is asserted here would only be written.
const updating = process.env.UPDATE_GOLDEN === '1';

test('a text that is kept beside the test is held to every line and to the last line feed', () => {
  assertGolden(file, 'NAME\nweb\n');
  if (updating) return;
  assert.throws(() => assertGolden(file, 'NAME\nweb'), /get\.txt says otherwise/);
  assert.throws(() => assertGolden(file, 'NAME\nweb \n'), /get\.txt says otherwise/);
});

test('a text that was never kept fails, and says how to keep it', () => {
  if (updating) return;
  assert.throws(() => assertGolden(join(folder, 'vms.txt'), ''), /vms\.txt is not there: run the test once with UPDATE_GOLDEN=1/);
});
