import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { freshLabel } from '../../../src/core/create/fresh-label.ts';
import { aVm } from '../../support/builders.ts';

describe('a label that tells some VMs from all others', () => {
  const bare = aVm('bare');
  const web = aVm('web-1', { labels: { app: 'web' } });
  const served = aVm('web-2', { labels: { vmsvc: 'web' } });

  test('has the best key that none of them has', () => {
    assert.equal(freshLabel(['app', 'vmsvc'], 'pay', [bare], [bare, web]), 'app=pay');
    assert.equal(freshLabel(['app', 'vmsvc'], 'pay', [bare, web], [bare, web]), 'vmsvc=pay');
  });

  test('is one that nobody else has', () => {
    assert.equal(freshLabel(['app', 'vmsvc'], 'web', [bare], [bare, web]), 'vmsvc=web');
  });

  test('has a key with a number where those VMs serve somebody with every other', () => {
    assert.equal(freshLabel(['vmsvc'], 'pay', [served], [served]), 'vmsvc-2=pay');
    assert.equal(freshLabel(['vmsvc'], 'pay', [served, aVm('web-3', { labels: { 'vmsvc-2': 'a' } })], []), 'vmsvc-3=pay');
  });
});
