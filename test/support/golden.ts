import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Holds a text against a file kept beside the test. Lines are compared as an array, because Node's assertion then shows which
 * lines differ. `UPDATE_GOLDEN=1` writes the file instead: read the diff of it as the change that users will see.
 *
 * @throws AssertionError when the text differs, or the file is not there.
 */
export function assertGolden(file: URL | string, actual: string): void {
  const path = typeof file === 'string' ? file : fileURLToPath(file);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
    return;
  }
  const expected = readGolden(path);
  if (expected === undefined) assert.fail(`${path} is not there: run the test once with UPDATE_GOLDEN=1, then read what it wrote`);
  assert.deepEqual(actual.split('\n'), expected.split('\n'), `${path} says otherwise`);
}

function readGolden(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
