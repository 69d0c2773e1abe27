import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { importTests } from '../support/lane.ts';

/** Every test that needs no process of its own, in this one. */
const apart = ['conformance/', 'integration/', 'lanes/', 'real/', 'reliability/'];
const files = globSync('**/*.test.ts', { cwd: resolve(import.meta.dirname, '..') }).sort();

await importTests(files.filter((file) => !apart.some((folder) => file.startsWith(folder))));
