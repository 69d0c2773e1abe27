import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inVersion } from '../../src/cluster/in-version.ts';

describe('asking in a version that is being found out', () => {
  /** Asks, and tells in which versions. */
  async function asked(version: string | Promise<string>, likely: string | undefined, refuses: readonly string[] = []) {
    const versions: string[] = [];
    const answer = await inVersion(version, likely, async (known) => {
      versions.push(known);
      if (refuses.includes(known)) throw new Error(`no ${known}`);
      return `answer of ${known}`;
    }).catch((error: Error) => error.message);
    return { answer, versions };
  }

  test('a version that is known, or none that is likely, is asked for once', async () => {
    assert.deepEqual(await asked('v1', 'v2'), { answer: 'answer of v1', versions: ['v1'] });
    assert.deepEqual(await asked(Promise.resolve('v1'), undefined), { answer: 'answer of v1', versions: ['v1'] });
  });

  test('a good guess is asked for once, before the version is known', async () => {
    const versions: string[] = [];
    const { promise, resolve } = Promise.withResolvers<string>();
    const answer = inVersion(promise, 'v1', async (known) => {
      versions.push(known);
      return known;
    });
    assert.deepEqual(versions, ['v1']);
    resolve('v1');
    assert.equal(await answer, 'v1');
    assert.deepEqual(versions, ['v1']);
  });

  test('of a bad guess neither the answer nor the failure counts', async () => {
    assert.deepEqual(await asked(Promise.resolve('v2'), 'v1'), { answer: 'answer of v2', versions: ['v1', 'v2'] });
    assert.deepEqual(await asked(Promise.resolve('v2'), 'v1', ['v1']), { answer: 'answer of v2', versions: ['v1', 'v2'] });
  });

  test('what fails in the right version fails, and so does a version that nobody can tell', async () => {
    assert.deepEqual(await asked(Promise.resolve('v1'), 'v1', ['v1']), { answer: 'no v1', versions: ['v1'] });
    assert.deepEqual(await asked(Promise.reject(new Error('no group')), 'v1'), { answer: 'no group', versions: ['v1'] });
  });
});
