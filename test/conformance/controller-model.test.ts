import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWorlds } from '../support/conformance.ts';
import { modelDifferences } from '../support/recorded-model.ts';

for (const profile of ['A', 'B', 'C', 'D', 'E'] as const) {
  test(`the model of the controller, which shares nothing with the engine, ends every recorded world of profile ${profile} as the real one did`, async () => {
    const problems: string[] = [];
    for (const world of readWorlds(profile)) problems.push(...(await modelDifferences(world)));
    assert.deepEqual(problems, []);
  });
}
