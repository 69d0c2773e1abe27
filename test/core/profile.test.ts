import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  deprecatedFinalizer,
  detectProfile,
  finalizer,
  type Profile,
  parseRelease,
  releaseLabel,
  releaseWords,
  traitsOf,
} from '../../src/core/profile.ts';

test('every word for a release names the profile of that release', () => {
  const profiles = releaseWords.map((name) => [name, parseRelease(name)]);
  assert.deepEqual(profiles, [
    ['8.0.1', 'A'],
    ['8.0.2', 'B'],
    ['8.0.3', 'C'],
    ['9.0', 'D'],
    ['9.1', 'D'],
    ['main', 'E'],
    ['A', 'A'],
    ['B', 'B'],
    ['C', 'C'],
    ['D', 'D'],
    ['E', 'E'],
  ]);
});

test('a word that names no release stands for nothing', () => {
  for (const name of ['', 'a', '8.0', '9', 'Main', 'auto', 'F', 'toString', '__proto__']) assert.equal(parseRelease(name), undefined);
});

test('the newest served version tells the profile', () => {
  const versions = ['v1alpha1', 'v1alpha2', 'v1alpha3', 'v1alpha4', 'v1alpha5', 'v1alpha6'];
  assert.deepEqual(
    versions.map((newestVersion) => detectProfile({ newestVersion })),
    ['B', 'C', 'D', 'D', 'D', 'E'],
  );
});

test('a version newer than every known one counts as the newest profile', () => {
  for (const newestVersion of ['v1alpha7', 'v1beta1', 'v1']) assert.equal(detectProfile({ newestVersion }), 'E');
});

/** One column of the table in which the releases differ. */
function column<K extends keyof ReturnType<typeof traitsOf>>(trait: K): unknown[] {
  return (['A', 'B', 'C', 'D', 'E'] satisfies Profile[]).map((profile) => traitsOf(profile)[trait]);
}

test('the profiles differ as the releases do', () => {
  const both = [finalizer, deprecatedFinalizer];
  assert.deepEqual(['A', '9.0', 'main'].map(releaseLabel), ['8.0.1', '9.0', 'main']);
  assert.deepEqual(column('hubVersion'), ['v1alpha1', 'v1alpha1', 'v1alpha2', 'v1alpha5', 'v1alpha6']);
  assert.deepEqual(column('finalizer'), [deprecatedFinalizer, deprecatedFinalizer, deprecatedFinalizer, finalizer, finalizer]);
  assert.deepEqual(column('deletionFinalizers'), [[deprecatedFinalizer], [deprecatedFinalizer], [deprecatedFinalizer], both, both]);
  assert.deepEqual(column('emptySelectorSelectsAll'), [true, false, false, false, false]);
  assert.deepEqual(column('addresses'), ['first', 'first', 'first', 'first', 'all']);
  assert.deepEqual(column('probeCounts'), ['present', 'present', 'with-action', 'with-action', 'with-action']);
  assert.deepEqual(column('disablesNodePorts'), [false, false, true, true, true]);
  for (const trait of [
    'copiesIpFamilies',
    'clearsIngressOfOtherTypes',
    'setsServiceReadyCondition',
    'removesNsxHostname',
    'wrapsErrors',
    'providerPerNamespace',
  ] as const) {
    assert.deepEqual(column(trait), [false, false, false, false, true], trait);
  }
});
