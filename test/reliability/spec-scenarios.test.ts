import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');

/** Every number that a title `scenario 7: …`, `scenarios 7 and 8: …` or `scenarios 7, 8 and 9: …` names, with its files. */
function scenarios(): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, Set<string>>();
  for (const file of globSync('test/**/*.test.ts', { cwd: root }).sort()) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, list = ''] of text.matchAll(/\btest\(\s*['"`]scenarios? ([\d, and]+?):/g)) {
      for (const [number] of list.matchAll(/\d+/g)) found.set(Number(number), (found.get(Number(number)) ?? new Set()).add(file));
    }
  }
  return new Map([...found].map(([number, files]) => [number, [...files]]));
}

const from = (first: number, last: number): readonly number[] => Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** Which scenarios are played by which tests. */
const places: readonly (readonly [numbers: readonly number[], files: RegExp])[] = [
  // What reconcile does: on stages, which stand in memory, behind HTTP and on a real server.
  [[...from(1, 125), 148, 149], /^test\/core\/spec-[a-z-]+\.test\.ts$/],
  [from(126, 143), /^test\/cli\/spec-admission\.test\.ts$/],
  [from(144, 147), /^test\/apiserver\/conversion\/conversion\.test\.ts$/],
  [from(150, 155), /^test\/integration\/spec-told\.test\.ts$/],
];

test('each of the 155 scenarios of the specification is played where docs/reliability.md says', () => {
  const played = scenarios();
  const missing = places.flatMap(([numbers, files]) =>
    numbers.filter((number) => played.get(number)?.some((file) => files.test(file)) !== true),
  );
  assert.deepEqual(missing, []);
  assert.deepEqual(
    [...played.keys()].sort((one, other) => one - other),
    from(1, 155),
  );
});

test('those about reconcile are played in memory, over HTTP and on a real server: each lane takes all of the files', () => {
  const lanes = ['test/integration/scenarios-http.test.ts', 'test/real/scenarios.test.ts'];
  for (const lane of lanes) {
    const text = readFileSync(join(root, lane), 'utf8');
    const [, pattern = ''] = /globSync\('([^']+)', \{ cwd: import\.meta\.dirname \}\)/.exec(text) ?? [];
    assert.deepEqual(
      globSync(pattern, { cwd: join(root, lane, '..') })
        .map((file) => resolve(root, lane, '..', file))
        .sort(),
      globSync('test/core/spec-*.test.ts', { cwd: root })
        .map((file) => join(root, file))
        .sort(),
      lane,
    );
  }
});

test('no scenario is left out of a lane: nothing in their files is skipped', () => {
  for (const file of globSync('test/core/spec-*.test.ts', { cwd: root })) {
    assert.doesNotMatch(readFileSync(join(root, file), 'utf8'), /\b(?:skip|todo|only)\b\s*[:(]|\.(?:skip|todo|only)\(/, file);
  }
});
