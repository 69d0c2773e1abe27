import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

/** Every test that needs no process of its own, in this one. */
const root = resolve(import.meta.dirname, '..');
const apart = ['conformance/', 'integration/', 'lanes/', 'real/', 'reliability/'];

for (const file of globSync('**/*.test.ts', { cwd: root }).sort()) {
  if (apart.some((folder) => file.startsWith(folder))) continue;
  try {
    await import(join(root, file));
  } catch (error) {
    // One file that cannot be loaded must not hide the others.
    test(`test/${file} can be loaded`, () => {
      throw error;
    });
  }
}
