import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableOf } from '../../../src/apiserver/http/tables.ts';

test('the objects in the rows of a built-in list say what they are: kubectl --sort-by reads them alone', () => {
  const list = { kind: 'ServiceList', apiVersion: 'v1', metadata: {}, items: [{ metadata: { name: 'web' } }] };
  const options = { version: 'v1', includeObject: 'Object', now: new Date(0), headers: false } as const;
  assert.deepEqual(tableOf([], list, options).rows, [
    { cells: [], object: { kind: 'Service', apiVersion: 'v1', metadata: { name: 'web' } } },
  ]);
});
