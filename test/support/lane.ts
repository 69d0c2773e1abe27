import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '..');

/** Has the tests of some files, named from test/, run in this process. */
export async function importTests(files: readonly string[]): Promise<void> {
  for (const file of files) {
    try {
      await import(join(root, file));
    } catch (error) {
      // One file that cannot be loaded must not hide the others.
      test(`test/${file} can be loaded`, () => {
        throw error;
      });
    }
  }
}
