import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absentWhenEmpty } from '../../src/core/absent.ts';

test('what Kubernetes stores as absent is absent', () => {
  const record = { text: '', number: 0, list: [], map: {}, missing: undefined };
  assert.deepEqual(absentWhenEmpty<Partial<typeof record>>(record), {});
});

test('false, and an empty value inside a map or a list, stay', () => {
  const record = { flag: false, map: { key: '' }, list: [''], number: -1 };
  assert.deepEqual(absentWhenEmpty(record), record);
});

test('the record that was given stays as it is', () => {
  const record = Object.freeze({ text: '', kept: 'a' });
  assert.deepEqual(absentWhenEmpty<Partial<typeof record>>(record), { kept: 'a' });
  assert.deepEqual(record, { text: '', kept: 'a' });
});
