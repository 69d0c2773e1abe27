import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { countFigures, withFigures } from '../support/reliability-figures.ts';

const file = join(import.meta.dirname, '../../docs/reliability.md');

test('docs/reliability.md has the figures that follow from the worlds and requests of today', async () => {
  const document = readFileSync(file, 'utf8');
  const expected = withFigures(document, await countFigures());
  assert.equal(document, expected, 'write them anew, after trying it all: node scripts/reliability.ts --write');
});
